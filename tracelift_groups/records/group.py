"""A group: one problem, its positive pool and its negative bank, in the released TraceLift-Groups layout.

Files written here load in the authors' trainer unchanged, and theirs load here. Fields that this record does not know
are kept and written back. A row's candidate looks like {"reasoning": "…", "label": "negative", "rubric":
{"problem_understanding": 2, …, "total": 0.41}, "rubric_label": "weak", "rubric_score_raw": 4.1, "rubric_reason": "…"}.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any  # JSON

from tracelift_groups.errors import RecordError
from tracelift_groups.records.fields import INTEGER, LIST, NUMBER, OBJECT, TEXT, require_fields
from tracelift_groups.records.seed import DOMAINS

GROUP_VERSION = 1


@dataclass(frozen=True)
class Candidate:
    """One trace with its label and rubric scores (labels 0–4, `total` in [0, 1]; empty: not annotated).

    Negatives have `negative_kind` and `negative_index`. `metadata` holds perturbation, certificate, provenance and
    annotations.
    """

    reasoning: str
    label: str
    rubric: Mapping[str, float] = field(default_factory=dict)
    rubric_label: str = ""
    rubric_score_raw: float | None = None
    rubric_reason: str = ""
    negative_kind: str | None = None
    negative_index: int | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.reasoning.strip():
            raise RecordError("A candidate has no reasoning.")

    @property
    def total(self) -> float | None:
        """The rubric's total in [0, 1]; None when the candidate is not annotated."""
        return self.rubric.get("total")

    def to_json(self) -> dict[str, Any]:
        row: dict[str, Any] = {"reasoning": self.reasoning}
        if self.negative_kind is not None:
            row["negative_kind"] = self.negative_kind
        if self.negative_index is not None:
            row["negative_index"] = self.negative_index
        row["label"] = self.label
        if self.rubric:
            row["rubric"] = dict(self.rubric)
        if self.rubric_label:
            row["rubric_label"] = self.rubric_label
        if self.rubric_score_raw is not None:
            row["rubric_score_raw"] = self.rubric_score_raw
        if self.rubric_reason:
            row["rubric_reason"] = self.rubric_reason
        if self.metadata:
            row["metadata"] = dict(self.metadata)
        return _filled(row, self.extra)

    @staticmethod
    def from_json(row: Mapping[str, Any], label: str) -> "Candidate":
        """A candidate from a decoded row; `label` is what the row's pool implies. RecordError for a wrong type."""
        require_fields(row, f"a {label}", {"reasoning": TEXT}, _CANDIDATE)
        if row.get("rubric"):
            require_fields(row["rubric"], f"the rubric of a {label}", {}, dict.fromkeys(row["rubric"], NUMBER))
        known = {name: row[name] for name in ("reasoning", *_CANDIDATE) if row.get(name) not in _EMPTY}
        extra = {name: value for name, value in row.items() if name not in known}
        return Candidate(**{"label": label, **known}, extra=extra)


@dataclass(frozen=True)
class Group:
    """One row of the released layout. `tests_or_constraints` is empty for math."""

    problem_id: str
    source: str
    task_type: str
    problem: str
    reference_solution: str
    positive_pool: tuple[Candidate, ...]
    negative_bank: tuple[Candidate, ...]
    tests_or_constraints: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        return self.positive_pool + self.negative_bank

    @property
    def domain(self) -> str:
        """math or code: what the metadata says, else the task type, else whether there are tests."""
        return domain_of((self.metadata.get("domain"), self.task_type), self.tests_or_constraints)

    def to_json(self) -> dict[str, Any]:
        """The row, keys in the layout's order; ours end with `metadata`, then the other fields of its file."""
        row: dict[str, Any] = {
            "problem_id": self.problem_id,
            "source": self.source,
            "task_type": self.task_type,
            "problem": self.problem,
            "reference_solution": self.reference_solution,
            "tests_or_constraints": self.tests_or_constraints,
            "positive_pool": [candidate.to_json() for candidate in self.positive_pool],
            "negative_bank": [candidate.to_json() for candidate in self.negative_bank],
            "metadata": dict(self.metadata),
        }
        return _filled(row, self.extra)

    @staticmethod
    def from_json(row: Mapping[str, Any]) -> "Group":
        """A group from a decoded row. RecordError names the field that is missing or of the wrong type."""
        require_fields(row, "a group", _REQUIRED, _OPTIONAL)
        version = (row.get("metadata") or {}).get("format_version", GROUP_VERSION)
        if version != GROUP_VERSION:
            raise RecordError(f"Group format {version} is not known here.", "Install a newer tracelift-groups.")
        known = {name: row[name] for name in (*_REQUIRED, *_OPTIONAL) if row.get(name) is not None}
        extra = {name: value for name, value in row.items() if name not in known}
        known["positive_pool"] = tuple(Candidate.from_json(candidate, "positive") for candidate in row["positive_pool"])
        known["negative_bank"] = tuple(Candidate.from_json(candidate, "negative") for candidate in row["negative_bank"])
        return Group(**{"source": "", "task_type": "", "reference_solution": "", **known}, extra=extra)


def domain_of(said: Iterable[object], tests: str) -> str:
    """math or code: the first of the words said that names a domain, else whether there are tests."""
    for word in said:
        if word in DOMAINS:
            return str(word)
    return "code" if tests else "math"


_EMPTY: tuple[object, ...] = (None, "", {})
_CANDIDATE = {
    "label": TEXT,
    "rubric": OBJECT,
    "rubric_label": TEXT,
    "rubric_score_raw": NUMBER,
    "rubric_reason": TEXT,
    "negative_kind": TEXT,
    "negative_index": INTEGER,
    "metadata": OBJECT,
}
_REQUIRED = {"problem_id": TEXT, "problem": TEXT, "positive_pool": LIST, "negative_bank": LIST}
_OPTIONAL = dict.fromkeys(("source", "task_type", "reference_solution", "tests_or_constraints"), TEXT)
_OPTIONAL |= {"metadata": OBJECT}


def _filled(row: dict[str, Any], extra: Mapping[str, Any]) -> dict[str, Any]:
    """The row with the other fields of its file; a null in the file never hides a value that was set since."""
    return row | {name: value for name, value in extra.items() if row.get(name) in _EMPTY}


def keeps_answer(flaw: Candidate) -> bool:
    """Whether the flawed trace still leads to the right answer, by its certificate."""
    certificate = flaw.metadata.get("certificate")
    return isinstance(certificate, Mapping) and certificate.get("answer_changes") is False
