"""What the kinds that change a number share: choosing another value, and carrying it on."""

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from random import Random

from tracelift_groups.expression import evaluate
from tracelift_groups.kind import Case, Draft
from tracelift_groups.plausible import alike
from tracelift_groups.propagate import Undecided, propagate, rewrite
from tracelift_groups.reading import Occurrence, Source

_VALUES_PER_NUMBER = 3


def slips(occurrences: Iterable[Occurrence], rng: Random) -> Iterator[tuple[Occurrence, Fraction]]:
    """Numbers with a wrong quantity each, in random order, no number twice in a row."""
    pool = [(o, alike(o.numeral, rng)[:_VALUES_PER_NUMBER]) for o in occurrences]
    rng.shuffle(pool)
    for turn in range(_VALUES_PER_NUMBER):
        for occurrence, values in pool:
            if turn < len(values):
                yield occurrence, values[turn] / (100 if occurrence.numeral.percent else 1)


def value_draft(case: Case, new: Mapping[Occurrence, Fraction], *, recompute: bool, carry: bool = True) -> Draft | None:
    """Write new quantities at the origin, in one step, and carry what follows from them.

    `recompute` gives the claim at the origin its true new result (else the changed numbers are results themselves);
    without `carry` later steps keep the old one. None when anything is undecided or implausible.
    """
    first = min(new, key=lambda o: o.numeral.start)
    try:
        origin = [rewrite(occurrence, value) for occurrence, value in new.items()]
    except Undecided:
        return None
    fixed = {o.numeral.start: value for o, value in new.items()}
    changed = {
        Source("claim", o.claim): value for o, value in new.items() if o.role == "result" and o.claim is not None
    }
    last = max(o.numeral.end for o in new)
    if recompute and (result := _new_result(case, new)):
        occurrence, value = result
        try:
            origin.append(rewrite(occurrence, value))
        except Undecided:
            return None
        fixed[occurrence.numeral.start] = value
        changed[Source("claim", occurrence.claim or 0)] = value
        last = max(last, occurrence.numeral.end)
    elif recompute:
        return None
    carried = propagate(case.reading, changed, fixed, last)
    if carried is None:
        return None
    if not carry:
        carried = [part for part in carried if case.reading.trace.step_at(part[0]) == first.step]
    return Draft(first.step, tuple(origin), tuple(carried))


def _new_result(case: Case, new: Mapping[Occurrence, Fraction]) -> tuple[Occurrence, Fraction] | None:
    """The result of the one claim that the changed operands are in, and its new value; None when it has no other."""
    indices = {o.claim for o in new if o.role == "operand"}
    if len(indices) != 1 or (index := indices.pop()) is None:
        return None
    claim = case.reading.claims[index]
    if len(claim.sides) != 1 or claim.about:
        return None
    value = evaluate(claim.left, {o.numeral.start: quantity for o, quantity in new.items()})
    if value is None or value == claim.value:
        return None
    result = case.reading.result_of(index)
    percent = claim.result.percent and claim.value == claim.result.value
    return result, value / 100 if percent else value
