"""Checkers of certificates, one file each, and `recheck`, which believes nothing that is stored."""

from collections.abc import Mapping
from typing import Any  # JSON

from tracelift_groups.errors import RecordError, UnknownNameError
from tracelift_groups.flaws.kind import KINDS, Case
from tracelift_groups.math.evidence import CHECKERS, Evidence
from tracelift_groups.math.text.parsed_trace import read
from tracelift_groups.records.certificate import Certificate
from tracelift_groups.records.perturbation import Perturbation
from tracelift_groups.records.seed import Seed
from tracelift_groups.records.trace import Trace


def certify(case: Case, flaw: str, perturbation: Perturbation, checker: str) -> Certificate | str:
    """The certificate that `checker` issues for a flaw, or one sentence on why it issues none."""
    if flaw.strip() == case.text:
        return "The flaw is the reference."
    reading = read(case.seed.problem, Trace.read(flaw))
    return CHECKERS.get(checker)(Evidence(case, reading, perturbation))


def recheck(
    seed: Seed,
    reference: str,
    flaw: str,
    perturbation: Mapping[str, Any],
    certificate: Mapping[str, Any],
    case: Case | None = None,
) -> str | None:
    """None when the certificate, computed anew from problem, reference and flaw, is the stored one; else why not.

    `perturbation` and `certificate` are the stored JSON objects. Never raises on a malformed record. `case` is the
    reference as `case_of` reads it, for a caller with several flaws of one reference.
    """
    from tracelift_groups.math.reference import case_of

    try:
        edits, stored = Perturbation.from_json(perturbation), Certificate.from_json(certificate)
        if edits.apply(reference) != flaw:
            return "The recorded edits do not lead from the reference to the flaw."
        case = case or case_of(seed, reference)
        if reason := _mislabelled(case, edits, perturbation, stored):
            return reason
        found = certify(case, flaw, edits, stored.checker)
    except (RecordError, UnknownNameError) as cause:
        return str(cause)
    if isinstance(found, str):
        return found
    wrong = [name for name, value in found.to_json().items() if value != stored.to_json()[name]]
    if wrong:
        return f"Recomputing gives another {', '.join(wrong)} than the stored certificate."
    return None


def _mislabelled(case: Case, edits: Perturbation, row: Mapping[str, Any], stored: Certificate) -> str:
    """Why the steps or the kind of a perturbation are not those of its edits and certificate; empty when they are."""
    origins = {edit.step for edit in edits.edits if edit.role == "origin"}
    misplaced = any(edit.step != case.reading.trace.step_at(edit.start) for edit in edits.edits)
    changed = row.get("changed_steps", list(edits.changed_steps))
    if misplaced or edits.step not in origins or changed != list(edits.changed_steps):
        return "The perturbation names other steps than its edits stand in."
    kind = KINDS.get(edits.kind)
    if kind.checker != stored.checker or (kind.difference and kind.difference != stored.values.get("difference")):
        return f"This is no certificate of a {kind.name}."
    if kind.answer != "either" and stored.answer_changes != (kind.answer == "changes"):
        return f"The answer {'changes' if stored.answer_changes else 'stays'}, which a {kind.name} does not do."
    return ""
