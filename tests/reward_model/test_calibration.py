from itertools import pairwise

import pytest

from tracelift_groups.reward_model.calibration import Calibration, calibrate


def test_values_follow_the_means_of_neighbours_that_are_out_of_order() -> None:
    found = calibrate([1.0, 2.0, 3.0, 4.0], [0.2, 0.8, 0.4, 1.0])
    assert found.scores == (1.0, 2.5, 4.0)
    assert found.values == pytest.approx((0.2, 0.6, 1.0))


def test_a_higher_score_never_has_a_lower_or_an_equal_value() -> None:
    found = calibrate([0.0, 1.0, 2.0, 3.0], [0.9, 0.1, 0.5, 0.5])
    values = [found(score / 10) for score in range(-30, 60)]
    assert all(low < high for low, high in pairwise(values))
    assert 0 <= values[0] < values[-1] <= 1


def test_equal_scores_are_one_point() -> None:
    assert calibrate([1.0, 1.0, 2.0], [0.0, 1.0, 1.0]).values == (0.5, 1.0)


def test_a_constant_score_has_a_value() -> None:
    assert calibrate([3.0, 3.0], [0.4, 0.6])(3.0) == pytest.approx(0.5, abs=0.02)


def test_it_survives_json() -> None:
    found = calibrate([0.0, 1.0, 2.0], [0.1, 0.5, 0.9])
    assert Calibration.from_json(found.to_json()) == found


def test_nothing_to_calibrate_on_is_an_error() -> None:
    with pytest.raises(ValueError, match="needs scores"):
        calibrate([], [])
