"""An inserted step whose result no other step needs; the rest of the reference is unchanged."""

from tracelift_groups.math.evidence import Evidence, checker, number
from tracelift_groups.math.text.parsed_trace import NumberSource
from tracelift_groups.math.text.sentence import SENTENCE
from tracelift_groups.records.certificate import Certificate


@checker("redundant")
def redundant(evidence: Evidence) -> Certificate | str:
    """Expected is `unused`, found the result of the inserted claim."""
    if evidence.false_claims:
        return f"Step {evidence.flaw.claims[evidence.false_claims[0]].step + 1} has false arithmetic."
    if any(edit.before.strip() for edit in evidence.perturbation.edits):
        return "A detour inserts; it changes nothing of the reference."
    new = [i for i in range(len(evidence.flaw.claims)) if i not in evidence.pairs]
    if not new and (again := _repeated_step(evidence)):
        return again
    if not new or len(evidence.pairs) != len(evidence.reference.claims):
        return "No claim was inserted, or one of the reference is gone."
    for i in new:
        if not all(evidence.flaw.is_grounded(o) for o in evidence.flaw.operands_of(i)):
            return "The inserted step uses a quantity that nothing gives."
        inserted = NumberSource("claim", i)  # a number with another source too does not need it
        if any(o.claim not in new and set(o.sources) == {inserted} for o in evidence.flaw.uses(inserted)):
            return "A later step uses the result of the inserted one."
    claim = evidence.flaw.claims[new[0]]
    found, shown = number(claim.result_value), evidence.shown(claim)
    return Certificate("redundant", claim.step, shown, "unused", found, evidence.answer_changes)


def _repeated_step(evidence: Evidence) -> Certificate | None:
    """The certificate for an inserted step without a claim that repeats an earlier step verbatim; None otherwise."""
    if len(evidence.perturbation.edits) != 1:
        return None
    (edit,) = evidence.perturbation.edits
    text, before = edit.after.strip(), [step.strip() for step in evidence.reference.steps[: edit.step]]
    if len(text) < SENTENCE or text not in before or edit.step >= len(evidence.reference.steps):
        return None
    found = f"said in step {before.index(text) + 1}"
    return Certificate("redundant", edit.step, text, "unused", found, evidence.answer_changes)
