"""The three forms of a test: stdin and stdout, a call and its result, and assertion code.

A program gets only what it needs to run: a test's input or arguments. Expected results stay outside the sandbox.
"""

from dataclasses import dataclass
from typing import Any  # values of any program

from tracelift_groups.errors import SandboxError
from tracelift_groups.sandbox.protocol.values import ValueRefusedError, encode


@dataclass(frozen=True)
class StdioTest:
    """The program reads `input` and must print `output`.

    Compared line by line; spaces at the end of a line and empty lines at the end of the output are ignored. `tokens`:
    only words are compared, line breaks are ignored. `tolerance`: numbers may differ by it, absolutely or relative to
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
    of a subclass counts as its base. Raises SandboxError for any other expected value or argument.
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

    It runs in a separate process. Arguments and results cross as plain values (those of CallTest; other objects can
    only be passed back or iterated). Lists, sets and dicts that the function changes are changed for the assertion too.
    `setup` runs first and may redefine names, except the entry point. `helpers` are other names of the program that
    setup and code use: the program decides what they do, so prefer to define them in `setup`.
    """

    code: str
    entry_point: str
    setup: str = ""
    helpers: tuple[str, ...] = ()

    def job(self) -> dict[str, Any]:
        return {"kind": "assert", "code": self.code, "setup": self.setup, "names": [self.entry_point, *self.helpers]}


SandboxTest = StdioTest | CallTest | AssertionTest
