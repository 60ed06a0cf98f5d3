"""Items, days or intervals of the problem are miscounted by one, everywhere they are used; the arithmetic is right."""

from collections.abc import Iterator
from random import Random

from tracelift_groups.flaws.kind import Draft, Weight, kind
from tracelift_groups.math.edits.claim_edits import value_draft
from tracelift_groups.math.reference import ParsedReference
from tracelift_groups.math.text.parsed_trace import Occurrence
from tracelift_groups.math.text.quantity import is_count


@kind(
    "counting_off_by_one",
    breaks="calculation_correctness",
    also=("problem_understanding",),
    answer="changes",
    checker="differs_from_reference_graph",
    difference="count",
    needs="a number from 3 to 31 that counts things in the problem, used in one step only",
    weight=Weight(2, "applies to 1,925 of 7,417 problems and is recognised by n-grams at 0.60"),
)
def counting_off_by_one(reference: ParsedReference, rng: Random) -> Iterator[Draft]:
    """Items, intervals or endpoints miscounted."""
    parsed = reference.parsed
    counts = [o for o in parsed.occurrences if o.role == "operand" and _counts(reference, o)]
    for occurrence in rng.sample(counts, len(counts)):
        same = [o for o in parsed.occurrences if o.sources == occurrence.sources and o.value == occurrence.value]
        if any(o.step != occurrence.step or o.claim not in (None, occurrence.claim) for o in same):
            continue
        for step in rng.sample((-1, 1), 2):
            if draft := value_draft(reference, dict.fromkeys(same, occurrence.value + step), recompute=True):
                yield draft


def _counts(reference: ParsedReference, occurrence: Occurrence) -> bool:
    origin = reference.parsed.origin(occurrence)
    if origin is None or origin.type != "given" or len(occurrence.sources) > 1:
        return False
    return is_count(reference.parsed.givens.quantities[origin.index])
