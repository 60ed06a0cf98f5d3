"""The check annotator: scores from findings, on the rubric's dimensions."""

import pytest
from synthetic_problems import JARS as SEED

from tracelift_groups.annotators.checks import checks
from tracelift_groups.errors import RecordError
from tracelift_groups.math.checks.finding import Finding
from tracelift_groups.math.checks.score import AGAIN, COSTS, MEASURED, score
from tracelift_groups.records.rubric import ANCHORS, Dimension, Rubric, load_rubric


def test_the_worked_solution_earns_full_marks_and_no_error_step() -> None:
    assert SEED.solution is not None
    scored = checks(SEED, SEED.solution, load_rubric("math"))
    assert set(scored.raw.values()) == {10.0}
    assert (scored.mean, scored.first_error_step) == (10.0, -1)


def test_a_flaw_lowers_its_dimension_and_names_the_first_bad_step() -> None:
    text = "They hold 14 * 18 = 252 jars.\nThen 252 + 37 = 289 are left.\nThey are worth 289 * 6 = $1734."
    scored = checks(SEED, text, load_rubric("math"))
    assert min(scored.raw, key=lambda name: scored.raw[name] or 0.0) == "calculation_correctness"
    assert scored.first_error_step == 1
    assert '"252 + 37 = 289"' in scored.reason


def test_a_dimension_that_cannot_be_measured_is_refused_by_name() -> None:
    anchors = dict.fromkeys(ANCHORS, "words")
    rubric = Rubric(
        "style", "1", "math", (Dimension("elegance", 1.0, "Is it?", anchors),), load_rubric("math").thresholds
    )
    with pytest.raises(RecordError, match="elegance"):
        checks(SEED, "1 + 1 = 2", rubric)


def test_a_second_finding_of_a_rule_costs_less_and_scores_stay_in_range() -> None:
    once = score([Finding("false_claim", 0, "")])["calculation_correctness"]
    twice = score([Finding("false_claim", 0, "")] * 2)["calculation_correctness"]
    assert 10.0 - once == COSTS["false_claim"]["calculation_correctness"]
    assert once - twice == pytest.approx(AGAIN * (10.0 - once))
    assert min(score([Finding(rule, 0, "") for rule in COSTS] * 50).values()) == 0.0


def test_every_cost_is_about_a_measured_dimension_and_the_first_one_is_the_largest() -> None:
    for rule, costs in COSTS.items():
        assert set(costs) <= set(MEASURED), rule
        assert next(iter(costs.values())) == max(costs.values()), rule
