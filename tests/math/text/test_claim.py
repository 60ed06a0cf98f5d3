"""Claims in sentences."""

from fractions import Fraction

import pytest
from arithmetic import Rendered, arithmetic, written
from hypothesis import given

from tracelift_groups.math.text.claim import Claim, claims
from tracelift_groups.math.text.expression import Unread
from tracelift_groups.math.text.lexer import tokens


def read(text: str, about: bool = False) -> list[Claim]:
    return list(claims(tokens(text), 0, about))


def shown(text: str) -> list[str]:
    return [text[claim.start : claim.end] for claim in read(text) if claim.is_read]


TRUE = [
    ("48 / 2 = 24", "24"),
    ("20% of 50 is 10", "10"),
    ("$5 x 3 = $15", "15"),
    ("1,250 + 250 = 1,500", "1500"),
    ("3/4 of 20 = 15", "15"),
    ("\\frac{3}{4}\\cdot 8 = 6", "6"),
    ("6\\cdot5=30", "30"),
    ("12\\div4\\times2=6", "6"),
    ("½ of 10 is 5", "5"),
    ("28 divided by two equals 14", "14"),
    ("4(5) = 20", "20"),
    ("1 1/2 * 2 = 3", "3"),
    ("3 * 2-point shots = 6 points", "6"),
    ("35€ + 5€ = 40€", "40"),
    ("80 000 / 2 = 40 000", "40000"),
    ("4x5=20", "20"),
    ("4X5=20", "20"),
    ("25x.4=10", "10"),
    ("$\\frac{1}{2} \\times 10 = 5$", "5"),
    ("\\[ 3 \\cdot 4 = 12 \\]", "12"),
    ("\\(3 + 4 = 7\\)", "7"),
    ("half of 48 is 24", "24"),
    ("a third of 9 is 3", "3"),
    ("twelve minus five is seven", "7"),
    ("7 stickers/page * 6 pages = 42 stickers", "42"),
    ("5 apples + 3 apples is 8 apples", "8"),
    ("60 km/h * 2 h = 120 km", "120"),
    ("\\$5 + \\$3 = \\$8", "8"),
    ("50\\% of 80 is 40", "40"),
    ("5% + 3% = 8%", "2/25"),
    ("3/4 = 75%", "3/4"),
    ("5 - 8 = -3", "-3"),
    ("1/2 + 1/4 = 3/4", "3/4"),
    ("3 + 4 &= 7", "7"),
    ("2^10 = 1,024", "1024"),
    ("5! = 120", "120"),
    ("\\sqrt{16} = 4", "4"),
    ("10 / 3 ≈ 3.33", "10/3"),
    ("10 / 3 = 3.33", "10/3"),
    ("**3 + 4 = 7**", "7"),
    ("3 + 4 = **7**", "7"),
    ("That makes 3 + 4 = 7!", "7"),
    ("- 3 + 4 = 7", "7"),
    ("* 3 + 4 = 7", "7"),
    ("1. 3 + 4 = 7", "7"),
    ("Step 2: 3 + 4 = 7", "7"),
    ("-3 + 5 = 2", "2"),
    ("y = 3 + 4 = 7", "7"),
    ("all 4 subjects = 186 + 62 = 248", "248"),
    ("3 + 4 = 7 = 14/2", "7"),
]


@pytest.mark.parametrize(("text", "value"), TRUE)
def test_every_written_form_is_one_claim_that_holds(text: str, value: str) -> None:
    (claim,) = read(f"{text}")
    assert claim.value == Fraction(value)
    assert claim.holds


@pytest.mark.parametrize(
    "text",
    [
        "x + 4 = 7",
        "5x + 4 = 7",
        "2x = 8",
        "3 + x = 7",
        "3 + 4 = 7x",
        "3 + 4 = 5 * y",
        "f(3) + 4 = 7",
        "n(3) = 6",
        "log(8) + 3 = 5",
        "a_1 + 3 = 4",
        "5\\pi + 3 = 4",
        "1st + 2 = 3",
        "5 * 2nd = 10",
        "Room A4 = 7",
        "9:00 + 2 = 11",
        "He left at 3:30",
        "The ratio 3:4 = 0.75",
        "3 : 4 = 6 : 8",
        "3 + 4 =",
        "= 7",
        "3 + 4",
        "3 = 3",
        "5 is 5",
        "There are 5 eggs",
        "3 + 4 != 8",
        "3 + 4 ≠ 8",
        "3 + 4 < 10",
        "12 - 3 is more than 8",
        "10 mod 3 = 1",
        "5 + 3 ... = 8",
        "1 + 2 + \\cdots + 10 = 55",
        "1,2 + 3 = 4",
        "3.5.2 + 1 = 4",
        "5² = 25",
        "1/2 of 1/2 of 8 / 2 = 1",
        "60 minutes = 1 hour",
        "2 (3) = 6",
        "",
    ],
)
def test_incomplete_text_or_a_variable_is_not_a_claim(text: str) -> None:
    assert shown(text) == []


@pytest.mark.parametrize(
    ("text", "both"),
    [
        ("6 / 2 = 3 x 4 = 12", ["6 / 2 = 3", "3 x 4 = 12"]),
        ("5 - 3 = 2 - 1 = 1", ["5 - 3 = 2", "2 - 1 = 1"]),
        ("2 + 2 = 4, and 4 - 1 = 3", ["2 + 2 = 4", "4 - 1 = 3"]),
        ("2 + 2 = 4; 10% of 50 is 5", ["2 + 2 = 4", "10% of 50 is 5"]),
    ],
)
def test_a_run_on_is_split_into_the_intended_claims(text: str, both: list[str]) -> None:
    assert shown(text) == both
    assert all(claim.holds for claim in read(text))


def test_half_of_a_claim_is_parsed_as_intended() -> None:
    assert shown("They add up to half of 9 * 10 = 90, which is 90 / 2 = 45") == ["9 * 10 = 90", "90 / 2 = 45"]
    assert [claim.holds for claim in read("half of 48 is 25")] == [False]


def test_a_chain_is_one_claim_with_several_sides() -> None:
    (claim,) = read("2 * 3 + 4 = 6 + 4 = 10 eggs")
    assert [len(claim.sides), claim.value, claim.result_value] == [2, 10, 10]


@pytest.mark.parametrize(
    "text",
    ["2 + 2 = 5", "10 / 4 = 2", "10 / 3 = 3.4", "5 / 0 = 0", "20% of 50 is 11", "3 + 4 = 8 = 7"],
)
def test_wrong_arithmetic_does_not_hold(text: str) -> None:
    assert [claim.holds for claim in read(text)] == [False]


@pytest.mark.parametrize(
    ("text", "about", "holds"),
    [
        ("10 / 3 = 3", False, False),
        ("10 / 3 = 3", True, True),
        ("10 / 3 ≈ 3", False, True),
        ("10 / 3 ≈ 5", False, False),
        ("10 / 3 = 4", True, True),  # as many as are needed
        ("10 / 3 = 3.3", False, True),
        ("10 / 3 = 3.33", False, True),
        ("2 / 3 = 0.67", False, True),
        ("2 / 3 = 0.66", False, True),  # cut, not rounded
        ("2 / 3 = 0.7", False, True),
        ("2 / 3 = 0.69", False, False),
        ("5 / 8 = 62.5%", False, True),
    ],
)
def test_a_result_may_be_rounded_to_its_written_decimals(text: str, about: bool, holds: bool) -> None:
    (claim,) = read(text, about)
    assert claim.holds is holds


def test_a_variable_that_looks_like_a_unit_makes_no_false_claim() -> None:
    assert shown("2m + 55 = 75") == []
    assert shown("3 m + 2 m = 5 m") == ["3 m + 2 m = 5"]


@pytest.mark.parametrize(
    ("text", "left", "result"),
    [
        ("5x = 100", "5x", "100"),
        ("so $2b + 6 = 40$, and", "2b+6", "40"),
        ("Total: x = 20 apples.", "x", "20"),
        ("The angle is $\\angle ABC = 60^\\circ$.", "\\angleABC", "60"),
        ("then $y = -4$ holds", "y", "-4"),
        ("$\\log_2 16 = 4$", "\\log_216", "4"),
    ],
)
def test_an_unparsed_formula_has_a_known_result(text: str, left: str, result: str) -> None:
    (claim,) = read(text)
    assert not claim.is_read
    assert claim.left == Unread(left)
    assert claim.result_value == Fraction(result)
    assert claim.holds
    assert claim.value is None


@pytest.mark.parametrize(
    "text", ["x = 5y", "x = 5 + y", "x = 3(y + 1)", "$\\sum_{n = 1}^5 n$", "= 5", "x = 2^{n}", "x = 5 \\pi", "x = y"]
)
def test_a_formula_that_goes_on_states_no_number(text: str) -> None:
    assert read(text) == []


def test_lines_of_a_display_are_one_chain() -> None:
    (claim,) = [c for c in read("y &= (-5)^2 + 21 \\\\\n &= 25 + 21 \\\\\n &= 46") if c.is_read]
    assert len(claim.sides) == 2
    assert claim.result_value == 46


def test_an_inexact_root_is_neither_right_nor_wrong() -> None:
    assert all(claim.holds for claim in read("$\\sqrt{75} = 5\\sqrt{3}$ and $\\sqrt{2} = 1.5$"))


@given(arithmetic())
def test_random_arithmetic_in_random_notation_is_read_back_exactly(made: Rendered) -> None:
    text = f"So it is {made.text} = {written(made.value)}."
    (claim,) = read(text)
    assert claim.value == made.value == claim.result_value
    assert claim.holds


@given(arithmetic())
def test_random_arithmetic_with_another_result_does_not_hold(made: Rendered) -> None:
    (claim,) = read(f"So it is {made.text} = {written(made.value + 1)}.")
    assert claim.value == made.value
    assert not claim.holds
