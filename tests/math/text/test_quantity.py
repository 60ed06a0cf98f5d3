"""What a problem gives."""

from fractions import Fraction

import pytest

from tracelift_groups.math.text.quantity import givens


def values(problem: str) -> list[list[str]]:
    return [[str(value) for value in quantity.values] for quantity in givens(problem).quantities]


@pytest.mark.parametrize(
    ("problem", "found"),
    [
        ("He has 12 eggs and 3 pans", [["12"], ["3"]]),
        ("twenty-four eggs", [["24"]]),
        ("a discount of 25%", [["25", "1/4"]]),
        ("half as many", [["1/2", "2"]]),
        ("twice as many", [["2"]]),
        ("a dozen eggs", [["12"]]),
        ("3/4 of it", [["3/4", "3", "4"]]),
        ("a third of it", [["1/3", "1", "3"]]),
        ("$1,250.50 each", [["2501/2"]]),
        ("1 1/2 cups", [["3/2", "3", "2"]]),
        ("a half-price ticket", [["1/2", "2"]]),
        ("nothing here", []),
        ("", []),
    ],
)
def test_numbers_and_words_like_half_are_quantities_with_each_way_to_use_them(
    problem: str, found: list[list[str]]
) -> None:
    assert values(problem) == found


@pytest.mark.parametrize(
    ("problem", "value"),
    [
        ("He runs 3 miles a day. How far in a week?", "7"),
        ("How many minutes in 2 hours?", "60"),
        ("How many months in 3 years?", "12"),
        ("It loses 30% of its value.", "70"),
        ("It loses 30% of its value.", "7/10"),
        ("It gains 30%.", "13/10"),
        ("He ate 1/4 of it.", "3/4"),
        ("two dozen", "12"),
        ("How many cents is that in dollars?", "100"),
    ],
)
def test_everyday_constants_and_complements_need_no_source(problem: str, value: str) -> None:
    assert givens(problem).explains(Fraction(value))


def test_a_number_without_a_source_is_not_explained() -> None:
    assert not givens("He has 12 eggs and 3 pans").explains(Fraction(17))


def test_quantities_are_found_by_value_in_reading_order() -> None:
    given = givens("5 apples, 7 pears and 5 more")
    assert [given.of(Fraction(5)), given.of(Fraction(7)), given.of(Fraction(8))] == [(0, 2), (1,), ()]


@pytest.mark.parametrize(("problem", "noun"), [("5 apples", "apple"), ("5 gas", "gas"), ("5.", "")])
def test_a_quantity_knows_the_word_after_it_without_its_plural(problem: str, noun: str) -> None:
    assert givens(problem).quantities[0].noun == noun


@pytest.mark.parametrize(
    ("problem", "written"),
    [("12", True), ("twelve", True), ("twice", False), ("a third of", False)],
)
def test_words_like_twice_are_no_written_numbers(problem: str, written: bool) -> None:
    assert givens(problem).quantities[0].is_number is written


def test_a_quantity_knows_its_position() -> None:
    problem = "Buy 1,250 eggs, half of them brown"
    assert [problem[q.start : q.end] for q in givens(problem).quantities] == ["1,250", "half"]
