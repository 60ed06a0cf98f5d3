"""The three forms of a test: stdin and stdout, a call and its result, and assertion code.

A program gets only what it needs to run: a test's input or arguments. Expected results stay outside the sandbox. An
argument of the wrong type, or a tolerance that is not a finite number of 0 or more, raises SandboxError.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any  # values of any program

from tracelift_groups.errors import SandboxError
from tracelift_groups.sandbox.host.argument import (
    require_dotted_name,
    require_flag,
    require_items,
    require_text,
    require_tolerance,
)
from tracelift_groups.sandbox.host.output import plain_line_ends
from tracelift_groups.sandbox.protocol.values import ValueRefusedError, dumps, encode


@dataclass(frozen=True)
class StdioTest:
    r"""The program reads `input` and must print `output`.

    Compared line by line; spaces at the end of a line and empty lines at the end of the output are ignored. `tokens`:
    only words are compared, line breaks are ignored. `tolerance`: numbers may differ by it, absolutely or relative to
    the expected one, but two integers may not; None: every character counts. Line ends, \r\n or \r, become \n in the
    input as in the output, unless `keep_line_ends`.
    """

    input: str
    output: str
    tokens: bool = False
    tolerance: float | None = None
    keep_line_ends: bool = False

    def __post_init__(self) -> None:
        require_text("input of a StdioTest", self.input)
        require_text("output of a StdioTest", self.output)
        require_flag("argument tokens of a StdioTest", self.tokens)
        require_tolerance("tolerance of a StdioTest", self.tolerance)
        require_flag("argument keep_line_ends of a StdioTest", self.keep_line_ends)
        if not self.keep_line_ends:
            object.__setattr__(self, "input", plain_line_ends(self.input))

    def job(self) -> dict[str, Any]:
        return {"kind": "stdio"}


@dataclass(frozen=True)
class CallTest:
    """`entry_point(*args)` must return `expected`, a value of the same type at every depth.

    Values are None, bool, int, float, complex, str, bytes, list, tuple, set, frozenset and dict of those; an instance
    of a subclass counts as its base. Raises SandboxError for any other expected value or argument.

    `entry_point` can be a method: `Solution.add`. `tolerance`: floats may differ by it, absolutely or relative to the
    expected one. `loose`, for tests made from JSON: a list equals a tuple, an int equals a float of its value, and keys
    of dicts are compared as JSON writes them, so that 1 equals "1"; True and False are no numbers.
    """

    entry_point: str
    args: tuple[Any, ...]
    expected: Any
    tolerance: float | None = None
    loose: bool = False

    def __post_init__(self) -> None:
        require_dotted_name("entry_point of a CallTest", self.entry_point)
        object.__setattr__(self, "args", require_items("args of a CallTest", self.args))
        require_tolerance("tolerance of a CallTest", self.tolerance)
        require_flag("argument loose of a CallTest", self.loose)
        try:
            self.job()
            self.expected_text  # noqa: B018  # computed here, so that a value that can't be expected is refused
        except ValueRefusedError as cause:
            raise SandboxError(f"A test of {self.entry_point} can't be used: {cause}") from cause

    @cached_property
    def expected_text(self) -> bytes:
        """The expected value in the encoding in which a result comes back."""
        return dumps(encode(self.expected))

    def job(self) -> dict[str, Any]:
        return {"kind": "call", "entry_point": self.entry_point, "args": encode(self.args)}


@dataclass(frozen=True)
class AssertionTest:
    """`code` must run without an exception; `entry_point` in it calls the program's function.

    It runs in a separate process. Values with exact semantics cross as themselves, and arguments that the function
    changes are changed for the assertion too; functions and objects of either side have stand-ins on the other. What
    needs more is untestable (docs/sandbox.md). A method is named with its class, "Solution.add": then `code` can use
    both names, `Solution` and `add`.

    `setup` runs first and may redefine names, except the entry point. `helpers` are other names of the program that
    setup and code use: the program decides what they do, so prefer to define them in `setup`.
    """

    code: str
    entry_point: str
    setup: str = ""
    helpers: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        require_text("code of an AssertionTest", self.code)
        require_dotted_name("entry_point of an AssertionTest", self.entry_point)
        require_text("setup of an AssertionTest", self.setup)
        helpers = require_items("helpers of an AssertionTest", self.helpers)
        for name in helpers:
            require_dotted_name("names in helpers of an AssertionTest", name)
        object.__setattr__(self, "helpers", helpers)

    def job(self) -> dict[str, Any]:
        return {"kind": "assert", "code": self.code, "setup": self.setup, "names": [self.entry_point, *self.helpers]}


SandboxTest = StdioTest | CallTest | AssertionTest
