"""Whether a trace has its own solution path, and what it may leave out."""

from synthetic_problems import JARS as SEED

from tracelift_groups.math.checks.findings import findings
from tracelift_groups.math.checks.solution_path import follows, is_mental_arithmetic, is_near, misspelt
from tracelift_groups.math.text.parsed_trace import ParsedTrace, parse_trace
from tracelift_groups.records.trace import Trace


def parsed(text: str) -> ParsedTrace:
    return parse_trace(SEED.problem, Trace.read(text))


def test_changed_numbers_follow_the_worked_solution_and_other_words_do_not() -> None:
    solution = SEED.solution or ""
    assert follows(parsed(solution.replace("252", "262")), parsed(solution))
    assert not follows(parsed("14 x 18 = 252. 252 - 37 = 215. 215 x 6 = 1290."), parsed(solution))


def test_one_operation_is_mental_arithmetic_and_two_are_not() -> None:
    trace = parsed("There are 252 * 6 = 1512 dollars.\nBut 213 * 6 = 1278.")
    assert is_mental_arithmetic(trace, trace.operands_of(0)[0])
    assert not is_mental_arithmetic(trace, trace.operands_of(1)[0])


def test_a_miscopied_number_is_traced_to_an_unused_one() -> None:
    trace = parsed("They hold 14 * 19 = 266 jars.\nThen 226 - 37 = 189 are left.")
    assert misspelt(trace, trace.operands_of(0)[1]) == ("given", 18)
    assert misspelt(trace, trace.operands_of(1)[0]) == ("claim", 266)


def test_an_answer_one_operation_away_is_near() -> None:
    assert is_near(parsed("14 * 18 = 252.\n252 - 37 = 215."), SEED_ANSWER)
    assert not is_near(parsed("14 + 18 = 32."), SEED_ANSWER)


def test_a_small_step_may_be_missing_on_another_path_only() -> None:
    own = "We take away the sold jars first: 252 - 37 = 215. These bring 215 x 6 = 1290 dollars."
    assert findings(SEED, own) == []
    assert [f.rule for f in findings(SEED, (SEED.solution or "").partition("\n")[2])] == ["missing_support"]


SEED_ANSWER = parsed("1290").occurrences[0].value
