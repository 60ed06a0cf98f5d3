from dataclasses import replace

import pytest
from code_seeds import ABOVE, plan_of

from tracelift_groups.annotators.checks import checks
from tracelift_groups.code.checks.measure import DIMENSIONS, measure
from tracelift_groups.records.rubric import load_rubric
from tracelift_groups.records.seed import Test

PLAN = plan_of(ABOVE)


def falls(text: str) -> dict[str, float]:
    raw = measure(ABOVE, text).raw
    return {name: 10.0 - score for name, score in raw.items() if score is not None and score < 10.0}


def test_the_rubric_asks_what_is_measured() -> None:
    assert load_rubric("code").names == DIMENSIONS


def test_the_whole_program_in_sentences_has_full_marks_however_it_is_set_out() -> None:
    assert falls(PLAN) == {}
    numbered = "\n".join(f"{i}. {line.strip('- ')}" for i, line in enumerate(PLAN.splitlines(), start=1))
    assert falls(numbered) == {}


def test_nothing_there_scores_nothing() -> None:
    assert set(measure(ABOVE, "").raw.values()) == {0.0}


def test_an_early_error_costs_more_than_a_late_one() -> None:
    early = falls(PLAN.replace("Set n to 0.", "Set n to 1."))
    late = falls(PLAN.replace("Return n.", "Return limit."))
    assert early["action_support"] > late["action_support"] > 0


def test_what_rests_on_a_wrong_sentence_is_not_supported() -> None:
    found = falls(PLAN.replace("Add the absolute value of 1 to n.", "Subtract the absolute value of 1 from n."))
    assert found["action_support"] == pytest.approx(10 * 2 / 7)  # that sentence, and the result that rests on it


def test_code_in_a_plan_lowers_non_leakage_and_nothing_else() -> None:
    lines = PLAN.splitlines()
    code = "if xs[i] > limit:\n            n += abs(1)"
    assert [*falls("\n".join([*lines[:5], f"- {code}", *lines[7:]]))] == ["non_leakage"]
    assert falls(f"{PLAN}\n{ABOVE.program}")["non_leakage"] == 10.0


def test_a_missing_sentence_leaves_its_readers_unconnected() -> None:
    found = falls("\n".join(line for line in PLAN.splitlines() if "Set n" not in line))
    assert found["step_coherence"] > 0
    assert found["action_support"] >= found["step_coherence"]


def test_a_plan_in_other_words_is_not_judged_on_what_was_not_read() -> None:
    found = measure(ABOVE, "Loop over the numbers.\nStop at a negative.\nCount the large ones.\nGive back the count.")
    assert found.raw["action_support"] is None
    assert found.raw["plan_quality"] is None
    assert found.first_error_step is None


def test_the_reason_quotes_what_is_wrong_and_names_its_step() -> None:
    found = measure(ABOVE, PLAN.replace("Set n to 0.", "Set n to 1."))
    assert found.first_error_step == 1
    assert 'Step 2: "Set n to 1."' in found.reason


def test_a_plan_with_a_wrong_result_is_never_acceptable_and_a_worse_one_scores_lower() -> None:
    rubric = load_rubric("code")
    slip = checks(ABOVE, PLAN.replace("Set n to 0.", "Set n to 1."), rubric)
    vague = checks(ABOVE, "\n".join(PLAN.splitlines()[:3]), rubric)
    assert slip.scaled
    assert vague.mean is not None
    assert slip.mean is not None
    assert 0 < vague.mean < slip.mean < 10 * rubric.thresholds["acceptable"]
    assert not checks(ABOVE, PLAN, rubric).scaled


def test_a_wrong_helper_makes_the_result_of_its_callers_wrong() -> None:
    seed = replace(
        ABOVE,
        program="def half(x):\n    return x // 2\n\ndef above(xs, limit):\n    y = half(limit)\n    return y\n",
        tests=(Test(assertion="assert above([], 4) == 2"),),
    )
    plan = plan_of(seed)
    found = measure(seed, plan.replace("Return x floor-divided by 2.", "Return x times 2."))
    assert found.reaches_answer is False
    assert found.raw["action_support"] == 0.0
    assert measure(seed, plan).reaches_answer is True
