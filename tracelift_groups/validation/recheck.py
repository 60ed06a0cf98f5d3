"""Recomputes the certificates of a group from its texts alone."""

from collections.abc import Callable, Mapping
from typing import Any

from tracelift_groups.domain import domain_named
from tracelift_groups.errors import RecordError
from tracelift_groups.flaws.certify import recheck
from tracelift_groups.records.group import Candidate, Group
from tracelift_groups.records.group_seed import seed_of


def disprover(group: Group) -> Callable[[Candidate, Mapping[str, Any]], str | None]:
    """A function that recomputes a certificate from the texts: None if it holds for some positive, else the reason."""
    try:
        seed = seed_of(group)
        parse = domain_named(group.domain).parse_reference
        read = [(positive.reasoning, parse(seed, positive.reasoning)) for positive in group.positive_pool]
    except RecordError as cause:
        unusable = str(cause)
        return lambda *_: unusable

    def disproved(flaw: Candidate, certificate: Mapping[str, Any]) -> str | None:
        edits = metadata_part(flaw, "perturbation")
        if edits is None:
            return "the certificate has no perturbation"
        why: str | None = "there is no positive"
        for reference, parsed in read:
            why = recheck(seed, reference, flaw.reasoning, edits, certificate, parsed)
            if why is None:
                return None
        return why

    return disproved


def metadata_part(candidate: Candidate, name: str) -> Mapping[str, Any] | None:
    """An object in the candidate's metadata; None if it is missing or not an object (TG002 reports that)."""
    part = candidate.metadata.get(name)
    return part if isinstance(part, Mapping) else None
