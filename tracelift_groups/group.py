"""A group: one problem, its positive pool and its negative bank, in the released TraceLift-Groups layout.

Files written here load in the authors' trainer unchanged, and theirs load here. Fields that this record does not know
are kept and written back. A row's candidate looks like {"reasoning": "…", "label": "negative", "rubric":
{"problem_understanding": 2, …, "total": 0.41}, "rubric_label": "weak", "rubric_score_raw": 4.1, "rubric_reason": "…"}.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any  # JSON

import orjson

from tracelift_groups.errors import RecordError

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
        return row | dict(self.extra)

    @staticmethod
    def from_json(row: Mapping[str, Any], label: str) -> "Candidate":
        """A candidate from a decoded row; `label` is what the row's pool implies. RecordError for a wrong type."""
        types: dict[str, tuple[type, ...]] = {
            "reasoning": (str,),
            "label": (str,),
            "rubric": (dict,),
            "rubric_label": (str,),
            "rubric_score_raw": (int, float),
            "rubric_reason": (str,),
            "negative_kind": (str,),
            "negative_index": (int,),
            "metadata": (dict,),
        }
        known, extra = {"label": label}, {}
        for name, value in row.items():
            if name not in types or value is None or value == "" or value == {}:
                extra[name] = value
            elif not isinstance(value, types[name]) or isinstance(value, bool):
                raise RecordError(f'Field "{name}" of a {label} has the wrong type: {type(value).__name__}.')
            else:
                known[name] = value
        if "reasoning" not in known:
            raise RecordError(f"A {label} has no reasoning.")
        return Candidate(**known, extra=extra)


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

    def to_json(self) -> dict[str, Any]:
        """The row, keys in the layout's order; ours end with `metadata`, then whatever else the file had."""
        return {
            "problem_id": self.problem_id,
            "source": self.source,
            "task_type": self.task_type,
            "problem": self.problem,
            "reference_solution": self.reference_solution,
            "tests_or_constraints": self.tests_or_constraints,
            "positive_pool": [candidate.to_json() for candidate in self.positive_pool],
            "negative_bank": [candidate.to_json() for candidate in self.negative_bank],
            "metadata": dict(self.metadata),
        } | dict(self.extra)

    @staticmethod
    def from_json(row: Mapping[str, Any]) -> "Group":
        """A group from a decoded row. RecordError names the field that is missing or of the wrong type."""
        texts = ("problem_id", "source", "task_type", "problem", "reference_solution", "tests_or_constraints")
        for name in ("problem_id", "problem", "positive_pool", "negative_bank"):
            if name not in row:
                raise RecordError(f'Field "{name}" is missing.')
        for name in texts:
            if not isinstance(row.get(name, ""), str):
                raise RecordError(f'Field "{name}" must be text, not {type(row[name]).__name__}.')
        for name in ("positive_pool", "negative_bank"):
            pool = row[name]
            if not isinstance(pool, list) or not all(isinstance(candidate, dict) for candidate in pool):
                raise RecordError(f'Field "{name}" must be a list of objects.')
        version = row.get("metadata", {}).get("format_version", GROUP_VERSION)
        if version != GROUP_VERSION:
            raise RecordError(f"Group format {version} is not known here.", "Install a newer tracelift-groups.")
        known = {*texts, "positive_pool", "negative_bank", "metadata"}
        return Group(
            **{name: row.get(name, "") for name in texts},
            positive_pool=tuple(Candidate.from_json(candidate, "positive") for candidate in row["positive_pool"]),
            negative_bank=tuple(Candidate.from_json(candidate, "negative") for candidate in row["negative_bank"]),
            metadata=row.get("metadata", {}),
            extra={name: value for name, value in row.items() if name not in known},
        )


def read_groups(path: Path) -> Iterator[Group]:
    """Groups of a JSONL file, in file order. RecordError gives file:line and what is wrong."""
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                yield _group_at(line, f"{path}:{number}")


def write_groups(groups: Iterable[Group], path: Path) -> int:
    """Write one group a line, UTF-8; returns how many."""
    count = 0
    with path.open("wb") as out:
        for group in groups:
            out.write(orjson.dumps(group.to_json()) + b"\n")
            count += 1
    return count


def _group_at(line: bytes, place: str) -> Group:
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError as cause:
        raise RecordError(f"{place}: not valid JSON ({cause}).") from cause
    if not isinstance(row, dict):
        raise RecordError(f"{place}: a group must be a JSON object.")
    try:
        return Group.from_json(row)
    except RecordError as cause:
        raise RecordError(f"{place}: {cause.what}", cause.todo) from cause
