"""The arithmetic of exactly one claim is wrong, and its left side is the reference's."""

from tracelift_groups.math.evidence import Evidence, checker, number
from tracelift_groups.math.text.shape import same_numbers, same_shape
from tracelift_groups.records.certificate import Certificate


@checker("false_claim")
def false_claim(evidence: Evidence) -> Certificate | str:
    """Expected is the exact value of the expression, found the number after its equals sign."""
    wrong = evidence.false_claims
    if len(wrong) != 1 or wrong[0] not in evidence.origin_claims:
        return f"{len(wrong)} claims are false; exactly the edited one should be."
    claim = evidence.flaw.claims[wrong[0]]
    ours = evidence.reference.claims[evidence.pairs[wrong[0]]]
    if not (same_shape(ours.left, claim.left) and same_numbers(ours.left, claim.left)):
        return "The false claim does not compute what the reference computes."
    if reason := evidence.inconsistency(wrong[0]):
        return reason
    return Certificate(
        "false_claim",
        claim.step,
        evidence.shown(claim),
        number(claim.value),
        number(claim.result_value),
        evidence.answer_changes,
    )
