"""The trace concludes with a correct quantity that is not the one asked for."""

from tracelift_groups.math.evidence import Evidence, checker, number
from tracelift_groups.math.text.shape import same_numbers, same_shape
from tracelift_groups.records.certificate import Certificate


@checker("wrong_target")
def wrong_target(evidence: Evidence) -> Certificate | str:
    """Expected is the answer, found the earlier result that replaces it in the conclusion."""
    if evidence.false_claims:
        return f"Step {evidence.flaw.claims[evidence.false_claims[0]].step + 1} has false arithmetic."
    answer, flaw, place = evidence.case.answer, evidence.flaw, evidence.case.conclusion
    final = len(flaw.claims) - 1
    if place is None or place.claim is None or evidence.pairs.get(final) != place.claim:
        return "The last claim does not stand where the reference concludes."
    claim = flaw.claims[final]
    again = [
        c
        for c in flaw.claims[:final]
        if c.step < claim.step and same_shape(c.left, claim.left) and same_numbers(c.left, claim.left)
    ]
    if claim.step != len(flaw.steps) - 1 or not again:
        return "The last step does not conclude with the claim of an earlier one."
    if any(answer in (o.value, o.numeral.value) and o.role != "operand" for o in flaw.occurrences):
        return "The trace states the answer."
    if reason := evidence.inconsistency(final):
        return reason
    found, shown = number(claim.result_value), evidence.shown(claim)
    values = {"derived_at_step": again[0].step}
    return Certificate("wrong_target", claim.step, shown, number(answer), found, True, values)
