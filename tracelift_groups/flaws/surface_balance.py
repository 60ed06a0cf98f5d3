"""A bank whose flaws, taken together, look like their reference: what one adds another leaves out.

A single flaw with a line less is known by its length. Six flaws that are as often longer as shorter, with as many signs
and numbers more as less, are not: no ruler puts all of them on one side.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from math import fsum
from typing import Any  # JSON

from tracelift_groups.flaws.number_frequency import log_frequency
from tracelift_groups.records.perturbation import Perturbation

_NUMBER = re.compile(r"[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?|\.[0-9]+")
_TIMES = re.compile(r"[*×·]|(?<=[0-9)\s])x(?=[\s0-9$(])|\\\\(?:times|cdot)")
# What is counted in a text, each in units of a change that shows.
_UNITS = {"characters": 60, "lines": 1, "=": 1, "+": 1, "-": 1, "*": 1, "/": 1, "numbers": 2, "common": 2}
_TRIES = 40


@lru_cache(maxsize=4096)
def surface_counts(text: str) -> tuple[float, ...]:
    """Counts of characters, lines, signs and numbers, and how common the numbers are, in units of _UNITS."""
    counts = {
        "characters": len(text),
        "lines": text.count("\n"),
        **{sign: text.count(sign) for sign in "=+/"},
        "-": sum(map(text.count, "-−–")),
        "*": len(_TIMES.findall(text)),
        "numbers": len(_NUMBER.findall(text)),
        "common": _familiar(text),
    }
    return tuple(counts[name] / unit for name, unit in _UNITS.items())


def rarer(perturbation: Perturbation) -> float:
    """How much rarer, or more common, the numbers of a flaw are than those of its reference; 0 is best."""
    edits = perturbation.edits
    return abs(sum(_familiar(edit.after) - _familiar(edit.before) for edit in edits if edit.before))


def change(edits: Iterable[Mapping[str, Any]]) -> tuple[float, ...]:
    """How edits (with `before` and `after`) change the surface of a text."""
    total = [0.0] * len(_UNITS)
    for edit in edits:
        pairs = zip(surface_counts(edit["after"]), surface_counts(edit["before"]), strict=True)
        total = [sum_ + after - before for sum_, (after, before) in zip(total, pairs, strict=True)]
    return tuple(total)


def imbalance(changes: Sequence[tuple[float, ...]]) -> float:
    """The square of the summed changes: 0 for a bank that as a whole looks like its reference."""
    sums = [fsum(column) for column in zip(*changes, strict=True)]
    return fsum(total * total for total in sums)


@lru_cache(maxsize=4096)
def _familiar(text: str) -> float:
    """The summed familiarity of the numbers written in digits; 0 counts for nothing."""
    written = (found.replace(",", "").partition(".") for found in _NUMBER.findall(text))
    return sum(log_frequency(int(a + b), len(b)) for a, _, b in written if (a + b).strip("0"))
