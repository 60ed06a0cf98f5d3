"""A trace uses or concludes what it never derives: a step or the end is missing, or the order is circular."""

from tracelift_groups.math.evidence import Evidence, checker, number
from tracelift_groups.math.text.answer_value import conclusion, without_space
from tracelift_groups.math.text.claim import Claim
from tracelift_groups.math.text.parsed_trace import Occurrence
from tracelift_groups.records.certificate import Certificate


@checker("missing_support")
def missing_support(evidence: Evidence) -> Certificate | str:
    """Expected is the value that lacks support, found the place that needs it. values["difference"] is one of:

    step: a later step uses the result of a removed step; end: the answer is never reached;
    circular: a claim uses the result of a later claim that depends on it.
    """
    if evidence.false_claims:
        return f"Step {evidence.flaw.claims[evidence.false_claims[0]].step + 1} has false arithmetic."
    found = _circular(evidence)
    if found is None and not any(edit.after for edit in evidence.perturbation.edits):
        found = _end(evidence) or _step(evidence) or _introduction(evidence)
    return found or "Every result that is used is still derived."


def _removed(evidence: Evidence) -> list[Claim]:
    """Claims of the reference that an origin edit deleted completely."""
    gone = [e for e in evidence.perturbation.edits if e.role == "origin" and not e.after.strip()]
    return [c for c in evidence.reference.claims if any(e.start <= c.start and c.end <= e.end for e in gone)]


def _step(evidence: Evidence) -> Certificate | None:
    values = {claim.result_value: claim for claim in _removed(evidence)}
    for use in evidence.flaw.occurrences:
        claim = values.get(use.value)
        if claim and use.is_used and not use.sources and not evidence.flaw.givens.explains(use.value):
            return _certificate(evidence, use.step, claim, f"used in step {use.step + 1}", "step")
    return None


def _introduction(evidence: Evidence) -> Certificate | None:
    """The certificate for a number that only the removed step introduces and a later step uses; None without one."""
    gone = {edit.step for edit in evidence.perturbation.edits}
    first = {value: step for value, step in evidence.reference.introduced.items() if step in gone}
    use = next(
        (o for o in evidence.flaw.occurrences if o.value in first and not o.sources and o.role != "result"), None
    )
    if use is None:
        return None
    shown = evidence.reference.steps[first[use.value]].strip()
    found, values = f"used in step {use.step + 1}", {"difference": "step"}
    return Certificate("missing_support", use.step, shown, number(use.value), found, evidence.answer_changes, values)


def _end(evidence: Evidence) -> Certificate | None:
    place, answer = evidence.case.conclusion, evidence.case.answer
    last = max((e.end for e in evidence.perturbation.edits if e.role == "origin" and not e.after.strip()), default=0)
    if last < len(evidence.case.text):
        return None
    if answer is None:
        return _end_of_text_answer(evidence)
    if place is None:
        return None
    stated = conclusion(evidence.flaw, answer)
    if any(claim.result_value == answer for claim in evidence.flaw.claims):
        return None
    if stated is not None and stated.step == len(evidence.flaw.steps) - 1:
        return None
    claims = [claim for claim in _removed(evidence) if claim.result_value == answer]
    if not claims:
        return None
    reached = [f"at {number(claim.result_value)}" for claim in evidence.flaw.claims[-1:]] or ["without a result"]
    return _certificate(evidence, len(evidence.flaw.steps) - 1, claims[0], f"the trace ends {reached[0]}", "end")


def _end_of_text_answer(evidence: Evidence) -> Certificate | None:
    """As `_end`, for an answer that is not a number."""
    answer = evidence.case.seed.answer
    if without_space(answer) in without_space(evidence.flaw.trace.text) or without_space(answer) not in without_space(
        evidence.case.text
    ):
        return None
    step, found = len(evidence.flaw.steps) - 1, "the trace ends without it"
    return Certificate("missing_support", step, answer, answer, found, False, {"difference": "end"})


def _circular(evidence: Evidence) -> Certificate | None:
    for i in evidence.origin_claims:
        claim = evidence.flaw.claims[i]
        if evidence.stray_edit(evidence.pairs[i]):
            continue
        for operand in evidence.flaw.operands_of(i):
            later = _derived_later(evidence, operand, i)
            known = operand.sources or evidence.flaw.givens.explains(operand.value)
            if not known and later is not None:
                return Certificate(
                    "missing_support",
                    claim.step,
                    evidence.shown(claim),
                    number(operand.value),
                    f"derived in step {later.step + 1}",
                    evidence.answer_changes,
                    {"difference": "circular"},
                )
    return None


def _derived_later(evidence: Evidence, operand: Occurrence, index: int) -> Claim | None:
    """A later claim that derives this operand from the result of claim `index`; None without one."""
    result = evidence.flaw.value_of(index)
    for j in range(index + 1, len(evidence.flaw.claims)):
        if evidence.flaw.value_of(j) == operand.value and any(o.value == result for o in evidence.flaw.operands_of(j)):
            return evidence.flaw.claims[j]
    return None


def _certificate(evidence: Evidence, step: int, gone: Claim, found: str, difference: str) -> Certificate:
    shown = evidence.case.text[gone.start : gone.end]
    values = {"difference": difference}
    expected = number(gone.result_value)
    return Certificate("missing_support", step, shown, expected, found, evidence.answer_changes, values)
