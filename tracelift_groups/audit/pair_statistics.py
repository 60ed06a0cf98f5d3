"""Compares flaws with their references without a fitted model: length, place of the edit, score, broken dimension.

Every table is by kind. Pairs are all pairs of a flaw and a reference of its group; a flaw without a kind is listed
under the empty name.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any  # JSON

from tracelift_groups.audit.pair_accuracy import Accuracy, accuracy
from tracelift_groups.audit.surface_features import lengths
from tracelift_groups.records.group import Candidate, Group

ALL = "all"
_BINS = 10
_BOUNDS = (0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 1.0)


@dataclass(frozen=True)
class LengthDifference:
    """`longer`: how often the longer trace is the flaw. `signed` and `absolute` are means of flaw minus reference."""

    longer: Accuracy
    signed: float
    absolute: float


def length_differences(groups: Iterable[Group], unit: str = "characters") -> dict[str, LengthDifference]:
    """By kind, and overall under `all`. `unit`: characters, words or steps."""
    differences: dict[str, list[float]] = {ALL: []}
    problems: dict[str, list[int]] = {ALL: []}
    for number, group in enumerate(groups):
        sizes = {candidate.reasoning: lengths(candidate.reasoning)[unit] for candidate in group.candidates}
        for flaw, reference in _pairs(group):
            for name in (ALL, _kind(flaw)):
                differences.setdefault(name, []).append(sizes[flaw.reasoning] - sizes[reference.reasoning])
                problems.setdefault(name, []).append(number)
    found = {}
    for name, values in sorted(differences.items()):
        longer = accuracy(values, problems[name])
        if longer is not None:
            found[name] = LengthDifference(longer, sum(values) / len(values), sum(map(abs, values)) / len(values))
    return found


def first_differences(groups: Iterable[Group]) -> dict[str, list[int]]:
    """By kind, counts of pairs by the place of the first difference, in ten equal parts of the reference."""
    found: dict[str, list[int]] = {}
    for group in groups:
        for flaw, reference in _pairs(group):
            place = min(_BINS - 1, _BINS * _same(flaw.reasoning, reference.reasoning) // len(reference.reasoning))
            found.setdefault(_kind(flaw), [0] * _BINS)[place] += 1
    return dict(sorted(found.items()))


def severities(groups: Iterable[Group]) -> dict[str, dict[str, int]]:
    """By kind, counts of flaws by the best reference's total minus their own; `not scored` if either is missing."""
    found: dict[str, dict[str, int]] = {}
    for group in groups:
        best = max((c.total for c in group.positive_pool if c.total is not None), default=None)
        for flaw in group.negative_bank:
            counts = found.setdefault(_kind(flaw), dict.fromkeys(SEVERITIES, 0))
            counts[_severity(best, flaw.total)] += 1
    return dict(sorted(found.items()))


def broken_dimensions(groups: Iterable[Group]) -> dict[str, dict[str, int]]:
    """By kind, how many flaws fall furthest below the first reference in each dimension; ties count for each.

    Uses raw scores if one annotator scored both, else rubric labels. Flaws that fall in no dimension or aren't scored
    are not counted.
    """
    found: dict[str, Counter[str]] = {}
    for group in groups:
        for flaw in group.negative_bank:
            counts = found.setdefault(_kind(flaw), Counter())
            falls = _falls(group.positive_pool[0], flaw) if group.positive_pool else {}
            most = max(falls.values(), default=0)
            counts.update(name for name, fall in falls.items() if fall == most > 0)
    return {kind: dict(sorted(counts.items())) for kind, counts in sorted(found.items())}


def kind_shares(groups: Iterable[Group]) -> dict[str, float]:
    """The share of each kind among all negatives."""
    counts = Counter(_kind(flaw) for group in groups for flaw in group.negative_bank)
    return {kind: count / counts.total() for kind, count in sorted(counts.items())}


def _pairs(group: Group) -> Iterator[tuple[Candidate, Candidate]]:
    return ((flaw, reference) for flaw in group.negative_bank for reference in group.positive_pool)


def _same(left: str, right: str) -> int:
    """The length of the common prefix of two texts, in characters."""
    shorter = min(len(left), len(right))
    return next((i for i in range(shorter) if left[i] != right[i]), shorter)


def _kind(flaw: Candidate) -> str:
    return flaw.negative_kind or ""


def _between(low: float, high: float) -> str:
    return f"{low:.2f} to {high:.2f}"


SEVERITIES = ("below 0", *(_between(low, high) for low, high in pairwise(_BOUNDS)), "not scored")


def _severity(best: float | None, total: float | None) -> str:
    if best is None or total is None:
        return "not scored"
    fall = round(best - total, 6)  # totals have six decimals; as floats 1.0 - 0.95 is slightly above 0.05
    return next((_between(a, b) for a, b in pairwise(_BOUNDS) if a <= fall < b), SEVERITIES[-2 if fall > 0 else 0])


def _falls(reference: Candidate, flaw: Candidate) -> dict[str, float]:
    theirs = _raw(reference)
    both = next(((theirs[name], raw) for name, raw in _raw(flaw).items() if name in theirs), None)
    before, after = both or (reference.rubric, flaw.rubric)
    return {
        name: score - after[name]
        for name, score in before.items()
        if name != "total" and score is not None and after.get(name) is not None
    }


def _raw(candidate: Candidate) -> dict[str, Mapping[str, Any]]:
    return {row["annotator"]: row["raw"] for row in candidate.metadata.get("annotations", ())}
