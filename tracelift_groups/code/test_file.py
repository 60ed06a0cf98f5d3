"""Reads tests of a program from a JSON Lines file."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tracelift_groups.errors import RecordError, SandboxError
from tracelift_groups.files.jsonl import json_rows
from tracelift_groups.records.fields import FLAG, LIST, NUMBER, TEXT, require_fields
from tracelift_groups.records.stage import Drop
from tracelift_groups.sandbox.host.test_case import AssertionTest, CallTest, SandboxTest, StdioTest


def test_of(row: Mapping[str, Any], entry_point: str | None) -> SandboxTest:
    """A test from one decoded row; `entry_point` is for rows without one. Raises SandboxError or RecordError.

    {"input": …, "output": …} | {"args": […], "expected": …} | {"assertion": …, "setup": …, "helpers": […]}.
    """
    texts = dict.fromkeys(("input", "output", "assertion", "entry_point", "setup", "tag"), TEXT)
    require_fields(row, "a test", {}, texts | {"args": LIST, "helpers": LIST, "tolerance": NUMBER, "tokens": FLAG})
    name = row.get("entry_point") or entry_point
    if "input" in row and "output" in row:
        return StdioTest(row["input"], row["output"], row.get("tokens") or False, row.get("tolerance"))
    if "assertion" not in row and not ("args" in row and "expected" in row):
        raise SandboxError(
            "A test has neither input and output, nor args and expected, nor an assertion.",
            'Write {"input": "1 2\\n", "output": "3\\n"} or {"args": [1, 2], "expected": 3}.',
        )
    if not name:
        raise SandboxError("A test of a function names no entry point.", "Pass --entry-point NAME.")
    if "assertion" in row:
        return AssertionTest(row["assertion"], name, row.get("setup") or "", tuple(row.get("helpers") or ()))
    return CallTest(name, tuple(row["args"]), row["expected"], row.get("tolerance"))


def read_tests(path: Path, entry_point: str | None = None) -> list[SandboxTest]:
    """The tests of a JSON Lines file, one per line. Raises SandboxError, with file:line, for a row that is not a test.

    Raises SourceError for a file that can't be read or has no rows.
    """
    found = []
    for row in json_rows(path):
        if isinstance(row, Drop):
            raise SandboxError(f"{row.place}: {row.reason}")
        try:
            found.append(test_of(row.values, entry_point))
        except (SandboxError, RecordError) as error:
            raise SandboxError(f"{row.place}: {error.what}", error.todo) from error
    return found
