"""Surface balance of a bank: what its flaws add to and remove from their reference should cancel out.

A flaw with one line less can be recognised by its length. Flaws that are as often longer as shorter, with as many added
as removed operators and numbers, can't: no threshold on a surface feature separates all of them from the reference.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from math import fsum
from typing import Any  # JSON

from tracelift_groups.flaws.number_frequency import log_frequency
from tracelift_groups.records.perturbation import Perturbation

WRITTEN_NUMBER = re.compile(r"[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?|\.[0-9]+")
_TIMES = re.compile(r"[*×·]|(?<=[0-9)\s])x(?=[\s0-9$(])|\\\\(?:times|cdot)")
# Surface features, each with the size of a noticeable change.
_UNITS = {"characters": 60, "lines": 1, "=": 1, "+": 1, "-": 1, "*": 1, "/": 1, "numbers": 2, "common": 2}


@lru_cache(maxsize=4096)
def surface_counts(text: str) -> tuple[float, ...]:
    """Counts of characters, lines, signs and numbers, and how common the numbers are, in units of _UNITS."""
    counts = {
        "characters": len(text),
        "lines": text.count("\n"),
        **{sign: text.count(sign) for sign in "=+/"},
        "-": sum(map(text.count, "-−–")),
        "*": len(_TIMES.findall(text)),
        "numbers": len(WRITTEN_NUMBER.findall(text)),
        "common": _total_log_frequency(text),
    }
    return tuple(counts[name] / unit for name, unit in _UNITS.items())


def rarer(perturbation: Perturbation) -> float:
    """How much rarer or more common the numbers of a flaw are than those that they replace; 0 is best."""
    edits = perturbation.edits
    return abs(sum(_total_log_frequency(e.after) - _total_log_frequency(e.before) for e in edits if e.before))


def change(edits: Iterable[Mapping[str, Any]]) -> tuple[float, ...]:
    """How much edits (with `before` and `after`) change the surface counts of a text."""
    total = [0.0] * len(_UNITS)
    for edit in edits:
        pairs = zip(surface_counts(edit["after"]), surface_counts(edit["before"]), strict=True)
        total = [sum_ + after - before for sum_, (after, before) in zip(total, pairs, strict=True)]
    return tuple(total)


def imbalance(changes: Sequence[tuple[float, ...]]) -> float:
    """The squared length of the summed changes; 0 when the changes of a bank cancel out."""
    sums = [fsum(column) for column in zip(*changes, strict=True)]
    return fsum(total * total for total in sums)


@lru_cache(maxsize=4096)
def _total_log_frequency(text: str) -> float:
    """The summed log frequency of the numbers written in digits; zeros are skipped."""
    written = (found.replace(",", "").partition(".") for found in WRITTEN_NUMBER.findall(text))
    return sum(log_frequency(int(a + b), len(b)) for a, _, b in written if (a + b).strip("0"))
