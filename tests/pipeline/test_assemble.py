from typing import Any

import pytest

from tracelift_groups.config import Config
from tracelift_groups.pipeline.assemble import assemble, choose, full
from tracelift_groups.records.group import Group, keeps_answer
from tracelift_groups.records.seed import Seed
from tracelift_groups.registry import KINDS

SEED = Seed("p-1", "math", "bundled", "math", "Tom has 3 bags of 4 nuts.", "12", license="MIT", metadata={"topic": "x"})
KEEPING = "miracle_step"
CHANGING = ("calculation_error", "operator_swap", "miscopied_given")


def note(score: float, annotator: str = "checks") -> dict[str, Any]:
    names = (
        "problem_understanding",
        "solution_strategy",
        "step_coherence",
        "calculation_correctness",
        "answer_support",
    )
    raw = dict.fromkeys(names, 10.0) | {"calculation_correctness": score}
    return {
        "annotator": annotator,
        "version": "1",
        "raw": raw,
        "samples": 1,
        "mean": 8.0,
        "spread": 0.0,
        "first_error_step": 0,
        "reason": f"{annotator} says {score}",
    }


def payloads(kinds: list[str], dropped: tuple[int, ...] = ()) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    negatives = [
        {
            "reasoning": f"3 x 4 = {20 + i}",
            "perturbation": {"kind": kind, "step": 0, "edits": []},
            "certificate": {"checker": "false_claim", "answer_changes": kind != KEEPING},
            "provenance": {"engine": "symbolic"},
        }
        for i, kind in enumerate(kinds)
    ]
    notes = [
        {"index": i, "annotations": [note(1.0 + i / 10), note(9.0, "other")]}
        for i in range(len(kinds))
        if i not in dropped
    ]
    return (
        {"positives": [{"reasoning": "3 x 4 = 12", "provenance": {"engine": "seed"}}]},
        {"negatives": negatives},
        {"positives": [{"annotations": [note(10.0)]}], "negatives": notes},
    )


def group_of(kinds: list[str], **config: Any) -> Group:
    return assemble(SEED, *payloads(kinds), Config(**config))


def test_a_group_has_the_released_layout_and_knows_its_origin() -> None:
    row = group_of([*CHANGING, KEEPING]).to_json()
    assert list(row) == [
        "problem_id",
        "source",
        "task_type",
        "problem",
        "reference_solution",
        "tests_or_constraints",
        "positive_pool",
        "negative_bank",
        "metadata",
    ]
    assert row["reference_solution"] == "12"
    assert row["metadata"] == {"format_version": 1, "domain": "math", "license": "MIT", "seed": {"topic": "x"}}
    assert [flaw["negative_index"] for flaw in row["negative_bank"]] == [0, 1, 2, 3]
    assert set(row["negative_bank"][0]["metadata"]) == {"perturbation", "certificate", "provenance", "annotations"}


def test_scores_are_those_of_the_annotator_that_the_configuration_names() -> None:
    ours = full(SEED, *payloads(["calculation_error"]), Config(annotator="checks")).negative_bank[0]
    other = full(SEED, *payloads(["calculation_error"]), Config(annotator="other")).negative_bank[0]
    assert (ours.rubric["calculation_correctness"], ours.total, ours.rubric_score_raw) == (0, 0.82, 8.2)
    assert (ours.rubric_reason, other.rubric_reason) == ("checks says 1.0", "other says 9.0")
    assert other.total == 0.98


def test_without_a_score_of_that_annotator_a_candidate_has_none() -> None:
    flaw = full(SEED, *payloads(["calculation_error"]), Config(annotator="judge")).negative_bank[0]
    assert (dict(flaw.rubric), flaw.rubric_label, flaw.rubric_score_raw) == ({}, "", None)


def test_a_flaw_that_annotate_dropped_is_left_out() -> None:
    group = full(SEED, *payloads(list(CHANGING), dropped=(1,)), Config())
    assert [flaw.negative_kind for flaw in group.negative_bank] == ["calculation_error", "miscopied_given"]


@pytest.mark.parametrize("seed", range(20))
def test_the_bank_holds_every_kind_before_any_twice_and_one_that_keeps_the_answer(seed: int) -> None:
    kinds = ["calculation_error"] * 5 + ["operator_swap"] * 2 + [KEEPING, KEEPING, "miscopied_given"]
    bank = group_of(kinds, seed=seed, max_negatives=4).negative_bank
    assert {flaw.negative_kind for flaw in bank} == set(kinds)
    bank = group_of(kinds, seed=seed, min_negatives=1, max_negatives=1).negative_bank
    assert keeps_answer(bank[0])


@pytest.mark.parametrize("seed", range(10))
def test_among_new_kinds_those_that_break_another_dimension_come_first(seed: int) -> None:
    bank = group_of([*CHANGING, KEEPING], seed=seed, min_negatives=3, max_negatives=3).negative_bank
    assert len({KINDS.get(flaw.negative_kind or "").breaks for flaw in bank}) == 3


def test_the_same_arguments_give_the_same_bank_and_another_seed_another_order() -> None:
    orders = [
        [flaw.negative_kind for flaw in group_of([*CHANGING, KEEPING], seed=seed).negative_bank] for seed in range(12)
    ]
    assert orders[0] == [flaw.negative_kind for flaw in group_of([*CHANGING, KEEPING], seed=0).negative_bank]
    assert len({tuple(order) for order in orders}) > 3
    assert len({order.index(KEEPING) for order in orders}) > 2


def test_an_empty_bank_stays_empty() -> None:
    assert choose(full(SEED, *payloads([]), Config()), Config()).negative_bank == ()
