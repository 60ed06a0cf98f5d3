"""The three forms of a test: text in and out, a call with its result, and assertion code.

The library gives a program only what it needs to run: a test's input or arguments. What is expected stays outside.
"""

from dataclasses import dataclass
from typing import Any  # values of any program

from tracelift_groups.errors import SandboxError
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


SandboxTest = StdioTest | CallTest | AssertionTest
