"""The operands of a difference or a quotient are swapped; the arithmetic that follows is right."""

from collections.abc import Iterator
from random import Random

from tracelift_groups.flaws.kind import Draft, Weight, kind
from tracelift_groups.math.edits.claim_edits import value_draft
from tracelift_groups.math.reference import ParsedReference
from tracelift_groups.math.text.expression import Number, Operation


@kind(
    "swapped_operands",
    breaks="calculation_correctness",
    answer="changes",
    checker="differs_from_reference_graph",
    difference="order",
    needs="a difference or quotient of two numbers that stays positive and of similar size the other way round",
    weight=Weight(20, "applies to 30 of 7,417 problems"),
)
def swapped_operands(reference: ParsedReference, rng: Random) -> Iterator[Draft]:
    """Non-commuting operands exchanged."""
    parsed = reference.parsed
    places = [
        parsed.operands_of(i)
        for i, claim in enumerate(parsed.claims)
        if isinstance(claim.left, Operation) and claim.left.symbol in "-/"
        if all(isinstance(arg, Number) for arg in claim.left.args)
    ]
    for first, second in rng.sample([pair for pair in places if len(pair) == 2], sum(len(p) == 2 for p in places)):
        if draft := value_draft(reference, {first: second.value, second: first.value}, recompute=True):
            yield draft
