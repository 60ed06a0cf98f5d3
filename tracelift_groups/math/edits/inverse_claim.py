"""Inverse claims: an operand of a claim computed from its result, in the notation of the trace."""

from tracelift_groups.math.edits.claim_edits import sign_of, space_around_signs
from tracelift_groups.math.reference import ParsedReference
from tracelift_groups.math.text.claim import Claim
from tracelift_groups.math.text.expression import Operation
from tracelift_groups.math.text.parsed_trace import Occurrence
from tracelift_groups.math.text.relation import inverse


def backwards(
    op: Operation, operands: list[Occurrence], result: Occurrence, unknown: int
) -> tuple[Occurrence, str, Occurrence]:
    """The computation of operand `unknown` (0 or 1) from `a op b = result`: left number, operator, right number."""
    other = operands[1 - unknown]
    if op.symbol in "+*":
        return result, inverse(op.symbol), other
    return (result, inverse(op.symbol), other) if unknown == 0 else (other, op.symbol, result)


def computation(
    reference: ParsedReference, left: Occurrence, symbol: str, right: Occurrence, *, money: bool
) -> str | None:
    """`left symbol right` in the notation of the trace; `money` says that a currency sign precedes it.

    None when that sign would be doubled or missing.
    """
    if left.numeral.money != money:
        return None
    space = space_around_signs(reference)
    return f"{_shown(reference, left)[money:]}{space}{sign_of(reference, symbol)}{space}{_shown(reference, right)}"


def left_end(text: str, claim: Claim) -> int | None:
    """The end of the left side of a claim, before the space and the equals sign; None with brackets or without `=`."""
    equals = text.find("=", claim.start, claim.end)
    if equals < 0 or any(mark in text[claim.start : equals] for mark in "()[]{}\\\n"):
        return None
    return len(text[:equals].rstrip())


def _shown(reference: ParsedReference, occurrence: Occurrence) -> str:
    numeral = occurrence.numeral
    return reference.text[numeral.start - numeral.money : numeral.end]
