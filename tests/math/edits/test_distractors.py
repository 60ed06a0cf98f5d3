"""Distractors: plausible wrong numbers."""

from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracelift_groups.math.edits.distractors import distractors
from tracelift_groups.math.text.numeral import Numeral, parse_numeral


def numeral(text: str) -> Numeral:
    found = parse_numeral(text)
    assert found is not None
    return found


@given(st.integers(2, 10**9), st.integers(0, 99))
def test_whole_numbers_stay_whole_of_similar_size_and_as_round(value: int, seed: int) -> None:
    zeros = len(str(value)) - len(str(value).rstrip("0"))
    for other in distractors(numeral(str(value)), Random(seed)):
        assert other.denominator == 1
        assert other != value
        assert value <= 2 * other <= 4 * value
        assert other % 10 ** max(0, min(zeros, len(str(value)) - 2)) == 0


@pytest.mark.parametrize(("text", "common", "rare"), [("48", 60, 61), ("1,200", 1000, 1900), ("7", 10, 11)])
def test_a_common_number_is_drawn_more_often_than_a_rare_one(text: str, common: int, rare: int) -> None:
    first = [distractors(numeral(text), Random(seed), 1)[0] for seed in range(400)]
    assert first.count(Fraction(common)) > 2 * first.count(Fraction(rare))


def test_decimals_stay_decimals_of_the_same_place() -> None:
    values = distractors(numeral("12.50"), Random(0))
    assert values
    assert all((value * 100).denominator == 1 for value in values)


@pytest.mark.parametrize("text", ["½", "1 1/2", "0"])
def test_forms_without_neighbours_have_none(text: str) -> None:
    assert distractors(numeral(text), Random(0)) == []


@pytest.mark.parametrize("style", ["ratio", "frac"])
def test_a_fraction_stays_below_one_and_is_never_whole(style: str) -> None:
    values = distractors(Numeral(0, 3, Fraction(3, 4), style), Random(0))
    assert values
    assert all(0 < value < 1 and value != Fraction(3, 4) for value in values)


def test_the_same_generator_gives_the_same_numbers() -> None:
    assert distractors(numeral("1,250"), Random(3)) == distractors(numeral("1,250"), Random(3))
