"""Random numbers: each item has its own generator, so any group can be made again alone and order changes nothing."""

from bisect import bisect
from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import accumulate
from random import Random
from typing import TypeVar

Item = TypeVar("Item")


def unit_hash(*parts: object) -> float:
    """A number in [0, 1) that depends on nothing but the texts of the parts; uniform over different parts."""
    text = "\x1f".join(map(str, parts))
    return int.from_bytes(sha256(text.encode()).digest()[:8]) / 2**64


def rng_for(seed: int, problem_id: str, purpose: str) -> Random:
    """A generator that depends on nothing but these three; equal on every machine and Python version."""
    return Random(f"{seed}\x1f{problem_id}\x1f{purpose}")


def weighted_order(items: Sequence[Item], weights: Sequence[float], rng: Random) -> Iterator[Item]:
    """All items in random order: each next one with probability proportional to its weight (above 0) among those left.

    Only sums and products of floats, so that the order is the same on every machine.
    """
    left, heavy = list(items), list(weights)
    while left:
        sums = list(accumulate(heavy))
        at = min(bisect(sums, rng.random() * sums[-1]), len(left) - 1)
        del heavy[at]
        yield left.pop(at)
