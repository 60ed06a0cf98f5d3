"""An earlier result is carried wrong into a later step; the arithmetic that follows is right."""

from collections.abc import Iterator
from random import Random

from tracelift_groups.flaws.kind import Draft, kind
from tracelift_groups.math.edits.claim_edits import slips, value_draft
from tracelift_groups.math.reference import ParsedReference


@kind(
    "miscopied_prior",
    breaks="step_coherence",
    also=("calculation_correctness",),
    answer="changes",
    checker="differs_from_reference_graph",
    difference="prior",
    needs="a step that uses the result of an earlier one",
)
def miscopied_prior(reference: ParsedReference, rng: Random) -> Iterator[Draft]:
    """An earlier result carried wrong."""
    parsed = reference.parsed
    copies = [
        o
        for o in parsed.occurrences
        if o.role == "operand" and len(o.sources) == 1 and o.sources[0].type == "claim"
        if parsed.claims[o.sources[0].index].step < o.step
    ]
    for occurrence, value in slips(copies, rng):
        same = [o for o in parsed.occurrences if o.sources == occurrence.sources and o.step == occurrence.step]
        if any(o.claim not in (None, occurrence.claim) or o.value != occurrence.value for o in same):
            continue
        if parsed.givens.explains(value) or any(claim.result_value == value for claim in parsed.claims):
            continue
        if draft := value_draft(reference, dict.fromkeys(same, value), recompute=True):
            yield draft
