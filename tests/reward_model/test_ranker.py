import numpy as np
import pytest

from tracelift_groups.reward_model.ranker import fit_weights, pairs_by_level


def test_one_feature_has_the_weight_at_which_the_gradient_is_zero() -> None:
    # d/dw [log(1 + exp(-w)) + 0.1 / 2 w²] = 0 at w = 10 / (1 + exp(w)): by Newton's method, w = 1.6335.
    weights = fit_weights(np.array([[1.0]]), [1.0], 0.1)
    assert weights[0] == pytest.approx(1.6335, abs=1e-3)


def test_shares_weigh_pairs_and_their_order_is_free() -> None:
    rows = np.array([[1.0, 0.0], [-1.0, 1.0], [0.5, 2.0]])
    twice = fit_weights(np.vstack([rows, rows[:1]]), [1, 1, 1, 1], 0.01)
    shared = fit_weights(rows[::-1].copy(), [1, 1, 2], 0.01)
    assert twice == pytest.approx(shared)


def test_a_feature_that_never_differs_has_no_weight() -> None:
    assert fit_weights(np.array([[1.0, 0.0], [0.3, 0.0]]), [1, 1], 0.01)[1] == 0


def test_no_pairs_give_no_weights() -> None:
    assert not fit_weights(np.zeros((0, 3)), [], 0.01).any()


def test_pairs_are_those_whose_levels_differ() -> None:
    assert pairs_by_level([4, 2, None, 4]) == [(0, 1), (3, 1)]
