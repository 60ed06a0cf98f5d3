"""A claim computes with quantities that neither the problem nor an earlier step gives."""

from tracelift_groups.certificate import Certificate
from tracelift_groups.checker import CHECKERS, Evidence, number, same_shape


@CHECKERS.register("ungrounded")
def ungrounded(evidence: Evidence) -> Certificate | str:
    """Expected is what the reference computes with, found the quantities that come from nowhere."""
    if evidence.false_claims:
        return f"Step {evidence.flaw.claims[evidence.false_claims[0]].step + 1} has false arithmetic."
    for i in evidence.origin_claims:
        claim, ours = evidence.flaw.claims[i], evidence.reference.claims[evidence.pairs[i]]
        loose = [o for o in evidence.flaw.operands_of(i) if not evidence.flaw.is_grounded(o)]
        known = {o.value for o in evidence.reference.occurrences}
        new = [o for o in loose if o.value not in known]
        if new and same_shape(claim.left, ours.left):
            if reason := evidence.stray_edit(evidence.pairs[i]):
                return reason
            given = ", ".join(number(o.value) for o in evidence.reference.operands_of(evidence.pairs[i]))
            found = ", ".join(number(o.value) for o in new)
            shown = evidence.shown(claim)
            return Certificate("ungrounded", claim.step, shown, given, found, evidence.answer_changes)
    return "Every quantity of the edited claim comes from somewhere."
