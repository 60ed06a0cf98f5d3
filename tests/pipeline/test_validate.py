from dataclasses import replace
from typing import Any

import pytest

from tracelift_groups.config import Config
from tracelift_groups.pipeline.validate import validate_item
from tracelift_groups.records.group import Group
from tracelift_groups.records.rubric import load_rubric
from tracelift_groups.records.seed import Seed
from tracelift_groups.records.stage import StageResult
from tracelift_groups.validation.groups import Problem, check_group, check_groups

REFERENCE = "3 x 4 = 12 nuts. 12 - 2 = 10 nuts are left."
SEED = Seed("p-1", "math", "bundled", "math", "Tom has 3 bags of 4 nuts and eats 2.", "10")
EDITS = [("x 4", "x 5"), ("= 12", "= 14"), ("- 2", "+ 2"), ("= 10", "= 11"), ("nuts are", "oops, nuts are")]
CERTIFICATE = {"format_version": 1, "checker": "false_claim", "step": 0, "claim": "c", "expected": "1", "found": "2"}
CERTIFICATE |= {"answer_changes": True}
NAMES = ("problem_understanding", "solution_strategy", "step_coherence", "calculation_correctness", "answer_support")


Payloads = tuple[dict[str, Any], dict[str, Any], dict[str, Any]]


def note(calculation: float) -> dict[str, Any]:
    raw = dict.fromkeys(NAMES, 10.0) | {"calculation_correctness": calculation}
    return {"annotator": "checks", "version": "1", "raw": raw, "samples": 1, "mean": None, "spread": 0.0, "reason": "r"}


def payloads(reference: str = REFERENCE, scores: tuple[float, ...] = (2, 2, 2, 2, 2)) -> Payloads:
    negatives = []
    for before, after in EDITS:
        start = reference.index(before)
        edit = {"step": 0, "start": start, "end": start + len(before), "before": before, "after": after}
        negatives.append(
            {
                "reasoning": reference.replace(before, after, 1),
                "perturbation": {"kind": "calculation_error", "step": 0, "edits": [edit | {"role": "origin"}]},
                "certificate": CERTIFICATE,
                "provenance": {"engine": "symbolic"},
            }
        )
    return (
        {"positives": [{"reasoning": reference, "provenance": {}}]},
        {"negatives": negatives, "tried": {"calculation_error": "made", "goal_drift": "does not apply"}},
        {
            "positives": [{"annotations": [note(10)]}],
            "negatives": [{"index": i, "annotations": [note(score)]} for i, score in enumerate(scores)],
        },
    )


def outcome(made: Payloads | None = None, **config: Any) -> StageResult:
    return validate_item(SEED, *(made or payloads()), Config(**config))


def test_a_flaw_that_breaks_a_rule_is_dropped_with_its_text_and_the_group_goes_on() -> None:
    result = outcome()
    (drop,) = result.drops
    assert (drop.stage, drop.rule, drop.kind, drop.place) == (
        "validate",
        "TG070",
        "calculation_error",
        "negative 4 (calculation_error)",
    )
    assert "'oops'" in drop.reason
    assert drop.raw.startswith("3 x 4 = 12 nuts. 12 - 2 = 10 oops")
    assert drop.provenance == {"engine": "symbolic"}
    assert result.payload is not None
    assert len(result.payload["negative_bank"]) == 4


def test_what_validate_item_makes_passes_check_group_except_for_its_mix() -> None:
    payload = outcome().payload
    assert payload is not None
    findings = check_group(Group.from_json(payload), load_rubric("math"), certificates=False)
    assert [finding.code for finding in findings] == ["TG033"]


def test_a_group_with_too_few_flaws_left_is_rejected_and_says_where_they_went() -> None:
    result = outcome(min_negatives=5)
    assert result.status == "rejected"
    assert [drop.rule for drop in result.drops] == ["TG070", "too-few-negatives"]
    assert result.drops[-1].reason == (
        "4 negatives are left, at least 5 are needed (kinds that do not apply: 1, flaws dropped by TG070: 1)."
    )
    assert result.drops[-1].raw == SEED.problem


def test_a_flaw_without_a_score_or_without_a_margin_is_dropped() -> None:
    generated, perturbed, annotated = payloads(scores=(10, 2, 2, 2, 2))
    annotated["negatives"][1]["annotations"][0]["annotator"] = "judge"
    result = outcome((generated, perturbed, annotated))
    assert sorted(drop.rule for drop in result.drops) == ["TG040", "TG041", "TG070", "too-few-negatives"]


def test_a_reference_that_breaks_a_rule_ends_the_group() -> None:
    result = outcome(payloads(REFERENCE + " #### 10"))
    assert result.status == "rejected"
    assert "TG020" in [drop.rule for drop in result.drops]


def test_the_number_of_negatives_never_exceeds_the_maximum() -> None:
    result = outcome(min_negatives=1, max_negatives=3)
    assert result.payload is not None
    assert [flaw["negative_index"] for flaw in result.payload["negative_bank"]] == [0, 1, 2]


def test_certificates_are_recomputed_only_when_asked_for() -> None:
    payload = outcome().payload
    assert payload is not None
    group = Group.from_json(payload)
    broken = [replace(f, metadata={**f.metadata, "certificate": {"checker": "no"}}) for f in group.negative_bank]
    group = replace(group, negative_bank=tuple(broken))
    assert "TG090" not in [f.code for f in check_group(group, load_rubric("math"), certificates=False)]
    found = check_group(group, load_rubric("math"), certificates=True)
    assert [finding.code for finding in found].count("TG090") == 4


FAR = "Amy has seven red apples and three green pears. How many pieces of fruit does Amy have in all?"
TRAIN = "A train travels {} miles in {} hours. How many hours does it take to travel {} miles at the same rate?"


@pytest.mark.parametrize(
    ("second", "code"),
    [
        (Problem("a", "train", "x:2", FAR), "TG110"),
        (Problem("b", "dev", "y:1", TRAIN.format(1, 2, 3) + "\n"), "TG111"),
        (Problem("b", "dev", "y:1", TRAIN.format(4, 5, 6)), "TG112"),
        (Problem("b", "train", "x:2", TRAIN.format(4, 5, 6)), None),
        (Problem("b", "dev", "y:1", FAR), None),
    ],
)
def test_rules_over_many_groups(second: Problem, code: str | None) -> None:
    findings = check_groups([Problem("a", "train", "x:1", TRAIN.format(1, 2, 3)), second], 0.8)
    assert [finding.code for finding in findings] == ([code] if code else [])
    assert all(finding.place == second.place and "x:1" in finding.message for finding in findings)


def test_a_split_far_from_its_share_is_a_warning_and_a_small_set_is_not() -> None:
    problems = [Problem(str(i), "train", "", f"word{i} a{i} b{i}") for i in range(200)]
    shares = {"train": 0.7, "dev": 0.3}
    assert [(f.code, f.severity) for f in check_groups(problems, 0.8, shares)] == [("TG113", "warning")] * 2
    assert check_groups(problems[:5], 0.8, shares) == []
