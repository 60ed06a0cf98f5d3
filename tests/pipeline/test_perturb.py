"""The stage that makes flaws."""

from dataclasses import replace

import pytest
from synthetic_problems import CLIPS, SAMPLES, seed

from tracelift_groups.config import Config
from tracelift_groups.errors import UnknownNameError
from tracelift_groups.flaws.certify import recheck
from tracelift_groups.flaws.kind import Draft
from tracelift_groups.ingest.source import read_seeds
from tracelift_groups.pipeline.generate import generate
from tracelift_groups.pipeline.perturb import SPARE, perturb
from tracelift_groups.records.seed import Seed
from tracelift_groups.registry import KINDS


def made(item: Seed, config: Config = Config()) -> dict[str, object]:  # noqa: B008 - frozen
    generated = generate(item, config).payload
    assert generated is not None
    outcome = perturb(item, generated, config)
    return {"status": outcome.status, "drops": outcome.drops, **(outcome.payload or {})}


def test_one_flaw_is_made_of_each_kind_that_applies_and_the_rest_say_why_not() -> None:
    for item in SAMPLES:
        found = made(item)
        kinds = [row["perturbation"]["kind"] for row in found["negatives"]]  # type: ignore[attr-defined]
        tried = found["tried"]
        assert isinstance(tried, dict)
        assert kinds == [name for name, result in tried.items() if result == "made"]
        assert set(tried) <= {kind.name for kind in KINDS if "math" in kind.domains}
        assert len(tried) == len(KINDS.names("math")) or len(kinds) == Config().max_negatives + SPARE
        assert set(tried.values()) <= {"made", "does not apply", "dropped"}
        dropped = {name for name, result in tried.items() if result == "dropped"}
        assert {drop.kind for drop in found["drops"]} == dropped  # type: ignore[attr-defined]


def test_a_flaw_depends_on_the_seed_and_the_problem_alone() -> None:
    assert made(CLIPS) == made(CLIPS)
    assert made(CLIPS) != made(CLIPS, Config(seed=1))
    assert made(CLIPS) != made(replace(CLIPS, problem_id="other"))
    alone = made(CLIPS, Config(kinds=("operator_swap",)))["negatives"][:1]  # type: ignore[index]
    assert alone == [row for row in made(CLIPS)["negatives"] if row["perturbation"]["kind"] == "operator_swap"]  # type: ignore[attr-defined]


def test_where_few_kinds_apply_they_give_further_flaws_and_no_two_alike() -> None:
    found = made(CLIPS, Config(kinds=("operator_swap", "calculation_error"), min_negatives=4))["negatives"]
    kinds = [row["perturbation"]["kind"] for row in found]  # type: ignore[attr-defined]
    assert sorted(kinds) == ["calculation_error"] * 2 + ["operator_swap"] * 2
    assert len({row["reasoning"] for row in found}) == 4  # type: ignore[attr-defined]


def test_a_problem_of_which_nothing_can_be_made_is_rejected_with_its_text() -> None:
    found = made(seed("Who?", "It is Mary.", "Mary"))
    assert found["status"] == "rejected"
    (drop,) = found["drops"]  # type: ignore[misc]
    assert (drop.rule, drop.raw) == ("no-flaw", "It is Mary.")  # type: ignore[has-type]


def test_kinds_of_mathematics_are_not_tried_on_programs() -> None:
    assert "calculation_error" in KINDS.names("math")
    assert "calculation_error" not in KINDS.names("code")


def test_an_unknown_kind_is_named_with_its_neighbour() -> None:
    with pytest.raises(UnknownNameError, match="missing_step"):
        made(CLIPS, Config(kinds=("mising_step",)))


def test_nine_of_ten_bundled_seeds_give_four_certified_flaws() -> None:
    seeds = [item for item in read_seeds("bundled") if isinstance(item, Seed)]
    enough = 0
    for item in seeds:
        found = made(item)
        reference = generate(item, Config()).payload["positives"][0]["reasoning"]  # type: ignore[index]
        rows = found["negatives"]
        assert isinstance(rows, list)
        enough += len(rows) >= 4
        for row in rows:
            assert recheck(item, reference, row["reasoning"], row["perturbation"], row["certificate"]) is None
            assert row["provenance"]["engine"] == "symbolic"
    assert len(seeds) == 84
    assert enough >= 0.9 * len(seeds)


def test_a_draft_whose_edits_overlap_is_dropped_and_the_problem_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    kind = KINDS.get("operator_swap")
    bad = Draft(0, ((5, 9, "x"), (7, 12, "y")))
    monkeypatch.setitem(KINDS._found, ("math", "operator_swap"), replace(kind, apply=lambda *_: iter([bad])))
    found = made(CLIPS, Config(kinds=("calculation_error", "operator_swap")))
    assert found["tried"]["operator_swap"] == "dropped"  # type: ignore[index]
    assert [drop.rule for drop in found["drops"] if drop.kind == "operator_swap"] == ["bad-draft"]  # type: ignore[attr-defined]
    assert found["negatives"]
