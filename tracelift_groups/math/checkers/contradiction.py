"""One claim states another value for a quantity than later steps use."""

from tracelift_groups.math.evidence import Evidence, checker, number
from tracelift_groups.math.text.parsed_trace import NumberSource
from tracelift_groups.records.certificate import Certificate


@checker("contradiction")
def contradiction(evidence: Evidence) -> Certificate | str:
    """Expected is the value that a later step uses, found the value that the edited claim states for it."""
    unread = [i for i in evidence.origin_claims if not evidence.flaw.claims[i].is_read]
    if wrong := [i for i in evidence.false_claims if i not in unread]:
        return f"Step {evidence.flaw.claims[wrong[0]].step + 1} has false arithmetic."
    for i in evidence.origin_claims:
        k = evidence.pairs[i]
        stated, meant = evidence.flaw.value_of(i), evidence.reference.value_of(k)
        if stated == meant or any(claim.result_value == meant for claim in evidence.flaw.claims):
            continue
        if reason := evidence.inconsistency(i, carried=False):
            return reason
        for use in evidence.reference.uses(NumberSource("claim", k)):
            later = evidence.moved(use.numeral.start)
            kept = [o for o in evidence.flaw.occurrences if o.numeral.start == later and o.value == meant]
            if use.role != "result" and use.step > evidence.perturbation.step and kept and not kept[0].sources:
                claim = evidence.flaw.claims[i]
                values = {"used_at_step": kept[0].step}
                shown = evidence.shown(claim)
                changes = evidence.answer_changes
                return Certificate("contradiction", claim.step, shown, number(meant), number(stated), changes, values)
    return "No later step uses the value that the edited claim no longer states."
