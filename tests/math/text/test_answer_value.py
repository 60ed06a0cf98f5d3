"""Answers as their sources write them."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracelift_groups.math.text.answer_value import answer_value, conclusion
from tracelift_groups.math.text.parsed_trace import parse_trace
from tracelift_groups.records.trace import Trace


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("72", "72"),
        ("1,000", "1000"),
        ("-3", "-3"),
        ("3/4", "3/4"),
        ("-3/4", "-3/4"),
        ("\\frac{3}{2}", "3/2"),
        ("\\dfrac32", "3/2"),
        ("$12", "12"),
        ("$12.50$", "25/2"),
        ("25%", "1/4"),
        ("12 apples", "12"),
        ("1 1/2", "3/2"),
        ("\\sqrt{9}", "3"),
        ("2^{10}", None),
        ("x + 1", None),
        ("(2, 3)", None),
        ("\\sqrt{2}", None),
        ("1/0", None),
        ("nan", None),
        ("inf", None),
        ("", None),
        ("9" * 1_000_000, None),
        ("3 or 4", None),
        ("3 = 4", None),
    ],
)
def test_an_answer_has_its_exact_value_or_none(text: str, value: str | None) -> None:
    assert answer_value(text) == (None if value is None else Fraction(value))


@given(st.text(max_size=40))
def test_no_answer_raises(text: str) -> None:
    answer_value(text)


def test_the_conclusion_is_the_last_result_or_mention_of_the_value_and_never_an_operand() -> None:
    found = parse_trace("p", Trace.read("So 3 + 4 = 7.\nThe answer is 7.\nIt is not 7 - 1 = 6."))
    place = conclusion(found, Fraction(7))
    assert place is not None
    assert (place.step, place.role) == (1, "mention")
    assert conclusion(found, Fraction(8)) is None
    assert conclusion(found, None) is None


def test_where_cents_are_asked_for_dollars_state_the_answer() -> None:
    trace = Trace.read("A can costs 6 / 24 = $0.25.")
    place = conclusion(parse_trace("24 cans cost $6. How many cents is a can?", trace), Fraction(25))
    assert place is not None
    assert place.role == "result"
    assert conclusion(parse_trace("24 cans cost $6. How many dollars is a can?", trace), Fraction(25)) is None
    assert (
        conclusion(parse_trace("How many cents is a can?", Trace.read("A can has 0.25 liters.")), Fraction(25)) is None
    )
