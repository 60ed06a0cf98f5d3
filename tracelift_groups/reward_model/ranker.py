"""Fits weights that rank the traces of one problem: pairwise logistic loss with an L2 penalty, by Newton's method."""

from collections.abc import Sequence
from typing import Any  # matrices of numpy

_STEPS = 200
_DONE = 1e-8  # the largest part of the gradient
_ENOUGH = 3  # the fall of the gradient in a step that makes a new curvature, which takes most of the time, needless


def fit_weights(differences: Any, shares: Sequence[float], strength: float) -> Any:
    """The weights w that minimize Σ share · log(1 + exp(−difference · w)) + strength / 2 · |w|².

    `differences` has one row a pair, the better trace's features minus the other's; `shares` weigh the pairs. The
    features should have a similar scale. Returns zeros without pairs. The minimum is unique, so the order of the pairs
    does not matter.
    """
    import numpy as np

    count = differences.shape[1]
    weights = np.zeros(count)
    if not len(differences):
        return weights
    share = np.asarray(shares, dtype=float)
    share = share / share.sum()
    rough = differences.astype(np.float32)  # precise enough for the curvature, which only steers
    inverse, before = np.eye(count), 0.0  # so that the first step finds a curvature
    for _ in range(_STEPS):
        lost = 1 / (1 + np.exp(np.clip(differences @ weights, -500, 500)))
        gradient = strength * weights - differences.T @ (share * lost)
        size = np.abs(gradient).max()
        if size < _DONE:
            break
        if size > before / _ENOUGH:
            curvature = (rough.T * (share * lost * (1 - lost)).astype(np.float32)) @ rough
            inverse = np.linalg.inv(curvature.astype(float) + strength * np.eye(count))
        before = size
        weights -= inverse @ gradient
    return weights


def pairs_by_level(levels: Sequence[float | None]) -> list[tuple[int, int]]:
    """Every pair of rows (higher, lower) of which the levels differ; a row without a level is in none."""
    known = [(i, level) for i, level in enumerate(levels) if level is not None]
    return [(i, k) for i, high in known for k, low in known if high > low]
