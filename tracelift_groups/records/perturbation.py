"""What was done to a reference to make a flaw: exact edits, so that anyone can undo them or check that they are local.

As JSON: {"kind": "calculation_error", "step": 1, "changed_steps": [1, 2], "edits": [{"step": 1, "start": 40, "end": 42,
"before": "24", "after": "26", "role": "origin"}]}. Positions count characters of the reference text.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any  # JSON

from tracelift_groups.errors import RecordError
from tracelift_groups.records.fields import INTEGER, LIST, OBJECT, TEXT, require_fields

ROLES = ("origin", "propagated")


@dataclass(frozen=True)
class ProgramEdit:
    """`before`, at [start, end) of the reference program, becomes `after`."""

    start: int
    end: int
    before: str
    after: str

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end or self.end - self.start != len(self.before):
            raise RecordError(f"Program edit [{self.start}, {self.end}) does not span {self.before!r}.")

    def to_json(self) -> dict[str, Any]:
        return {"start": self.start, "end": self.end, "before": self.before, "after": self.after}


@dataclass(frozen=True)
class Edit:
    """`before`, at [start, end) of the reference text, becomes `after`. Equal start and end insert."""

    step: int
    start: int
    end: int
    before: str
    after: str
    role: str = "origin"

    def __post_init__(self) -> None:
        if self.role not in ROLES:
            raise RecordError(f'Edit role "{self.role}" is unknown.', f"Known: {', '.join(ROLES)}.")
        if not 0 <= self.start <= self.end or self.end - self.start != len(self.before):
            raise RecordError(f"Edit [{self.start}, {self.end}) does not span {self.before!r}.")

    def to_json(self) -> dict[str, Any]:
        return {
            "step": self.step,
            "start": self.start,
            "end": self.end,
            "before": self.before,
            "after": self.after,
            "role": self.role,
        }


@dataclass(frozen=True)
class Perturbation:
    """A kind and its edits in text order. `step` is the origin's; edits never overlap.

    `program_edit` is what a plan's edits amount to in the program that it tells of; None for math, where nothing else
    is edited, and for flaws that describe the right program badly.
    """

    kind: str
    step: int
    edits: tuple[Edit, ...]
    program_edit: ProgramEdit | None = None

    def __post_init__(self) -> None:
        if not any(edit.role == "origin" for edit in self.edits):
            raise RecordError(f"A perturbation of kind {self.kind} has no origin edit.")
        for left, right in zip(self.edits, self.edits[1:], strict=False):
            if left.end > right.start:
                raise RecordError(f"Edits at {left.start} and {right.start} overlap or are out of order.")

    def apply(self, text: str) -> str:
        """The flawed text, its end trimmed. RecordError when an edit's `before` is not what stands there."""
        parts, end = [], 0
        for edit in self.edits:
            if text[edit.start : edit.end] != edit.before:
                raise RecordError(f"The text at {edit.start} is {text[edit.start : edit.end]!r}, not {edit.before!r}.")
            parts += [text[end : edit.start], edit.after]
            end = edit.end
        return "".join([*parts, text[end:]]).rstrip()

    def apply_to_program(self, program: str) -> str:
        """The program that the flaw describes. RecordError when there is no edit of it, or it does not fit."""
        edit = self.program_edit
        if edit is None:
            raise RecordError("The perturbation does not say what it changes in the program.")
        if program[edit.start : edit.end] != edit.before:
            raise RecordError(f"The program at {edit.start} is not {edit.before!r}.")
        return program[: edit.start] + edit.after + program[edit.end :]

    @property
    def changed_steps(self) -> tuple[int, ...]:
        return tuple(sorted({edit.step for edit in self.edits}))

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "step": self.step,
            "changed_steps": list(self.changed_steps),
            "edits": [edit.to_json() for edit in self.edits],
        } | ({"program_edit": self.program_edit.to_json()} if self.program_edit else {})

    @staticmethod
    def from_json(row: Mapping[str, Any]) -> "Perturbation":
        """RecordError names what is missing or wrong."""
        require_fields(row, "a perturbation", {"kind": TEXT, "step": INTEGER, "edits": LIST}, {"program_edit": OBJECT})
        edits = [require_fields(edit, "an edit", _EDIT) for edit in row["edits"]]
        program = row.get("program_edit")
        return Perturbation(
            row["kind"],
            row["step"],
            tuple(Edit(**{n: edit[n] for n in _EDIT}) for edit in edits),
            program and ProgramEdit(**require_fields(program, "a program edit", _PROGRAM_EDIT)),
        )


_PROGRAM_EDIT = {"start": INTEGER, "end": INTEGER, "before": TEXT, "after": TEXT}
_EDIT = {"step": INTEGER, "start": INTEGER, "end": INTEGER, "before": TEXT, "after": TEXT, "role": TEXT}
