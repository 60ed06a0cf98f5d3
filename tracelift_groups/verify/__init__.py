"""Checkers of certificates, one file each, and `recheck`, which believes nothing that is stored."""

from collections.abc import Mapping
from typing import Any  # JSON

from tracelift_groups.certificate import Certificate
from tracelift_groups.checker import CHECKERS, Evidence
from tracelift_groups.errors import RecordError, UnknownNameError
from tracelift_groups.kind import Case
from tracelift_groups.perturbation import Perturbation
from tracelift_groups.reading import read
from tracelift_groups.seed import Seed
from tracelift_groups.trace import Trace


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
    from tracelift_groups.reference import case_of

    try:
        edits, stored = Perturbation.from_json(perturbation), Certificate.from_json(certificate)
        if edits.apply(reference) != flaw:
            return "The recorded edits do not lead from the reference to the flaw."
        found = certify(case or case_of(seed, reference), flaw, edits, stored.checker)
    except (RecordError, UnknownNameError) as cause:
        return str(cause)
    if isinstance(found, str):
        return found
    wrong = [name for name, value in found.to_json().items() if value != stored.to_json()[name]]
    if wrong:
        return f"Recomputing gives another {', '.join(wrong)} than the stored certificate."
    return None
