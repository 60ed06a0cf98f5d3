"""The three forms of a test: text in and out, a call with its result, and assertion code.

The library gives a program only what it needs to run: a test's input or arguments. What is expected stays outside.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any  # values of any program

from tracelift_groups.errors import RecordError, SandboxError
from tracelift_groups.files.jsonl import json_rows
from tracelift_groups.records.fields import FLAG, LIST, NUMBER, TEXT, check
from tracelift_groups.records.stage import Drop
from tracelift_groups.sandbox.protocol.values import ValueRefusedError, encode


@dataclass(frozen=True)
class StdioTest:
    """The program reads `input` and must print `output`.

    Compared line by line; spaces at the end of a line and empty lines at the end of the output don't count. `tokens`:
    only the words count, not the lines they are on. `tolerance`: numbers may differ by it, absolutely or relative to
    the expected one; None: every character counts.
    """

    input: str
    output: str
    tokens: bool = False
    tolerance: float | None = None

    def job(self) -> dict[str, Any]:
        return {"kind": "stdio"}


@dataclass(frozen=True)
class CallTest:
    """`entry_point(*args)` must return `expected`, a value of the same type at every depth.

    Values are None, bool, int, float, complex, str, bytes, list, tuple, set, frozenset and dict of those; an instance
    of a subclass counts as its base. SandboxError for any other expected value or argument.
    """

    entry_point: str
    args: tuple[Any, ...]
    expected: Any
    tolerance: float | None = None

    def __post_init__(self) -> None:
        try:
            encode((self.args, self.expected))
        except ValueRefusedError as cause:
            raise SandboxError(f"A test of {self.entry_point} can't be used: {cause}") from cause

    def job(self) -> dict[str, Any]:
        return {"kind": "call", "entry_point": self.entry_point, "args": encode(self.args)}


@dataclass(frozen=True)
class AssertionTest:
    """`code` must run without an exception; `entry_point` in it calls the program's function.

    It runs in another process than the program; arguments and results cross as plain values (those of CallTest; other
    objects can only be handed back or iterated), and lists, sets and dicts that the function changes are changed for
    the assertion too. `setup` runs before and may define names anew, but not the entry point. `helpers` are further
    names of the program that setup and code use: what they do is the program's say, so better define them in `setup`.
    """

    code: str
    entry_point: str
    setup: str = ""
    helpers: tuple[str, ...] = ()

    def job(self) -> dict[str, Any]:
        return {"kind": "assert", "code": self.code, "setup": self.setup, "names": [self.entry_point, *self.helpers]}


Test = StdioTest | CallTest | AssertionTest


def test_of(row: Mapping[str, Any], entry_point: str | None) -> Test:
    """A test from one decoded row, with the entry point for rows that name none. SandboxError or RecordError.

    {"input": …, "output": …} | {"args": […], "expected": …} | {"assertion": …, "setup": …, "helpers": […]}.
    """
    texts = dict.fromkeys(("input", "output", "assertion", "entry_point", "setup", "tag"), TEXT)
    check(row, "a test", {}, texts | {"args": LIST, "helpers": LIST, "tolerance": NUMBER, "tokens": FLAG})
    name = row.get("entry_point") or entry_point
    if "input" in row and "output" in row:
        return StdioTest(row["input"], row["output"], row.get("tokens") or False, row.get("tolerance"))
    if "assertion" not in row and not ("args" in row and "expected" in row):
        raise SandboxError(
            "A test has neither input and output, nor args and expected, nor an assertion.",
            'Write {"input": "1 2\\n", "output": "3\\n"} or {"args": [1, 2], "expected": 3}.',
        )
    if not name:
        raise SandboxError("A test of a function names no entry point.", "Name it: --entry-point NAME")
    if "assertion" in row:
        return AssertionTest(row["assertion"], name, row.get("setup") or "", tuple(row.get("helpers") or ()))
    return CallTest(name, tuple(row["args"]), row["expected"], row.get("tolerance"))


def read_tests(path: Path, entry_point: str | None = None) -> list[Test]:
    """The tests of a JSON Lines file, one a line. SandboxError, with the place, for a row that is no test.

    SourceError for a file that can't be read or holds no rows.
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
