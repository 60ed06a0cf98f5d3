"""Arithmetic trees and their exact values."""

from fractions import Fraction

import pytest

from tracelift_groups.math.text.expression import MAX_OPERATIONS, Expression, Parser, evaluate, operands, operations
from tracelift_groups.math.text.lexer import tokens


def parsed(text: str) -> tuple[Expression | None, str]:
    """The expression at the start of a text, and the text that it leaves."""
    cut = tokens(text)
    parser = Parser(cut)
    found = parser.expression()
    return found, text[cut[parser.at].start :] if parser.at < len(cut) else ""


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2 + 3 * 4", "14"),
        ("(2 + 3) * 4", "20"),
        ("[2 + 3] * 4", "20"),
        ("10 - 3 - 2", "5"),
        ("100 / 5 / 2", "10"),
        ("2^3^2", "512"),
        ("2 * 3^2", "18"),
        ("-3 + 5", "2"),
        ("3 - (-2)", "5"),
        ("-2^2", "-4"),
        ("5! / (3!)", "20"),
        ("4(5)", "20"),
        ("(3)(4)", "12"),
        ("2(3 + 4)", "14"),
        ("20% of 50", "10"),
        ("10% of 10% of 200", "2"),
        ("3/4 of the 20", "15"),
        ("½ of 10", "5"),
        ("half of 48", "24"),
        ("two-thirds of 9", "6"),
        ("1/2 of 3/4", "3/8"),
        ("\\frac{3}{4} \\cdot 8", "6"),
        ("\\frac{3 + 5}{2}", "4"),
        ("\\sqrt{16} + 1", "5"),
        ("\\left(2 + 3\\right) \\times 4", "20"),
        ("7 stickers/page * 6 pages", "42"),
        ("5 ft * 3 sq. ft * 2", "30"),
        ("1 (Jose) + 4 friends", "5"),
        ("3 \\text{ apples} + 2", "5"),
        ("2 cups / 1/4 cup", "8"),
        ("1 1/2 * 2", "3"),
        ("80 000 / 2", "40000"),
        ("0.1 + 0.2", "3/10"),
        ("$1,250.50 + $1.50", "1252"),
    ],
)
def test_an_expression_has_its_exact_value(text: str, value: str) -> None:
    found, rest = parsed(text)
    assert rest.strip(". ") == "" or not rest[0].isdigit()
    assert found is not None
    assert evaluate(found) == Fraction(value)


@pytest.mark.parametrize("text", ["5 / 0", "0^0", "\\sqrt{2}", "\\sqrt{0 - 4}", "(40!)", "2^100", "9^64^3", "((1/2)!)"])
def test_no_exact_or_bounded_value_is_none(text: str) -> None:
    found, _ = parsed(text)
    assert found is not None
    assert evaluate(found) is None


@pytest.mark.parametrize("text", ["x + 3", "5x + 3", "3 n", "(3 + y)", "5\\pi", "{3}", "(3 + 4", ")", "", "+ 3"])
def test_variables_and_broken_brackets_are_not_an_expression(text: str) -> None:
    assert parsed(text)[0] is None


def test_a_list_of_tokens_is_left_where_the_expression_ends() -> None:
    assert parsed("3 + 4 apples, and 5") == (parsed("3 + 4")[0], "apples, and 5")


def test_numerals_come_from_left_to_right_and_operations_from_outside() -> None:
    found, _ = parsed("2 * (3 + 4) - 5")
    assert found is not None
    assert [int(numeral.value) for numeral in operands(found)] == [2, 3, 4, 5]
    assert [operation.symbol for operation in operations(found)] == ["-", "*", "+"]


def test_a_sign_is_where_it_is_written_and_an_implied_one_is_empty() -> None:
    text = "4(5) + 20% of 50"
    found, _ = parsed(text)
    assert found is not None
    assert [text[operation.start : operation.end] for operation in operations(found)] == ["+", "", "of"]


def test_numerals_can_be_given_other_values() -> None:
    found, _ = parsed("2 + 3")
    assert found is not None
    assert evaluate(found, {4: Fraction(10)}) == 12


@pytest.mark.parametrize("text", ["(" * 500 + "1" + ")" * 500, "\\sqrt{" * 500 + "4" + "}" * 500, "2^" * 500 + "2"])
def test_deep_nesting_is_rejected_without_an_error(text: str) -> None:
    found, _ = parsed(text)
    assert found is None or len(list(operations(found))) < 500


def test_a_sum_of_thousands_is_cut_before_recursion_is_too_deep() -> None:
    found, rest = parsed("1 + " * 5000 + "1")
    assert found is not None
    assert evaluate(found) == MAX_OPERATIONS + 1
    assert rest
