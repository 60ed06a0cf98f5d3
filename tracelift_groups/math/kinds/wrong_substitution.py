"""The right rule with a wrong quantity put in: another number that the problem or an earlier step really gives."""

from collections.abc import Iterator
from random import Random

from tracelift_groups.flaws.kind import Draft, kind
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
    weight=1.3,
)
def wrong_substitution(case: ParsedReference, rng: Random) -> Iterator[Draft]:
    """Right rule, wrong quantity put in."""
    parsed = case.parsed
    plain = [  # the base of a rate is percent_base_error's
        o
        for i in range(len(parsed.claims))
        for o in parsed.operands_of(i)
        if is_rate(o.numeral) or not any(is_rate(other.numeral) for other in parsed.operands_of(i))
    ]
    places = [(o, value) for o in plain for value in substitutions(case, o)]
    for occurrence, value in rng.sample(places, len(places)):
        if draft := value_draft(case, {occurrence: value}, recompute=True):
            yield draft
