"""A quantity of the problem that the reference applies is never used; later steps continue without it."""

from tracelift_groups.math.evidence import Evidence, checker, number
from tracelift_groups.records.certificate import Certificate


@checker("unused_given")
def unused_given(evidence: Evidence) -> Certificate | str:
    """Expected is the quantity that the reference applies, found the value that is used as if it had been applied."""
    if evidence.false_claims:
        return f"Step {evidence.flaw.claims[evidence.false_claims[0]].step + 1} has false arithmetic."
    for k in evidence.removed:
        claim = evidence.reference.claims[k]
        given = [o for o in evidence.reference.operands_of(k) if any(s.type == "given" for s in o.sources)]
        prior = [o for o in evidence.reference.operands_of(k) if o not in given]
        used = {o.value for o in evidence.flaw.occurrences}
        if len(given) != 1 or len(prior) != 1 or given[0].value in used or claim.result_value in used:
            continue
        if reason := evidence.inconsistency_without(k, prior[0].value):
            return reason
        shown = evidence.case.text[claim.start : claim.end]
        expected, found = number(given[0].value), number(prior[0].value)
        step = min(evidence.perturbation.step, len(evidence.flaw.steps) - 1)
        return Certificate("unused_given", step, shown, expected, found, evidence.answer_changes)
    return "Every quantity that the reference applies is still used."
