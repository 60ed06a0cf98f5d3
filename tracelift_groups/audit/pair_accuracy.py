"""Pairs of a flaw and its reference: which are held out, and how often a ruler puts them in the right order."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

HELD_OUT = 0.3
_RESAMPLES = 500
_SEED = 0


@dataclass(frozen=True)
class Accuracy:
    """The share of pairs in the right order, a tie counted half; 0.5 is chance.

    `low` and `high` bound it with 95 % confidence: problems, not pairs, are drawn again.
    """

    value: float
    low: float
    high: float
    pairs: int
    problems: int


def point(problem_id: str, purpose: str) -> float:
    """A place in [0, 1) that depends on nothing but the problem and what it is for."""
    return int.from_bytes(sha256(f"{purpose}\x1f{problem_id}".encode()).digest()[:8]) / 2**64


def is_held_out(problem_id: str) -> bool:
    """Whether a probe is measured on this problem (30 %), and so never fitted on it."""
    return point(problem_id, "held out") < HELD_OUT


def accuracy(margins: Sequence[float], problems: Sequence[int]) -> Accuracy | None:
    """Of pairs by how far the flaw is ahead, with the number of each pair's problem. None without pairs.

    Above 0 the flaw was recognised, 0 is a tie.
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
