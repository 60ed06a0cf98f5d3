"""How common a number is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracelift_groups.flaws.number_frequency import frequency, log_frequency


@pytest.mark.parametrize(
    ("common", "rare"), [(2, 7), (24, 29), (60, 61), (100, 90), (150, 153), (1000, 1024), (12, 13), (50, 49)]
)
def test_small_round_and_divisible_numbers_are_common(common: int, rare: int) -> None:
    assert frequency(common) > 2 * frequency(rare)


@pytest.mark.parametrize(("whole", "places"), [(1250, 2), (500, 2), (30, 1)])
def test_written_zeros_behind_the_point_change_nothing(whole: int, places: int) -> None:
    assert log_frequency(whole, places) == log_frequency(whole // 10, places - 1)


@given(st.integers(1, 10**30), st.integers(0, 6))
def test_every_positive_number_has_a_commonness(whole: int, places: int) -> None:
    assert frequency(whole, places) > 0
