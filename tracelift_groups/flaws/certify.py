"""Issues certificates and verifies stored ones: `recheck` recomputes every field and trusts no stored value."""

from collections.abc import Mapping
from typing import Any  # JSON

from tracelift_groups.domain import Reference, domain_named
from tracelift_groups.errors import RecordError, UnknownNameError
from tracelift_groups.records.certificate import Certificate
from tracelift_groups.records.perturbation import Perturbation
from tracelift_groups.records.seed import Seed
from tracelift_groups.registry import CHECKERS, KINDS


def certify(reference: Reference, flaw: str, perturbation: Perturbation, checker: str) -> Certificate | str:
    """The certificate that `checker` issues for a flaw, or one sentence that says why it issues none."""
    if flaw.strip() == reference.text:
        return "The flaw is the reference."
    return CHECKERS.get(checker, reference.seed.domain)(reference, flaw, perturbation)


def recheck(
    seed: Seed,
    reference: str,
    flaw: str,
    perturbation: Mapping[str, Any],
    certificate: Mapping[str, Any],
    parsed: Reference | None = None,
) -> str | None:
    """None when a certificate recomputed from problem, reference and flaw equals the stored one; else the reason.

    `perturbation` and `certificate` are the stored JSON objects. Never raises on a malformed record. `parsed` is the
    parsed reference, for a caller that checks several flaws of one reference.
    """
    try:
        edits, stored = Perturbation.from_json(perturbation), Certificate.from_json(certificate)
        if edits.apply(reference) != flaw:
            return "The recorded edits do not lead from the reference to the flaw."
        parsed = parsed or domain_named(seed.domain).parse_reference(seed, reference)
        if reason := _mislabelled(parsed, edits, perturbation, stored):
            return reason
        found = certify(parsed, flaw, edits, stored.checker)
    except (RecordError, UnknownNameError) as cause:
        return str(cause)
    if isinstance(found, str):
        return found
    wrong = [name for name, value in found.to_json().items() if value != stored.to_json()[name]]
    if wrong:
        return f"Recomputing gives another {', '.join(wrong)} than the stored certificate."
    return None


def _mislabelled(reference: Reference, edits: Perturbation, row: Mapping[str, Any], stored: Certificate) -> str:
    """Why the steps or kind of a perturbation disagree with its edits or certificate; empty when they agree."""
    origins = {edit.step for edit in edits.edits if edit.role == "origin"}
    misplaced = any(edit.step != reference.trace.step_at(edit.start) for edit in edits.edits)
    changed = row.get("changed_steps", list(edits.changed_steps))
    if misplaced or edits.step not in origins or changed != list(edits.changed_steps):
        return "The steps of the perturbation are not the steps of its edits."
    kind = KINDS.get(edits.kind, reference.seed.domain)
    if kind.checker != stored.checker or (kind.difference and kind.difference != stored.values.get("difference")):
        return f"The certificate does not belong to kind {kind.name}."
    if kind.answer != "either" and stored.answer_changes != (kind.answer == "changes"):
        return f"The answer {'changes' if stored.answer_changes else 'stays'}, which a {kind.name} does not do."
    return ""
