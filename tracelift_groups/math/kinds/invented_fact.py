"""A quantity that the problem does not give joins a sum; the arithmetic that follows is right."""

from collections.abc import Iterator
from random import Random

from tracelift_groups.flaws.kind import Draft, Weight, kind
from tracelift_groups.math.edits.claim_edits import edited_claim, slips
from tracelift_groups.math.reference import ParsedReference
from tracelift_groups.math.text.expression import Operation
from tracelift_groups.math.text.parsed_trace import Occurrence
from tracelift_groups.math.text.rational import Fraction


@kind(
    "invented_fact",
    breaks="problem_understanding",
    also=("answer_support",),
    answer="changes",
    checker="ungrounded",
    difference="joined",
    needs="a sum or difference that ends in a number right before its equals sign",
    weight=Weight(0.8, "recognised by n-grams at 0.70 and nearly always longer than its reference"),
)
def invented_fact(reference: ParsedReference, rng: Random) -> Iterator[Draft]:
    """A quantity that the problem does not give."""
    parsed = reference.parsed
    sums = [
        parsed.operands_of(i)[-1]
        for i, claim in enumerate(parsed.claims)
        if isinstance(claim.left, Operation) and claim.left.symbol in "+-" and parsed.operands_of(i)
    ]
    for last, value in slips(sums, rng):
        known = parsed.givens.explains(value) or any(o.value == value for o in parsed.occurrences)
        if not known and (draft := _joined(reference, last, value)):
            yield draft


def _joined(reference: ParsedReference, last: Occurrence, value: Fraction) -> Draft | None:
    """Write ` + value` after the last number, in the notation of the operator before it."""
    assert last.claim is not None
    claim = reference.parsed.claims[last.claim]
    op, end = claim.left, last.numeral.end
    text = last.numeral.write(value * 100 if last.numeral.percent else value)
    if not isinstance(op, Operation) or text is None or claim.value is None or last.numeral.percent:
        return None
    between = reference.text[op.start : last.numeral.start]
    before = reference.text[len(reference.text[: op.start].rstrip()) : op.start]
    plain = not any(sign.isalnum() for sign in between) and "(" not in between
    if not plain or not reference.text[end:].lstrip().startswith("="):
        return None
    result = claim.value + value if op.symbol == "+" else claim.value - value
    return edited_claim(reference, last.claim, [(end, end, f"{before}{between}{text}")], result)
