"""True arithmetic on wrong quantities or with a wrong operation, told by comparing with the reference's claims."""

from tracelift_groups.certificate import Certificate
from tracelift_groups.checker import CHECKERS, Evidence, number, same_numbers, same_shape
from tracelift_groups.claim import Claim
from tracelift_groups.expression import operands, operations


@CHECKERS.register("differs_from_reference_graph")
def differs_from_reference_graph(evidence: Evidence) -> Certificate | str:
    """Expected is the reference's value at the origin, found the flaw's; values["difference"] says what differs.

    operator: one operator; given: a quantity of the problem became one that nobody gave; prior: so did an earlier
    result; substitution: another known quantity stands in its place; order: the same quantities in another order.
    """
    if evidence.false_claims:
        return f"Step {evidence.flaw.claims[evidence.false_claims[0]].step + 1} has false arithmetic."
    different = [i for i in evidence.origin_claims if _differs(evidence, i)]
    if not different:
        return "No edited claim computes anything else than the reference."
    first = min(different)
    claim, ours = evidence.flaw.claims[first], evidence.reference.claims[evidence.pairs[first]]
    if claim.value == ours.value:
        return "The edited claim has the same value as the reference's."
    difference = _difference(evidence, first)
    if difference is None:
        return "More than one thing differs from the reference's claim."
    if reason := evidence.inconsistency(first):
        return reason
    return Certificate(
        "differs_from_reference_graph",
        claim.step,
        evidence.shown(claim),
        number(ours.value),
        number(claim.value),
        evidence.answer_changes,
        {"difference": difference, "reference": evidence.case.text[ours.start : ours.end]},
    )


def _differs(evidence: Evidence, index: int) -> bool:
    claim, ours = evidence.flaw.claims[index], evidence.reference.claims[evidence.pairs[index]]
    return not (same_shape(ours.left, claim.left) and same_numbers(ours.left, claim.left))


def _difference(evidence: Evidence, index: int) -> str | None:
    flaw, reference = evidence.flaw, evidence.reference
    claim, ours = flaw.claims[index], reference.claims[evidence.pairs[index]]
    if not same_shape(ours.left, claim.left):
        return "operator" if same_numbers(ours.left, claim.left) and _one_operator(ours, claim) else None
    before, after = ([n.quantity for n in operands(c.left)] for c in (ours, claim))
    if sorted(before) == sorted(after):
        return "order"
    changed = {(a, b) for a, b in zip(before, after, strict=True) if a != b}
    if len(changed) != 1:
        return None
    ((old, new),) = changed
    known = set(flaw.givens.of(new)) or {
        i for i, c in enumerate(flaw.claims) if c.result_value == new and c.end <= claim.start
    }
    if known:
        return "substitution"
    if new in flaw.givens.constants | flaw.givens.derived:
        return None
    sources = [s for o in reference.operands_of(evidence.pairs[index]) if o.value == old for s in o.sources]
    return ("prior" if sources[0].sort == "claim" else "given") if sources else None


def _one_operator(ours: Claim, claim: Claim) -> bool:
    """Whether the signs, read from left to right, differ in exactly one place."""
    before, after = (sorted((op.start - c.start, op.symbol) for op in operations(c.left)) for c in (ours, claim))
    if len(before) != len(after):
        return False
    return sum(a[1] != b[1] for a, b in zip(before, after, strict=True)) == 1
