"""The trace concludes with a quantity that is right by itself and not the one asked for."""

import re

from tracelift_groups.certificate import Certificate
from tracelift_groups.checker import CHECKERS, Evidence, number

CONCLUDING = ("Therefore,", "Thus,", "Hence,")
_CONCLUDES = re.compile(r"\s*(?:therefore|thus|hence|altogether|in total|in all|overall|finally)\b", re.IGNORECASE)


def concludes(step: str) -> bool:
    """Whether a step opens the way a conclusion does."""
    return _CONCLUDES.match(step) is not None


@CHECKERS.register("wrong_target")
def wrong_target(evidence: Evidence) -> Certificate | str:
    """Expected is the answer, found the quantity with which the last step concludes."""
    if evidence.false_claims:
        return f"Step {evidence.flaw.claims[evidence.false_claims[0]].step + 1} has false arithmetic."
    answer, flaw = evidence.case.answer, evidence.flaw
    last = len(flaw.steps) - 1
    ending = [claim for claim in flaw.claims if claim.step == last]
    if answer is None or not ending or not concludes(flaw.steps[last]):
        return "The last step does not conclude with a claim."
    if any(answer in (o.value, o.numeral.value) and o.role != "operand" for o in flaw.occurrences):
        return "The trace states the answer."
    if len(evidence.pairs) != len(flaw.claims):
        return "A claim of the flaw is not in the reference."
    claim = ending[-1]
    shown = flaw.trace.text[claim.start : claim.end]
    return Certificate("wrong_target", last, shown, number(answer), number(claim.result_value), True)
