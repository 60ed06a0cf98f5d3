"""Tests that are made wrong are refused when they are made, with one sentence that names the argument."""

from typing import Any  # arguments of wrong types

import pytest

from tracelift_groups.errors import SandboxError
from tracelift_groups.sandbox.host.test_case import AssertionTest, CallTest, StdioTest

_STDIO = {"input": "1", "output": "2"}
_CALL = {"entry_point": "f", "args": (1,), "expected": 2}
_ASSERTION = {"code": "assert f(1)", "entry_point": "f"}
_BAD_TOLERANCES = [-1, -1e-9, float("nan"), float("inf"), 10**400, "1e-6", True]


@pytest.mark.parametrize(
    ("kind", "good", "name", "value"),
    [
        (StdioTest, _STDIO, "input", b"1"),
        (StdioTest, _STDIO, "output", 2),
        (StdioTest, _STDIO, "output", 10**400),
        (StdioTest, _STDIO, "tokens", "yes"),
        (StdioTest, _STDIO, "keep_line_ends", 1),
        *((StdioTest, _STDIO, "tolerance", value) for value in _BAD_TOLERANCES),
        (CallTest, _CALL, "entry_point", "f g"),
        (CallTest, _CALL, "entry_point", "Solution()"),
        (CallTest, _CALL, "entry_point", "Solution."),
        (CallTest, _CALL, "entry_point", ""),
        (CallTest, _CALL, "entry_point", None),
        (CallTest, _CALL, "args", "abc"),
        (CallTest, _CALL, "args", {1: 2}),
        (CallTest, _CALL, "loose", None),
        *((CallTest, _CALL, "tolerance", value) for value in _BAD_TOLERANCES),
        (AssertionTest, _ASSERTION, "code", b"assert 1"),
        (AssertionTest, _ASSERTION, "entry_point", "1f"),
        (AssertionTest, _ASSERTION, "setup", None),
        (AssertionTest, _ASSERTION, "helpers", "read"),
        (AssertionTest, _ASSERTION, "helpers", ("read", 1)),
    ],
)
def test_a_wrong_argument_is_named(kind: Any, good: dict[str, Any], name: str, value: object) -> None:
    assert kind(**good)
    with pytest.raises(SandboxError) as caught:
        kind(**good | {name: value})
    assert name in caught.value.what
    assert caught.value.what.count(". ") == 0
    assert len(caught.value.what) < 200


def test_a_method_can_be_the_entry_point_and_a_list_the_arguments() -> None:
    test = CallTest("Solution.add", [1, 2], 3)  # type: ignore[arg-type]  # a list is taken as a tuple
    assert test.job()["entry_point"] == "Solution.add"
    assert test == CallTest("Solution.add", (1, 2), 3)
    assert AssertionTest("assert add(1, 2) == 3", "Solution.add", helpers=["Solution"]).helpers == ("Solution",)  # type: ignore[arg-type]  # the same


def test_values_that_can_not_cross_are_refused() -> None:
    with pytest.raises(SandboxError, match="A test of f can't be used: A value of type object"):
        CallTest("f", (), object())


def test_line_ends_of_the_input_become_newlines_unless_they_are_kept() -> None:
    assert StdioTest("a\r\nb\rc\n", "").input == "a\nb\nc\n"
    assert StdioTest("a\r\nb\rc\n", "", keep_line_ends=True).input == "a\r\nb\rc\n"
