"""Pairs of a flaw and its reference: which are held out, and how often a measure orders them correctly."""

from collections.abc import Sequence
from dataclasses import dataclass

from tracelift_groups.rng import unit_hash

HELD_OUT = 0.3
_RESAMPLES = 500
_SEED = 0


@dataclass(frozen=True)
class Accuracy:
    """The share of pairs ordered correctly, a tie counted as half; 0.5 is chance.

    `low` and `high` bound it with 95 % confidence, by a bootstrap over problems, not pairs.
    """

    value: float
    low: float
    high: float
    pairs: int
    problems: int


def point(problem_id: str, purpose: str) -> float:
    """A number in [0, 1) that depends only on the problem and the purpose."""
    return unit_hash(purpose, problem_id)


def is_held_out(problem_id: str) -> bool:
    """Whether probes are evaluated on this problem (30 %), and so never fitted on it."""
    return point(problem_id, "held out") < HELD_OUT


def accuracy(margins: Sequence[float], problems: Sequence[int]) -> Accuracy | None:
    """The accuracy of `margins`, one per pair; `problems` numbers the problem of each pair. None without pairs.

    A margin above 0 means that the flaw was recognized, 0 is a tie.
    """
    import numpy as np

    if not len(margins):
        return None
    ahead = np.asarray(margins, dtype=float)
    wins = (ahead > 0) + 0.5 * (ahead == 0)
    _, index = np.unique(np.asarray(problems), return_inverse=True)
    won, pairs = np.bincount(index, weights=wins), np.bincount(index)
    drawn = np.random.default_rng(_SEED).integers(len(pairs), size=(_RESAMPLES, len(pairs)))
    low, high = np.percentile(won[drawn].sum(axis=1) / pairs[drawn].sum(axis=1), (2.5, 97.5))
    return Accuracy(float(wins.mean()), float(low), float(high), len(wins), len(pairs))
