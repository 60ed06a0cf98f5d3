"""The right result is computed from quantities without a source: same operator, same result, other numbers."""

from collections.abc import Iterator
from random import Random

from tracelift_groups.flaws.kind import Draft, Weight, kind
from tracelift_groups.flaws.surface_balance import rarer
from tracelift_groups.math.edits.claim_edits import binary, slips
from tracelift_groups.math.edits.propagate import Undecided, rewrite
from tracelift_groups.math.reference import ParsedReference
from tracelift_groups.math.text.expression import Operation
from tracelift_groups.math.text.parsed_trace import Occurrence
from tracelift_groups.math.text.rational import Fraction


@kind(
    "miracle_step",
    breaks="answer_support",
    also=("step_coherence",),
    answer="keeps",
    checker="ungrounded",
    difference="replaced",
    needs="a claim of one operation on two numbers, written as digits",
    weight=Weight(0.8, "recognised by n-grams at 0.67 and still 8.3 % of all negatives"),
)
def miracle_step(reference: ParsedReference, rng: Random) -> Iterator[Draft]:
    """The right result appears without support."""
    yield from sorted(_drafts(reference, rng), key=lambda draft: rarer(draft.perturbation("miracle_step", reference)))


def _drafts(reference: ParsedReference, rng: Random) -> Iterator[Draft]:
    parsed = reference.parsed
    simple = [parsed.operands_of(i) for i, claim in enumerate(parsed.claims) if claim.holds and binary(reference, i)]
    lefts = {pair[0].index: pair for pair in simple}
    for left, value in slips([pair[0] for pair in lefts.values()], rng):
        first, second = lefts[left.index]
        other = _partner(reference, first, value)
        if other is None or any(parsed.givens.explains(v) for v in (value, other)):
            continue
        known = {o.value for o in parsed.occurrences}
        same_step = [o for o in parsed.occurrences if o.step == first.step and o.role == "mention"]
        if {value, other} & known or any(o.value in (first.value, second.value) for o in same_step):
            continue
        try:
            yield Draft(first.step, (rewrite(first, value), rewrite(second, other)))
        except Undecided:
            continue


def _partner(reference: ParsedReference, first: Occurrence, value: Fraction) -> Fraction | None:
    """The second number that keeps the result when the first becomes `value`."""
    assert first.claim is not None
    claim = reference.parsed.claims[first.claim]
    result = claim.value
    if result is None or not value or not isinstance(claim.left, Operation):
        return None
    match claim.left.symbol:
        case "+":
            return result - value
        case "-":
            return value - result
        case "*":
            return result / value
        case _:
            return value / result if result else None
