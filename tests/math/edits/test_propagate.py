"""Propagation of a changed number."""

from fractions import Fraction

import pytest

from tracelift_groups.math.edits.propagate import MAX_RATIO, Undecided, is_plausible, propagate, rewrite
from tracelift_groups.math.text.parsed_trace import NumberSource, ParsedTrace, parse_trace
from tracelift_groups.records.trace import Trace


def parsed(problem: str, *steps: str) -> ParsedTrace:
    return parse_trace(problem, Trace.read("\n".join(steps)))


def changed(found: ParsedTrace, claim: int, value: str) -> list[str] | None:
    """The steps after the result of a claim became `value`; None when it can't be propagated."""
    result = found.result_of(claim)
    start, new = result.numeral.start, Fraction(value)
    try:
        origin = rewrite(result, new)
    except Undecided:
        return None
    parts = propagate(found, {NumberSource("claim", claim): new}, {start: new}, result.numeral.end)
    if parts is None:
        return None
    text = found.trace.text
    for a, b, written in sorted([*parts, origin], reverse=True):
        text = text[:a] + written + text[b:]
    return text.split("\n")


@pytest.mark.parametrize(
    ("problem", "steps", "value", "expected"),
    [
        (
            "48 and 13",
            ["48 / 2 = 24 clips.", "24 + 13 = 37.", "48 + 24 + 37 = 109."],
            "26",
            ["48 / 2 = 26 clips.", "26 + 13 = 39.", "48 + 26 + 39 = 113."],
        ),
        (
            "$5",
            ["It is $5 * 3 = $15.", "Half is $15 / 2 = $7.50."],
            "17",
            ["It is $5 * 3 = $17.", "Half is $17 / 2 = $8.50."],
        ),
        (
            "1,250",
            ["1,250 * 2 = 2,500.", "2,500 + 800 = 3,300."],
            "2,600".replace(",", ""),
            ["1,250 * 2 = 2,600.", "2,600 + 800 = 3,400."],
        ),
        ("a", ["30 / 40 = 75%.", "75% of 80 is 60."], "1/2", ["30 / 40 = 50%.", "50% of 80 is 40."]),
        ("a", ["18 / 40 * 100 = 45.", "He made 45% of them."], "55", ["18 / 40 * 100 = 55.", "He made 55% of them."]),
        (
            "a",
            ["He has 24 clips since 48 / 2 = 24.", "So 24 it is."],
            "26",
            ["He has 26 clips since 48 / 2 = 26.", "So 26 it is."],
        ),
        ("a", ["20 + 4 = 24 = 6 * 4.", "So 31 - 24 = 7."], "22", None),  # the other side would be false
        ("a", ["9 - 4 = 5.", "That is 5 + 6 = 11 = 1 + 10."], "7", None),
        (
            "a",
            ["6 / 2 = 3.", "10 * 3 / 4 = 7.5.", "7.5 + 1 = 8.5."],
            "5",
            ["6 / 2 = 5.", "10 * 5 / 4 = 12.5.", "12.5 + 1 = 13.5."],
        ),
        (
            "a",
            ["\\frac{1}{2} * 3 = \\frac{3}{2}.", "\\frac{3}{2} * 5 = \\frac{15}{2}."],
            "5/2",
            ["\\frac{1}{2} * 3 = \\frac{5}{2}.", "\\frac{5}{2} * 5 = \\frac{25}{2}."],
        ),
        ("a", ["6 / 8 = 3/4.", "The rest of 3/4 is lost."], "2/4", None),  # its parts are two numbers
        ("a", ["6 / 8 = 3/4.", "1 - 3/4 = 1/4."], "2/4", None),
    ],
)
def test_what_depends_on_a_number_follows_it_in_its_own_form(
    problem: str, steps: list[str], value: str, expected: list[str] | None
) -> None:
    assert changed(parsed(problem, *steps), 0, value) == expected


@pytest.mark.parametrize(
    ("steps", "value", "why"),
    [
        (["48 / 2 = 24.", "24 * 3 = 72."], "5000", "implausible"),
        (["48 - 20 = 28.", "28 - 25 = 3."], "25", "not positive"),
        (["48 - 20 = 28.", "28 / 4 = 7."], "27", "no whole number any more"),
        (["6 * 4 = 24.", "8 * 3 = 24.", "24 - 4 = 20."], "25", "two sources"),
        (["6 * 4 = 24.", "Then 24 * y - 24 / 3 is left."], "25", "arithmetic that is not read"),
        (
            ["6 * 4 = 24.", "The width of 3 inches x the length of 24 inches = 72."],
            "25",
            "an equation that is not read",
        ),
        (["6 * 4 = 24.", "24 minutes - 22 minutes = 2 minutes."], "23", "one minutes"),
    ],
)
def test_what_is_undecided_or_implausible_is_not_propagated(steps: list[str], value: str, why: str) -> None:
    assert changed(parsed("problem", *steps), 0, value) is None, why


def test_a_number_of_the_problem_that_only_looks_like_the_result_stays() -> None:
    found = parsed("He has 24 hats", "8 * 6 = 48.", "24 * 2 = 48 hats.", "So 48 - 8 = 40.")
    assert changed(found, 0, "46") is None
    found = parsed("He has 24 hats", "8 * 6 = 48.", "48 - 8 = 40.", "He has 24 hats.")
    assert changed(found, 0, "46") == ["8 * 6 = 46.", "46 - 8 = 38.", "He has 24 hats."]


def test_a_form_that_cannot_hold_the_value_is_undecided() -> None:
    found = parsed("a", "24 / 2 = 12.")
    with pytest.raises(Undecided):
        rewrite(found.occurrences[0], Fraction(5, 2))


@pytest.mark.parametrize(
    ("old", "new", "plausible"),
    [
        ("24", "26", True),
        ("24", "0", False),
        ("24", "-2", False),
        ("1", str(MAX_RATIO), True),
        ("1", "9", False),
        ("9", "1", False),
    ],
)
def test_a_plausible_number_is_positive_and_of_similar_size(old: str, new: str, plausible: bool) -> None:
    assert is_plausible(Fraction(old), Fraction(new)) is plausible
