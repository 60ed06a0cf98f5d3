"""A claim computes with quantities that neither the problem nor an earlier step gives."""

from tracelift_groups.math.evidence import Evidence, checker, number
from tracelift_groups.math.text.parsed_trace import Occurrence
from tracelift_groups.math.text.shape import same_shape
from tracelift_groups.records.certificate import Certificate


@checker("ungrounded")
def ungrounded(evidence: Evidence) -> Certificate | str:
    """Expected is what the reference computes with, found the quantities without a source.

    values["difference"] is `replaced` (for the reference's, same result) or `joined` (added to them, other result).
    """
    if evidence.false_claims:
        return f"Step {evidence.flaw.claims[evidence.false_claims[0]].step + 1} has false arithmetic."
    for i in evidence.origin_claims:
        claim, ours = evidence.flaw.claims[i], evidence.reference.claims[evidence.pairs[i]]
        loose = [o for o in evidence.flaw.operands_of(i) if not evidence.flaw.is_grounded(o)]
        known = {o.value for o in evidence.reference.occurrences}
        new = [o for o in loose if o.value not in known]
        theirs = evidence.reference.operands_of(evidence.pairs[i])
        joined = len(new) == 1 and len(evidence.flaw.operands_of(i)) == len(theirs) + 1
        if new and joined and (reason := evidence.inconsistency(i)):
            return reason
        if new and joined:
            return _certificate(evidence, i, new, "joined")
        if new and same_shape(claim.left, ours.left):
            if reason := evidence.stray_edit(evidence.pairs[i]):
                return reason
            return _certificate(evidence, i, new, "replaced")
    return "Every quantity of the edited claim comes from somewhere."


def _certificate(evidence: Evidence, index: int, new: list[Occurrence], difference: str) -> Certificate:
    claim = evidence.flaw.claims[index]
    given = ", ".join(number(o.value) for o in evidence.reference.operands_of(evidence.pairs[index]))
    found = ", ".join(number(o.value) for o in new)
    values = {"difference": difference}
    return Certificate("ungrounded", claim.step, evidence.shown(claim), given, found, evidence.answer_changes, values)
