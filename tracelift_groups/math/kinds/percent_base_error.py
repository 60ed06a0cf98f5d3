"""A rate is applied to the wrong base: another quantity that the problem or an earlier step gives."""

from collections.abc import Iterator
from random import Random

from tracelift_groups.flaws.kind import Draft, Weight, kind
from tracelift_groups.math.edits.claim_edits import substitutions, value_draft
from tracelift_groups.math.reference import ParsedReference
from tracelift_groups.math.text.quantity import is_rate


@kind(
    "percent_base_error",
    breaks="solution_strategy",
    also=("calculation_correctness",),
    answer="changes",
    checker="differs_from_reference_graph",
    difference="base",
    needs="a claim that takes a percentage or fraction of a number, and another known number of similar size",
    weight=Weight(10, "applies to 337 of 7,417 problems and is recognised by n-grams at 0.53"),
)
def percent_base_error(reference: ParsedReference, rng: Random) -> Iterator[Draft]:
    """A rate applied to the wrong base."""
    parsed = reference.parsed
    bases = [
        o
        for i in range(len(parsed.claims))
        for o in parsed.operands_of(i)
        if not is_rate(o.numeral) and any(is_rate(other.numeral) for other in parsed.operands_of(i))
    ]
    places = [(o, value) for o in bases for value in substitutions(reference, o)]
    for occurrence, value in rng.sample(places, len(places)):
        if draft := value_draft(reference, {occurrence: value}, recompute=True):
            yield draft
