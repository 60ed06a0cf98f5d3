"""True arithmetic on wrong quantities or with a wrong operation, found by comparison with the reference's claims."""

from tracelift_groups.math.evidence import Evidence, checker, number
from tracelift_groups.math.text.claim import Claim
from tracelift_groups.math.text.expression import Operation, operands, operations
from tracelift_groups.math.text.parsed_trace import Occurrence
from tracelift_groups.math.text.quantity import is_count, is_rate
from tracelift_groups.math.text.rational import Fraction
from tracelift_groups.math.text.relation import inverse, relation_of
from tracelift_groups.math.text.shape import same_numbers, same_shape
from tracelift_groups.records.certificate import Certificate


@checker("differs_from_reference_graph")
def differs_from_reference_graph(evidence: Evidence) -> Certificate | str:
    """Expected is the reference's value at the origin, found the flaw's. values["difference"] is what differs:

    operator: one operator; relation: the operator of a relation in the problem (twice, fewer) is inverted;
    given, prior, constant: a quantity of the problem, an earlier result or a conversion factor is replaced by a number
    without a source; substitution: it is replaced by another known quantity; base: so is the base of a rate;
    order: the same quantities in another order; term: one is missing; count: a count of the problem is off by one.
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
    claim, ours = evidence.flaw.claims[index], evidence.reference.claims[evidence.pairs[index]]
    before, after = ([n.quantity for n in operands(c.left)] for c in (ours, claim))
    if not same_shape(ours.left, claim.left):
        if before == after:
            return _operator_difference(evidence, index, ours, claim)
        return _term(before, after)
    if sorted(before) == sorted(after):
        return "order"
    changed = {(a, b) for a, b in zip(before, after, strict=True) if a != b}
    return _quantity(evidence, index, *changed.pop()) if len(changed) == 1 else None


def _operator_difference(evidence: Evidence, index: int, ours: Claim, claim: Claim) -> str | None:
    """relation when the operator of a relation is inverted, else operator; None for more than one changed operator."""
    if not _one_operator(ours, claim):
        return None
    signs = zip(*(_signs(c) for c in (ours, claim)), strict=True)
    ((at, new),) = [(before, after) for before, after in signs if before.symbol != after.symbol]
    if new.symbol == inverse(at.symbol) and relation_of(evidence.reference, evidence.pairs[index], at):
        return "relation"
    return "operator"


def _quantity(evidence: Evidence, index: int, old: Fraction, new: Fraction) -> str | None:
    """The difference that one changed operand makes; None when it is none of the known ones."""
    flaw, claim = evidence.flaw, evidence.flaw.claims[index]
    theirs = evidence.reference.operands_of(evidence.pairs[index])
    sources = [s for o in theirs if o.value == old for s in o.sources]
    if not sources:
        return "constant" if old in flaw.givens.constants else None
    if flaw.givens.of(new) or any(c.result_value == new and c.end <= claim.start for c in flaw.claims):
        rate = any(is_rate(o.numeral) and o.value != old for o in theirs)
        return "base" if rate and not any(is_rate(o.numeral) and o.value == old for o in theirs) else "substitution"
    if abs(new - old) == 1 and any(_counts(evidence, o) for o in theirs if o.value == old):
        return "count"
    if new in flaw.givens.constants | flaw.givens.derived:
        return None
    return "prior" if sources[0].type == "claim" else "given"


def _counts(evidence: Evidence, operand: Occurrence) -> bool:
    """Whether an operand of the reference is a count that the problem gives."""
    quantities = evidence.reference.givens.quantities
    return any(s.type == "given" and is_count(quantities[s.index]) for s in operand.sources)


def _term(before: list[Fraction], after: list[Fraction]) -> str | None:
    """term, when exactly one operand is missing."""
    short = len(after) == len(before) - 1 and any(before[:i] + before[i + 1 :] == after for i in range(len(before)))
    return "term" if short else None


def _signs(claim: Claim) -> list[Operation]:
    return sorted(operations(claim.left), key=lambda op: op.start)


def _one_operator(ours: Claim, claim: Claim) -> bool:
    """Whether the operators, from left to right, differ in exactly one place."""
    before, after = _signs(ours), _signs(claim)
    return len(before) == len(after) and sum(a.symbol != b.symbol for a, b in zip(before, after, strict=True)) == 1
