"""A number of the problem is copied wrong, everywhere it is used; the arithmetic that follows is right."""

from collections.abc import Iterator
from random import Random

from tracelift_groups.flaws.kind import Draft, kind
from tracelift_groups.math.edits.claim_edits import slips, value_draft
from tracelift_groups.math.reference import ParsedReference
from tracelift_groups.math.text.parsed_trace import Occurrence


@kind(
    "miscopied_given",
    breaks="problem_understanding",
    also=("calculation_correctness",),
    answer="changes",
    checker="differs_from_reference_graph",
    difference="given",
    needs="a number of the problem, used in one step only",
)
def miscopied_given(reference: ParsedReference, rng: Random) -> Iterator[Draft]:
    """A number of the problem copied wrong."""
    parsed = reference.parsed
    copies = [o for o in parsed.occurrences if o.role == "operand" and _only_given(reference, o)]
    for occurrence, value in slips(copies, rng):
        same = [o for o in parsed.occurrences if o.sources == occurrence.sources and o.value == occurrence.value]
        elsewhere = any(o.step != occurrence.step or o.claim not in (None, occurrence.claim) for o in same)
        known = parsed.givens.explains(value) or any(claim.result_value == value for claim in parsed.claims)
        if elsewhere or known:
            continue
        if draft := value_draft(reference, dict.fromkeys(same, value), recompute=True):
            yield draft


def _only_given(reference: ParsedReference, occurrence: Occurrence) -> bool:
    origin = reference.parsed.origin(occurrence)
    written = (
        origin is not None and origin.type == "given" and reference.parsed.givens.quantities[origin.index].is_number
    )
    return written and len(occurrence.sources) == 1
