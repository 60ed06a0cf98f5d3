"""One operator is replaced; the arithmetic that follows is right."""

from collections.abc import Iterator
from random import Random

from tracelift_groups.claim import Claim, claims
from tracelift_groups.expression import Operation, operations
from tracelift_groups.kind import Case, Draft, perturbation
from tracelift_groups.lexer import tokens
from tracelift_groups.propagate import Undecided, propagate, rewrite
from tracelift_groups.reading import Source

_OTHERS = {"+": "-*", "-": "+/", "*": "+/", "/": "*-"}
_SPELLED = {"plus": "+", "minus": "-", "times": "*", "multiplied by": "*", "divided by": "/"}


@perturbation(
    "operator_swap",
    breaks="calculation_correctness",
    also=("solution_strategy",),
    answer="changes",
    checker="differs_from_reference_graph",
    difference="operator",
    needs="a claim with a written operator whose exchange gives a number of similar size",
)
def operator_swap(case: Case, rng: Random) -> Iterator[Draft]:
    """One operator replaced."""
    places = [(i, op) for i, claim in enumerate(case.reading.claims) for op in operations(claim.left)]
    rng.shuffle(places)
    for rank in (0, 1):
        for index, op in places:
            if op.symbol in _OTHERS and (draft := _swapped(case, index, op, _OTHERS[op.symbol][rank])):
                yield draft


def _swapped(case: Case, index: int, op: Operation, symbol: str) -> Draft | None:
    claim = case.reading.claims[index]
    sign = _written(case, op, symbol)
    if sign is None or len(claim.sides) != 1 or claim.about:
        return None
    value = _value(case.text, claim, op, sign)
    result = case.reading.result_of(index)
    if value is None or value == claim.value:
        return None
    try:
        origin = ((op.start, op.end, sign), rewrite(result, value))
    except Undecided:
        return None
    fixed = {result.numeral.start: value}
    carried = propagate(case.reading, {Source("claim", index): value}, fixed, result.numeral.end)
    return None if carried is None else Draft(claim.step, origin, tuple(carried))


def _written(case: Case, op: Operation, symbol: str) -> str | None:
    """The new sign as this trace writes it; None where the old one is implied or a word like `of`."""
    old = case.text[op.start : op.end]
    if old in _SPELLED:
        return next(word for word, meaning in _SPELLED.items() if meaning == symbol)
    if not old or (old.isalpha() and old not in "xX"):
        return None
    ours = (case.text[o.start : o.end] for c in case.reading.claims for o in operations(c.left) if o.symbol == symbol)
    used = [sign for sign in ours if sign and not sign.isalpha()]
    latex = {"*": "\\cdot ", "/": "\\div "} if old.startswith("\\") else {}
    sign = used[0] if used else latex.get(symbol, symbol)
    glued = case.text[op.end : op.end + 1].isalnum() and sign.isalpha()
    return None if glued else sign


def _value(text: str, claim: Claim, op: Operation, sign: str):  # type: ignore[no-untyped-def]
    """The value of the claim's left side as it reads with the new sign."""
    edited = text[claim.start : op.start] + sign + text[op.end : claim.end]
    found = list(claims(tokens(edited), 0))
    return found[0].value if len(found) == 1 and len(found[0].sides) == 1 else None
