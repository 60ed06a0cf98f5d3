"""The conclusion of a trace."""

import pytest
from synthetic_problems import JARS as SEED

from tracelift_groups.math.checks.conclusion import reaches_answer, says_answer, shows_work
from tracelift_groups.math.text.parsed_trace import parse_trace
from tracelift_groups.records.trace import Trace


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        ("They are worth 215 * 6 = 1290.", True),
        ("They are worth 215 * 6 = 1290.\nCheck: 1290 / 6 + 37 = 252 ✓", True),
        ("Check: 215 + 37 = 252", False),
    ],
)
def test_a_check_after_the_answer_is_no_other_answer(end: str, expected: bool) -> None:
    text = f"There are 14 * 18 = 252 jars.\nOf these 252 - 37 = 215 are left.\n{end}"
    assert reaches_answer(SEED, parse_trace(SEED.problem, Trace.read(text))) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1290", False),
        ("The answer is 1290.", False),
        ("14 * 18 = 252", True),
        ("First 252, then 215, so 1290", True),
        ("word " * 30, True),
    ],
)
def test_a_bare_answer_shows_no_work(text: str, expected: bool) -> None:
    assert shows_work(parse_trace(SEED.problem, Trace.read(text))) is expected


def test_a_step_presents_an_answer_by_a_phrase_or_with_the_words_of_the_question() -> None:
    assert says_answer(SEED.problem, "So the answer is 215.")
    assert says_answer(SEED.problem, "The jars that are left are worth 215.")
    assert not says_answer(SEED.problem, "252 - 37 = 215")
