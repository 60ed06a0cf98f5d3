"""Wrong arithmetic: the expression stays, its result is another number of the same form."""

from collections.abc import Iterator
from random import Random

from tracelift_groups.flaws.kind import Draft, perturbation
from tracelift_groups.math.edits.claim_edits import slips, value_draft
from tracelift_groups.math.reference import Case


@perturbation(
    "calculation_error",
    breaks="calculation_correctness",
    also=("answer_support",),
    answer="changes",
    checker="false_claim",
    needs="a claim whose result, written as digits, reaches the answer",
)
def calculation_error(case: Case, rng: Random) -> Iterator[Draft]:
    """Right expression, wrong result."""
    results = [case.reading.result_of(i) for i, claim in enumerate(case.reading.claims) if not claim.is_rounded]
    for occurrence, value in slips(results, rng):
        draft = value_draft(case, {occurrence: value}, recompute=False)
        if draft:
            yield draft
