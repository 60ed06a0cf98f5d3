"""Distractors: plausible wrong numbers of the same form and similar size, preferring common ones."""

from collections.abc import Iterable
from functools import lru_cache
from itertools import islice
from random import Random

from tracelift_groups.flaws.number_frequency import frequency
from tracelift_groups.math.text.numeral import Numeral
from tracelift_groups.math.text.rational import Fraction
from tracelift_groups.rng import weighted_order

_NEAR = 2  # a wrong number lies between half and twice the right one
_MOST = 60  # candidates, at most, to draw from


def distractors(numeral: Numeral, rng: Random, count: int = 6) -> list[Fraction]:
    """Up to `count` other values for a numeral (on the scale of `value`), drawn by how common they are.

    Between half and twice the number, and as round: whole stays whole, `12.50` keeps two decimals, 1,200 its zeros.
    Empty for forms without such neighbours (`½`).
    """
    if numeral.style in ("ratio", "frac"):
        return _ratios(numeral.value, rng)[:count]
    if numeral.style not in ("digits", "word") or numeral.value <= 0:
        return []
    scale = 10**numeral.decimals
    whole = int(numeral.value * scale)
    unit = _unit(whole)
    near = range(max(2, -(-whole // (unit * _NEAR))), _NEAR * whole // unit + 1)
    if len(near) <= _MOST:
        others, weights = _neighbours(near, whole, unit, numeral.decimals)
    else:
        others, weights = _weighed(rng.sample(near, _MOST), whole, unit, numeral.decimals)
    return [Fraction(n, scale) for n in islice(weighted_order(others, weights, rng), count)]


@lru_cache(maxsize=2048)
def _neighbours(near: range, whole: int, unit: int, decimals: int) -> tuple[list[int], list[float]]:
    return _weighed(near, whole, unit, decimals)


def _weighed(near: Iterable[int], whole: int, unit: int, decimals: int) -> tuple[list[int], list[float]]:
    """The other numbers as round as `whole`, and the frequency of each."""
    others = [n * unit for n in near if n * unit != whole and _unit(n * unit) == unit]
    return others, [frequency(n, decimals) for n in others]


def _unit(whole: int) -> int:
    """The power of ten that a number is rounded to: 10 for 1250, 100 for 3000; at least two digits remain."""
    unit = 1
    while whole % (10 * unit) == 0 and whole >= 100 * unit:
        unit *= 10
    return unit


def _ratios(value: Fraction, rng: Random) -> list[Fraction]:
    """Fractions with a numerator or denominator one or two off; below one where the value is, and never whole."""
    top, bottom = value.numerator, value.denominator
    near = {Fraction(top + a, bottom + b) for a in (-2, -1, 0, 1, 2) for b in (-2, -1, 0, 1, 2) if bottom + b > 1}
    fitting = sorted(v for v in near if v > 0 and v != value and v.denominator > 1 and (v < 1) == (value < 1))
    rng.shuffle(fitting)
    return fitting
