"""Evidence that a flaw is real, and where. A stored certificate proves nothing: `recheck` recomputes it from texts.

As JSON: {"format_version": 1, "checker": "false_claim", "step": 1, "claim": "48 / 2 = 26", "expected": "24",
"found": "26", "answer_changes": true, "values": {}}.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any  # JSON

from tracelift_groups.errors import RecordError
from tracelift_groups.records.fields import FLAG, INTEGER, OBJECT, TEXT, require_fields

CERTIFICATE_VERSION = 1


@dataclass(frozen=True)
class Certificate:
    """`checker` found at `step` of the flaw the `claim`; `expected` and `found` are exact numbers or quoted words.

    `answer_changes` says whether the trace now leads to another answer. `values` holds what else the check rests on.
    """

    checker: str
    step: int
    claim: str
    expected: str
    found: str
    answer_changes: bool
    values: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return {
            "format_version": CERTIFICATE_VERSION,
            "checker": self.checker,
            "step": self.step,
            "claim": self.claim,
            "expected": self.expected,
            "found": self.found,
            "answer_changes": self.answer_changes,
            "values": dict(self.values),
        }

    @staticmethod
    def from_json(row: Mapping[str, Any]) -> "Certificate":
        """RecordError for a missing or wrong-typed field or a format_version that this release does not know."""
        require_fields(row, "a certificate", _REQUIRED, {"values": OBJECT, "format_version": INTEGER})
        version = row.get("format_version", CERTIFICATE_VERSION)
        if version != CERTIFICATE_VERSION:
            raise RecordError(f"Certificate format {version} is not known here.", "Install a newer tracelift-groups.")
        return Certificate(**{name: row[name] for name in _REQUIRED}, values=row.get("values") or {})


_REQUIRED = {"checker": TEXT, "step": INTEGER, "claim": TEXT, "expected": TEXT, "found": TEXT, "answer_changes": FLAG}
