"""Tokens of a trace."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracelift_groups.math.text.lexer import tokens


def kinds(text: str) -> list[str]:
    return [token.kind for token in tokens(text)]


@pytest.mark.parametrize(
    "sign", ["*", "×", "·", "∙", "•", "⋅", "x", "X", "\\times", "\\cdot", "times", "multiplied by"]
)
def test_every_way_to_multiply_is_one_operator(sign: str) -> None:
    assert kinds(f"3 {sign} 4") == ["NUMBER", "MULTIPLY", "NUMBER"]


@pytest.mark.parametrize("sign", ["/", "÷", "\\div", "divided by"])
def test_every_way_to_divide_is_one_operator(sign: str) -> None:
    assert kinds(f"3 {sign} 4") == ["NUMBER", "DIVIDE", "NUMBER"]


@pytest.mark.parametrize("sign", ["-", "−", "–", "minus"])
def test_every_way_to_subtract_is_one_operator(sign: str) -> None:
    assert kinds(f"3 {sign} 4") == ["NUMBER", "MINUS", "NUMBER"]


@pytest.mark.parametrize(
    "sign", ["=", "&=", "is", "equals", "equals to", "is equal to", "gives", "makes", "≈", "\\approx"]
)
def test_relations_are_distinguished_from_words(sign: str) -> None:
    assert kinds(f"3 {sign} 4")[1] in ("EQUAL", "IS", "ABOUT")


@pytest.mark.parametrize("text", ["1st", "22nd", "A4", "x2", "v1_2"])
def test_ordinals_and_names_with_digits_are_no_numbers(text: str) -> None:
    assert "NUMBER" not in kinds(text)


@pytest.mark.parametrize("text", ["1. Add", "2) Add", "Step 3: Add", " 4. Add", "say\n  5. Add"])
def test_list_markers_are_no_numbers(text: str) -> None:
    assert "NUMBER" not in kinds(text)
    assert "MARKER" in kinds(text)


@pytest.mark.parametrize(
    ("text", "value", "percent", "money"),
    [
        ("$5", "5", False, True),
        ("\\$5", "5", False, True),
        ("£5", "5", False, True),
        ("$5$", "5", False, False),  # LaTeX
        ("5%", "5", True, False),
        ("5 %", "5", True, False),
        ("5\\%", "5", True, False),
        ("5 percent", "5", True, False),
        ("Twelve", "12", False, False),
        ("half of", "1/2", False, False),
        ("a third of", "1/3", False, False),
        ("three quarters of", "3/4", False, False),
        ("two-thirds", "2/3", False, False),
    ],
)
def test_a_number_knows_its_percent_and_currency_sign(text: str, value: str, percent: bool, money: bool) -> None:
    (found,) = [token.numeral for token in tokens(text) if token.numeral]
    assert (str(found.value), found.percent, found.money) == (value, percent, money)


@pytest.mark.parametrize(
    "text", ["half an hour", "one of them", "the third day", "seconds", "cone", "weighs", "fortytwo"]
)
def test_words_that_hold_a_number_word_are_words(text: str) -> None:
    assert "NUMBER" not in kinds(text)


@pytest.mark.parametrize("text", ["**3** + **4** = **7**", "3 + 4 = **7**", "**3 + 4 = 7**"])
def test_bold_marks_are_skipped(text: str) -> None:
    assert kinds(text) == ["NUMBER", "PLUS", "NUMBER", "EQUAL", "NUMBER"]


def test_two_stars_between_numbers_are_a_power() -> None:
    assert kinds("2**3") == ["NUMBER", "POWER", "NUMBER"]


@pytest.mark.parametrize(
    ("text", "factorial"), [("5! = 120", True), ("10!/8!", True), ("It is 5! Great", False), ("5!", False)]
)
def test_an_exclamation_at_the_end_of_a_sentence_is_no_factorial(text: str, factorial: bool) -> None:
    assert ("FACTORIAL" in kinds(text)) == factorial


@given(st.text(alphabet=st.sampled_from("0123456789.,+-*/=()%$x ab\n\\{}½٣３−of"), max_size=80))
def test_tokens_stand_in_order_and_spell_the_text(text: str) -> None:
    end = 0
    for token in tokens(text):
        assert end <= token.start < token.end
        assert text[token.start : token.end] == token.text
        end = token.end


@given(st.text(max_size=60), st.integers(0, 10**6))
def test_positions_start_at_the_offset(text: str, offset: int) -> None:
    assert [token.start - offset for token in tokens(text, offset)] == [token.start for token in tokens(text)]
    assert [t.numeral.start for t in tokens(text, offset) if t.numeral] == [
        t.start for t in tokens(text, offset) if t.numeral
    ]
