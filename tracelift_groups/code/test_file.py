"""Reads tests of a program from a JSON Lines file."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tracelift_groups.errors import RecordError, SandboxError, shorten, suggestion
from tracelift_groups.files.jsonl import json_rows
from tracelift_groups.records.fields import FLAG, LIST, NUMBER, TEXT, require_fields
from tracelift_groups.records.stage import Drop
from tracelift_groups.sandbox.host.test_case import AssertionTest, CallTest, SandboxTest, StdioTest

_FIELDS = dict.fromkeys(("input", "output", "assertion", "entry_point", "setup", "tag"), TEXT)
_FIELDS |= {"args": LIST, "helpers": LIST, "tolerance": NUMBER} | dict.fromkeys(
    ("tokens", "keep_line_ends", "loose"), FLAG
)
_KNOWN = (*_FIELDS, "expected")


def test_of(row: Mapping[str, Any], entry_point: str | None) -> SandboxTest:
    """A test from one decoded row; `entry_point` is for rows without one. Raises SandboxError or RecordError.

    {"input": …, "output": …, "tokens": …, "tolerance": …, "keep_line_ends": …}
    | {"args": […], "expected": …, "tolerance": …, "loose": …} | {"assertion": …, "setup": …, "helpers": […]}.
    """
    require_fields(row, "a test", {}, _FIELDS)
    for field in row:
        if field not in _KNOWN:
            raise SandboxError(f'A test has no field "{shorten(field)}".', suggestion(field, _KNOWN))
    row = {field: value for field, value in row.items() if value is not None or field == "expected"}
    name = row.get("entry_point") or entry_point
    if "input" in row and "output" in row:
        options = {field: row.get(field) or False for field in ("tokens", "keep_line_ends")}
        return StdioTest(row["input"], row["output"], tolerance=row.get("tolerance"), **options)
    if "assertion" not in row and not ("args" in row and "expected" in row):
        raise SandboxError(
            "A test has neither input and output, nor args and expected, nor an assertion.",
            'Write {"input": "1 2\\n", "output": "3\\n"} or {"args": [1, 2], "expected": 3}.',
        )
    if not name:
        raise SandboxError("A test of a function names no entry point.", "Pass --entry-point NAME.")
    if "assertion" in row:
        return AssertionTest(row["assertion"], name, row.get("setup") or "", tuple(row.get("helpers") or ()))
    return CallTest(name, tuple(row["args"]), row["expected"], row.get("tolerance"), row.get("loose") or False)


def read_tests(path: Path, entry_point: str | None = None) -> dict[str, SandboxTest]:
    """The tests of a JSON Lines file by place, file:line.

    Raises SandboxError, with the place, for a row that is no test, and SourceError for a file that can't be read or has
    no rows.
    """
    found = {}
    for row in json_rows(path):
        if isinstance(row, Drop):
            raise SandboxError(f"{row.place}: {row.reason}")
        try:
            found[row.place] = test_of(row.values, entry_point)
        except (SandboxError, RecordError) as error:
            raise SandboxError(f"{row.place}: {error.what}", error.todo) from error
    return found
