"""Numerals: parsing and writing."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracelift_groups.math.text.numeral import Numeral, number_word, parse_numeral


def numeral(text: str) -> Numeral:
    found = parse_numeral(text)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "value", "style"),
    [
        ("24", "24", "digits"),
        ("007", "7", "digits"),
        ("12.50", "25/2", "digits"),
        (".5", "1/2", "digits"),
        ("1,250", "1250", "digits"),
        ("1{,}250", "1250", "digits"),
        ("1,\\!250", "1250", "digits"),
        ("80 000", "80000", "digits"),
        ("1,234,567.89", "123456789/100", "digits"),
        ("\\frac{3}{4}", "3/4", "frac"),
        ("\\dfrac34", "3/4", "frac"),
        ("\\tfrac{10}{4}", "5/2", "frac"),
        ("1 1/2", "3/2", "mixed"),
        ("½", "1/2", "glyph"),
        ("2¾", "11/4", "glyph"),
        ("seven", "7", "word"),
        ("Twenty-four", "24", "word"),
        ("thirty five", "35", "word"),
        ("two hundred", "200", "word"),
        ("five thousand", "5000", "word"),
    ],
)
def test_a_numeral_has_the_value_it_is_written_with(text: str, value: str, style: str) -> None:
    found = numeral(text)
    assert (found.value, found.style, found.end) == (Fraction(value), style, len(text))


@pytest.mark.parametrize("text", ["1" * 31, "9" * 100_000, "\\frac{1}{0}", "1 5/3", "1 3/0", "\\frac{1}"])
def test_what_is_not_a_quantity_is_rejected(text: str) -> None:
    assert parse_numeral(text) is None


@pytest.mark.parametrize(
    ("text", "value", "written"),
    [
        ("24", "26", "26"),
        ("24", "5/2", None),
        ("24", "-3", None),
        ("1,250", "20000", "20,000"),
        ("1,250", "900", "900"),
        ("1250", "20000", "20000"),
        ("80 000", "40000", "40 000"),
        ("80 000", "40250", None),  # `40 250` would be parsed as two numbers
        ("1,250.00", "1500.5", "1,500.50"),
        ("2.5", "3", "3"),  # people do not write `3.0`
        ("2.5", "2.25", None),
        ("2.50", "3", "3.00"),
        ("0.75", "0.5", "0.5"),
        (".5", ".7", ".7"),
        (".5", "1.5", "1.5"),
        ("\\frac{3}{4}", "2/5", "\\frac{2}{5}"),
        ("\\frac{3}{4}", "2", None),
        ("1 1/2", "9/4", "2 1/4"),
        ("1 1/2", "2", None),
        ("½", "3/4", "¾"),
        ("½", "3/2", "1.5"),
        ("seven", "12", "twelve"),
        ("Seven", "12", "Twelve"),
        ("seven", "120", None),
        ("seven", "5/2", None),
    ],
)
def test_another_value_is_written_in_the_same_form_or_not_at_all(text: str, value: str, written: str | None) -> None:
    assert numeral(text).write(Fraction(value)) == written


@pytest.mark.parametrize(("value", "written"), [("3", "3"), ("5/2", "2.50"), ("5/4", "1.25"), ("1/3", None)])
def test_money_has_two_decimals_or_none(value: str, written: str | None) -> None:
    assert replace(numeral("5"), money=True).write(Fraction(value)) == written


def test_a_percentage_computes_as_its_hundredth() -> None:
    half_percent = replace(numeral("12.5"), percent=True)
    assert (half_percent.value, half_percent.quantity) == (Fraction(25, 2), Fraction(1, 8))


def test_a_fraction_word_is_never_rewritten() -> None:
    assert Numeral(0, 4, Fraction(1, 2), "part").write(Fraction(3)) is None


@given(st.integers(0, 99))
def test_number_words_round_trip(value: int) -> None:
    word = number_word(Fraction(value))
    assert word is not None
    assert numeral(word).value == value


@pytest.mark.parametrize("value", ["100", "-1", "1/2"])
def test_other_numbers_have_no_word(value: str) -> None:
    assert number_word(Fraction(value)) is None


FORMS = [
    "24",
    "1,250",
    "1{,}250",
    "80 000",
    "12.5",
    "12.50",
    "0.75",
    ".5",
    "1,250.75",
    "\\frac{3}{4}",
    "1 1/2",
    "½",
    "nine",
    "Nine",
]


@given(st.sampled_from(FORMS), st.booleans(), st.fractions(0, 10**7, max_denominator=200))
def test_a_written_numeral_is_parsed_with_its_value_and_form(form: str, money: bool, value: Fraction) -> None:
    asked = replace(numeral(form), money=money and form[0] not in "\\½nN")
    written = asked.write(value)
    if written is None:
        return
    found = numeral(written)
    assert found.value == value
    assert (found.style == asked.style and found.capital == asked.capital) or asked.style == "glyph"
    assert found.comma == asked.comma or value < 1000
    assert found.decimals <= max(asked.decimals, 2 if money or asked.style == "glyph" else 0)


@given(st.fractions(0, 10**6, max_denominator=100))
def test_a_value_of_the_same_form_can_always_be_written(value: Fraction) -> None:
    hundredths = Fraction(round(value * 100), 100)
    assert numeral("12.50").write(hundredths) is not None
    assert numeral("24").write(Fraction(int(value))) is not None
