"""A conversion uses the wrong factor: 100 minutes to the hour, 5 days to the week."""

from collections.abc import Iterator
from random import Random

from tracelift_groups.flaws.kind import Draft, Weight, kind
from tracelift_groups.math.edits.claim_edits import value_draft
from tracelift_groups.math.reference import ParsedReference
from tracelift_groups.math.text.rational import Fraction

# Common wrong factors, by the right one.
_MISTAKEN = {
    3: (2, 4),
    4: (5,),
    7: (5, 6),
    10: (100, 12),
    12: (10, 11),
    16: (12, 10),
    24: (12, 20),
    25: (20,),
    30: (28, 20),
    36: (30, 12),
    52: (48, 50),
    60: (100, 30),
    100: (10, 1000),
    365: (360, 300),
    1000: (100,),
    3600: (60, 360),
}


@kind(
    "unit_conversion_error",
    breaks="calculation_correctness",
    also=("problem_understanding",),
    answer="changes",
    checker="differs_from_reference_graph",
    difference="constant",
    needs="a claim that converts units by an everyday factor (7, 12, 24, 60, 100…) that the problem does not state",
    weight=Weight(4, "applies to 471 of 7,417 problems"),
)
def unit_conversion_error(reference: ParsedReference, rng: Random) -> Iterator[Draft]:
    """Wrong or skipped conversion."""
    parsed = reference.parsed
    factors = [
        (o, Fraction(wrong))
        for o in parsed.occurrences
        if o.role == "operand" and not o.sources and o.value in parsed.givens.constants
        for wrong in _MISTAKEN.get(int(o.value), ())
    ]
    for occurrence, value in rng.sample(factors, len(factors)):
        same = [o for o in parsed.occurrences if o.step == occurrence.step and o.value == occurrence.value]
        alone = all(o.role == "mention" or o is occurrence for o in same) and not any(o.sources for o in same)
        if alone and (draft := value_draft(reference, dict.fromkeys(same, value), recompute=True)):
            yield draft
