"""A relation of the problem is inverted: twice becomes half, more becomes less; the arithmetic is right."""

from collections.abc import Iterator
from random import Random

from tracelift_groups.flaws.kind import Draft, Weight, kind
from tracelift_groups.math.edits.claim_edits import swapped_sign
from tracelift_groups.math.reference import ParsedReference
from tracelift_groups.math.text.expression import operations
from tracelift_groups.math.text.relation import inverse, relation_of


@kind(
    "misread_relation",
    breaks="problem_understanding",
    also=("solution_strategy",),
    answer="changes",
    checker="differs_from_reference_graph",
    difference="relation",
    needs="a claim that carries out a relation of the problem (twice, half, more, fewer) by one operator",
    weight=Weight(4, "applies to 1,134 of 7,417 problems"),
)
def misread_relation(reference: ParsedReference, rng: Random) -> Iterator[Draft]:
    """Twice or half, more or less turned round."""
    parsed = reference.parsed
    places = [
        (i, op) for i, claim in enumerate(parsed.claims) for op in operations(claim.left) if relation_of(parsed, i, op)
    ]
    for index, op in rng.sample(places, len(places)):
        if draft := swapped_sign(reference, index, op, inverse(op.symbol)):
            yield draft
