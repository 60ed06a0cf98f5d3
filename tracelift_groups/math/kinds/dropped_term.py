"""One term of a longer sum or product is left out; the arithmetic that follows is right."""

from collections.abc import Iterator
from random import Random

from tracelift_groups.flaws.kind import Draft, Weight, kind
from tracelift_groups.math.edits.claim_edits import edited_claim
from tracelift_groups.math.reference import ParsedReference
from tracelift_groups.math.text.expression import Expression, Number, Operation
from tracelift_groups.math.text.rational import Fraction

_UNDO = {"+": "-", "-": "+", "*": "/", "/": "*"}


@kind(
    "dropped_term",
    breaks="calculation_correctness",
    also=("step_coherence",),
    answer="changes",
    checker="differs_from_reference_graph",
    difference="term",
    needs="a sum or product of three numbers or more",
    weight=Weight(4, "applies to 1,523 of 7,417 problems and balances what invented_fact adds"),
)
def dropped_term(reference: ParsedReference, rng: Random) -> Iterator[Draft]:
    """One term left out."""
    places = [(i, k) for i, claim in enumerate(reference.parsed.claims) for k in range(len(_chain(claim.left)))]
    rng.shuffle(places)
    for index, k in places:
        if draft := _without(reference, index, k):
            yield draft


def _chain(left: Expression) -> list[tuple[Operation, Number]]:
    """The operations of `a op b op c` with their right operands; empty unless all have one precedence."""
    found: list[tuple[Operation, Number]] = []
    node = left
    while isinstance(node, Operation) and len(node.args) == 2 and isinstance(node.args[1], Number):
        found.append((node, node.args[1]))
        node = node.args[0]
    alike = {op.symbol in "+-" for op, _ in found}
    if not isinstance(node, Number) or len(alike) != 1 or len(found) < 2:
        return []
    chain = found[::-1]
    places = [node.numeral.start, *(place for op, term in chain for place in (op.start, term.numeral.start))]
    written = all(op.symbol in _UNDO and op.end > op.start for op, _ in chain)
    return chain if written and places == sorted(places) else []  # the sign of `\frac{a}{b}` stands before a


def _without(reference: ParsedReference, index: int, k: int) -> Draft | None:
    """Leave out the k-th operation with its number and the unit after it, up to the next operator."""
    claim = reference.parsed.claims[index]
    chain = _chain(claim.left)
    op, term = chain[k]
    if k + 1 < len(chain):
        start, end = op.start, chain[k + 1][0].start
    else:
        start, end = len(reference.text[: op.start].rstrip()), term.numeral.end
        if not reference.text[end:].lstrip().startswith("="):
            return None
    value = claim.value
    if value is None or (op.symbol in "*/" and not term.numeral.quantity):
        return None
    return edited_claim(reference, index, [(start, end, "")], _undone(value, op.symbol, term.numeral.quantity))


def _undone(value: Fraction, symbol: str, term: Fraction) -> Fraction:
    return {"+": value - term, "-": value + term, "*": value / (term or 1), "/": value * term}[symbol]
