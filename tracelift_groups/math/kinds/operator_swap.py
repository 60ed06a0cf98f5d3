"""One operator is replaced; the arithmetic that follows is right."""

from collections.abc import Iterator
from random import Random

from tracelift_groups.flaws.kind import Draft, kind
from tracelift_groups.math.edits.claim_edits import swapped_sign
from tracelift_groups.math.reference import ParsedReference
from tracelift_groups.math.text.expression import operations
from tracelift_groups.math.text.relation import inverse, relation_of

_OTHERS = {"+": "-*/", "-": "+/*", "*": "+/-", "/": "*-+"}


@kind(
    "operator_swap",
    breaks="calculation_correctness",
    also=("solution_strategy",),
    answer="changes",
    checker="differs_from_reference_graph",
    difference="operator",
    needs="a claim with a written operator whose exchange gives a number of similar size",
)
def operator_swap(reference: ParsedReference, rng: Random) -> Iterator[Draft]:
    """One operator replaced."""
    parsed = reference.parsed
    places = [(i, op) for i, claim in enumerate(parsed.claims) for op in operations(claim.left) if op.symbol in _OTHERS]
    rng.shuffle(places)
    for rank in range(3):
        for index, op in places:
            symbol = _OTHERS[op.symbol][rank]
            turned = symbol == inverse(op.symbol) and relation_of(parsed, index, op)  # that is misread_relation
            if not turned and (draft := swapped_sign(reference, index, op, symbol)):
                yield draft
