"""Wrong arithmetic: the expression stays, its result is another number of the same form."""

from collections.abc import Iterator
from random import Random

from tracelift_groups.flaws.kind import Draft, kind
from tracelift_groups.math.edits.claim_edits import slips, value_draft
from tracelift_groups.math.reference import ParsedReference


@kind(
    "calculation_error",
    breaks="calculation_correctness",
    also=("answer_support",),
    answer="changes",
    checker="false_claim",
    needs="a claim whose result, written as digits, reaches the answer",
)
def calculation_error(reference: ParsedReference, rng: Random) -> Iterator[Draft]:
    """Right expression, wrong result."""
    results = [reference.parsed.result_of(i) for i, claim in enumerate(reference.parsed.claims) if not claim.is_rounded]
    for occurrence, value in slips(results, rng):
        draft = value_draft(reference, {occurrence: value}, recompute=False)
        if draft:
            yield draft
