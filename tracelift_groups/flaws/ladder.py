"""The verification ladder, rungs 1 to 5: is a flaw different, local, real, of its kind, and plausible?

Rung 6, whether the rubric scores agree, needs an annotator and is in pipeline/annotate.py.
"""

from dataclasses import dataclass

from tracelift_groups.domain import Reference
from tracelift_groups.errors import shorten
from tracelift_groups.flaws import giveaways as giveaway
from tracelift_groups.flaws.certify import certify
from tracelift_groups.flaws.kind import Kind
from tracelift_groups.records.certificate import Certificate
from tracelift_groups.records.perturbation import Perturbation

# Length of a flaw relative to its reference: bounds against absurd flaws only. On 300 GSM8K problems dropping either
# changes no count of groups or negatives (benchmark `selection`).
SHORTEST, LONGEST = 0.12, 2.0


@dataclass(frozen=True)
class RungFailure:
    """The rung that a flaw fails, and the reason in one sentence."""

    rung: int
    reason: str


def verify_flaw(kind: Kind, reference: Reference, perturbation: Perturbation) -> Certificate | RungFailure:
    """The certificate of a flaw that passes rungs 1 to 5, or the first rung that it fails."""
    flaw = perturbation.apply(reference.text)
    if _plain(flaw) == _plain(reference.text) or not flaw.strip():
        return RungFailure(1, "The flawed text is empty or does not differ from the reference.")
    if reason := _not_local(reference, flaw, perturbation):
        return RungFailure(2, reason)
    certificate = certify(reference, flaw, perturbation, kind.checker)
    if isinstance(certificate, str):
        return RungFailure(3, certificate)
    if kind.answer != "either" and certificate.answer_changes != (kind.answer == "changes"):
        return RungFailure(
            3, f"The answer {'changes' if certificate.answer_changes else 'stays'}, which this kind does not do."
        )
    if kind.difference and certificate.values.get("difference") != kind.difference:
        return RungFailure(4, f"The difference is {certificate.values.get('difference')}, not {kind.difference}.")
    if reason := _implausible(reference, flaw):
        return RungFailure(5, reason)
    return certificate


def _not_local(reference: Reference, flaw: str, perturbation: Perturbation) -> str:
    """Why a step that no edit touches is not in the flaw verbatim and in order; empty when all are."""
    changed = set(perturbation.changed_steps)
    at = 0
    for step in (step.strip() for i, step in enumerate(reference.trace.steps) if i not in changed):
        at = flaw.find(step, at)
        if at < 0:
            return f"A step that no edit touches is not in the flaw: {shorten(step, 60)!r}."
        at += len(step)
    return ""


def _implausible(reference: Reference, flaw: str) -> str:
    if found := giveaway.find(flaw, reference.text):
        return f'The flaw holds the give-away "{found}".'
    share = len(flaw) / len(reference.text)
    if not SHORTEST <= share <= LONGEST:
        return f"The flaw is {share:.2f} times as long as its reference."
    return ""


def _plain(text: str) -> str:
    return " ".join(text.split()).lower()
