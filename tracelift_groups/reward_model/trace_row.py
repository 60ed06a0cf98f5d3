"""One row of a file of traces, as a reward model sees it: problem, trace, task type and tests; no answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any  # JSON

from tracelift_groups.annotators.trace_file import TRACE_COLUMNS, column_text
from tracelift_groups.errors import RecordError


@dataclass(frozen=True)
class TraceRow:
    """A trace and its problem; the other fields are empty where the row has none."""

    problem: str
    trace: str
    domain: str = ""
    task_type: str = ""
    tests: str = ""


def trace_row(values: Mapping[str, Any], columns: Mapping[str, str] = MappingProxyType({})) -> TraceRow:
    """The trace of a decoded row; `columns` names columns in place of the usual ones. A list of `steps` is one a line.

    RecordError when the row has no problem or no trace.
    """
    texts = {name: column_text(values, name, columns) for name in _NEEDED}
    steps = values.get("steps")
    if texts["trace"] is None and isinstance(steps, list) and all(isinstance(step, str) for step in steps):
        texts["trace"] = "\n".join(" ".join(step.split("\n")) for step in steps)
    for name in _NEEDED:
        if texts[name] is None:
            tried = columns.get(name) or ", ".join(TRACE_COLUMNS[name])
            raise RecordError(f'The row has no text for "{name}" ({tried}).', f"Name its column: …?{name}=COLUMN.")
    others = {name: str(values.get(column) or "") for name, column in _OPTIONAL.items()}
    return TraceRow(texts["problem"] or "", texts["trace"] or "", **others)


_NEEDED = ("problem", "trace")
_OPTIONAL = {"domain": "domain", "task_type": "task_type", "tests": "tests_or_constraints"}
