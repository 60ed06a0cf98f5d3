"""A step is derived from a later one that depends on it: 24 = 72 − 48, where 72 comes from 48 + 24."""

from collections.abc import Iterator
from random import Random

from tracelift_groups.flaws.kind import Draft, Weight, kind
from tracelift_groups.math.edits.claim_edits import binary
from tracelift_groups.math.edits.inverse_claim import backwards, computation, left_end
from tracelift_groups.math.reference import ParsedReference
from tracelift_groups.math.text.parsed_trace import NumberSource


@kind(
    "circular_reasoning",
    breaks="step_coherence",
    also=("answer_support",),
    answer="keeps",
    checker="missing_support",
    difference="circular",
    needs="a claim whose result a later claim of one operation uses",
    weight=Weight(0.8, "recognised by n-grams at 0.64 in a mixed bank, 0.78 alone"),
)
def circular_reasoning(reference: ParsedReference, rng: Random) -> Iterator[Draft]:
    """Uses what is to be shown."""
    parsed = reference.parsed
    places = [
        (i, j) for i in range(len(parsed.claims)) for j in range(i + 1, len(parsed.claims)) if binary(reference, j)
    ]
    rng.shuffle(places)
    for i, j in places:
        if draft := _circle(reference, i, j):
            yield draft


def _circle(reference: ParsedReference, index: int, later: int) -> Draft | None:
    """Claim `index` computed backwards from claim `later`; None when that claim does not depend on it."""
    parsed = reference.parsed
    operands = parsed.operands_of(later)
    mine = [o for o in operands if o.sources == (NumberSource("claim", index),)]
    if len(mine) != 1 or len(operands) != 2:
        return None
    other = next(o for o in operands if o is not mine[0])
    claim, numbers = parsed.claims[index], parsed.operands_of(index)
    result = parsed.result_of(later)
    mentioned = {o.value for o in parsed.occurrences if o.step == claim.step and o.role == "mention"}
    if result.value in (other.value, claim.result_value) or mentioned & {result.value, *(o.value for o in numbers)}:
        return None
    if parsed.givens.explains(result.value) or any(o.numeral.percent for o in (result, other)):
        return None  # a given is not taken from the later claim; 20% is used as 1/5
    op = binary(reference, later)
    end = left_end(reference.text, claim)
    if op is None or end is None:
        return None
    left, symbol, right = backwards(op, operands, result, operands.index(mine[0]))
    text = computation(reference, left, symbol, right, money=reference.text[claim.start - 1 : claim.start] == "$")
    return None if text is None else Draft(claim.step, ((claim.start, end, text),))
