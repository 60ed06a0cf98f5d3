"""Numbers and words within a tolerance."""

import math

import pytest

from tracelift_groups.sandbox.host.tolerance import near, near_words


@pytest.mark.parametrize(
    ("want", "got", "right"),
    [
        (1.0, 1.0 + 1e-9, True),
        (1.0, 1.1, False),
        (1e9, 1e9 + 1, True),
        (math.inf, math.inf, True),
        (math.inf, -math.inf, False),
        (math.inf, 5.0, False),
        (-math.inf, 5.0, False),
        (5.0, math.inf, False),
        (math.nan, math.nan, True),
        (math.nan, 0.0, False),
        (0.0, math.nan, False),
        (0.0, -0.0, True),
        (1e308, -1e308, False),
    ],
)
def test_floats_within_a_tolerance(want: float, got: float, right: bool) -> None:
    assert near(want, got, 1e-6) is right


def test_a_difference_that_overflows_is_compared_with_its_tolerance() -> None:
    assert near(1e308, -1e308, 2.0)
    assert not near(1e308, -1e308, 1.9)


@pytest.mark.parametrize(
    ("want", "got", "right"),
    [
        ("1", "1.0000001", True),
        ("1", "01", True),
        ("-0", "0", True),
        ("+5", "5", True),
        ("1e3", "1000", True),
        (".5", "0.5", True),
        ("5.", "5", True),
        ("1" + "0" * 30, "1" + "0" * 29 + "1", False),
        ("1" + "0" * 5000, "1" + "0" * 4999 + "1", False),
        ("10", "1_0", False),
        ("3", "٣", False),
        ("3", "３", False),
        ("1e400", "1e500", False),
        ("1e999", "0", False),
        ("0", "1e999", False),
        ("1e999", "inf", False),
        ("inf", "5", False),
        ("inf", "Infinity", True),
        ("inf", "-inf", False),
        ("nan", "NaN", True),
        ("nan", "0", False),
        ("0x10", "16", False),
        ("1e", "1", False),
        (".", "0", False),
        ("a", "b", False),
        ("a", "a", True),
    ],
)
def test_words_are_numbers_only_in_plain_decimal_writing(want: str, got: str, right: bool) -> None:
    assert near_words(want, got, 1e-6) is right


@pytest.mark.parametrize(
    "word", ["0" * 200_000 + "x", "1" * 200_000 + "x", "1." + "1" * 200_000 + "x", "1e" + "9" * 200_000]
)
def test_a_long_word_is_read_once(word: str) -> None:
    assert not near_words("1", word, 1e-6)
    assert not near_words("1.5", word, 1e-6)
