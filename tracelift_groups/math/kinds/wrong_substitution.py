"""The right rule with a wrong quantity: another number that the problem or an earlier step gives."""

from collections.abc import Iterator
from random import Random

from tracelift_groups.flaws.kind import Draft, Weight, kind
from tracelift_groups.math.edits.claim_edits import substitutions, value_draft
from tracelift_groups.math.reference import ParsedReference
from tracelift_groups.math.text.quantity import is_rate


@kind(
    "wrong_substitution",
    breaks="calculation_correctness",
    also=("step_coherence",),
    answer="changes",
    checker="differs_from_reference_graph",
    difference="substitution",
    needs="a claim, and another known quantity of similar size",
    weight=Weight(1.3, "recognised by n-grams at 0.50 and by length at 0.49: as good as not at all"),
)
def wrong_substitution(reference: ParsedReference, rng: Random) -> Iterator[Draft]:
    """Right rule, wrong quantity put in."""
    parsed = reference.parsed
    plain = [  # the base of a rate belongs to percent_base_error
        o
        for i in range(len(parsed.claims))
        for o in parsed.operands_of(i)
        if is_rate(o.numeral) or not any(is_rate(other.numeral) for other in parsed.operands_of(i))
    ]
    places = [(o, value) for o in plain for value in substitutions(reference, o)]
    for occurrence, value in rng.sample(places, len(places)):
        if draft := value_draft(reference, {occurrence: value}, recompute=True):
            yield draft
