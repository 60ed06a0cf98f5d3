"""A step is derived from a later one that rests on it: 24 = 72 − 48, where 72 comes from 48 + 24."""

from collections.abc import Iterator
from fractions import Fraction
from random import Random

from tracelift_groups.expression import Operation, operations
from tracelift_groups.kind import Case, Draft, perturbation
from tracelift_groups.perturbations._edit import binary
from tracelift_groups.propagate import Undecided, rewrite
from tracelift_groups.reading import Occurrence, Source


@perturbation(
    "circular_reasoning",
    breaks="step_coherence",
    also=("answer_support",),
    answer="keeps",
    checker="missing_support",
    difference="circular",
    needs="a claim of one operation whose result a later claim of one operation uses",
)
def circular_reasoning(case: Case, rng: Random) -> Iterator[Draft]:
    """Uses what is to be shown."""
    reading = case.reading
    places = [
        (i, j)
        for i in range(len(reading.claims))
        for j in range(i + 1, len(reading.claims))
        if binary(case, i) and binary(case, j)
    ]
    rng.shuffle(places)
    for i, j in places:
        if draft := _circle(case, i, j):
            yield draft


def _circle(case: Case, index: int, later: int) -> Draft | None:
    """Claim `index` computed backwards from claim `later`; None when that claim does not rest on it alone."""
    reading = case.reading
    operands = reading.operands_of(later)
    mine = [o for o in operands if o.sources == (Source("claim", index),)]
    if len(mine) != 1 or len(operands) != 2:
        return None
    other = next(o for o in operands if o is not mine[0])
    known = other.sources and all(
        s.sort == "given" or reading.claims[s.index].end <= reading.claims[index].start for s in other.sources
    )
    first, second = reading.operands_of(index)
    mentioned = {o.value for o in reading.occurrences if o.step == first.step and o.role == "mention"}
    result = reading.claims[later].result_value
    op, ours = reading.claims[later].left, reading.claims[index].left
    if not known or result == other.value or mentioned & {first.value, second.value, result}:
        return None
    if reading.givens.explains(result):  # then it is not taken from the later claim
        return None
    assert isinstance(op, Operation)
    assert isinstance(ours, Operation)
    symbol, left, right = _inverse(op.symbol, result, other, mine_is_left=mine[0] is operands[0])
    sign = _sign(case, symbol)
    if sign is None or ours.start == ours.end or case.text[ours.start : ours.end].isalpha():
        return None
    try:
        parts = (rewrite(first, left), rewrite(second, right))
    except Undecided:
        return None
    edits = (parts[0], (ours.start, ours.end, sign), parts[1])
    changed = tuple((a, b, new) for a, b, new in edits if case.text[a:b] != new)
    return Draft(first.step, changed) if changed else None


def _inverse(symbol: str, result: Fraction, other: Occurrence, *, mine_is_left: bool) -> tuple[str, Fraction, Fraction]:
    """How to get the unknown back from `unknown symbol other = result` (or `other symbol unknown = result`)."""
    if symbol in "+*":
        return {"+": "-", "*": "/"}[symbol], result, other.value
    if mine_is_left:
        return {"-": "+", "/": "*"}[symbol], result, other.value
    return symbol, other.value, result


def _sign(case: Case, symbol: str) -> str | None:
    """The operator as this trace writes it; a letter or a word would need a space that may not be there."""
    ours = (case.text[o.start : o.end] for c in case.reading.claims for o in operations(c.left) if o.symbol == symbol)
    used = [sign for sign in ours if sign and not sign[-1].isalpha()]
    return used[0] if used else symbol
