"""Arguments of a sandbox and of its runs, and runs that end at the first failure."""

from collections.abc import Iterator
from typing import Any  # arguments of wrong types

import pytest

from tracelift_groups.errors import SandboxError
from tracelift_groups.sandbox.host import sandbox as module
from tracelift_groups.sandbox.host.sandbox import Sandbox
from tracelift_groups.sandbox.host.test_case import AssertionTest, CallTest, StdioTest

ADD = "def add(a, b):\n    print('x')\n    return a + b\n"
TEST = CallTest("add", (1, 2), 3)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    try:
        made = Sandbox(workers=1)
    except SandboxError as error:
        pytest.skip(str(error))
    with made:
        yield made


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("workers", -1),
        ("workers", 0),
        ("workers", "2"),
        ("workers", True),
        ("workers", 10**9),
        ("consent", "Z"),
        ("consent", None),
        ("only", "Z"),
        ("only", "AB"),
        ("limits", 5),
        ("limits", {"cpu_seconds": 5}),
        ("key", "secret"),
        ("key", b"x" * 65),
    ],
)
def test_a_wrong_argument_of_a_sandbox_is_named_before_anything_starts(
    name: str, value: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "Worker", None)
    with pytest.raises(SandboxError) as caught:
        Sandbox(**{name: value})
    assert name in caught.value.what


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({"program": b"print(1)"}, "program"),
        ({"program": None}, "program"),
        ({"tests": None}, "tests"),
        ({"tests": TEST}, "tests"),
        ({"tests": iter([TEST])}, "tests"),
        ({"tests": "abc"}, "tests"),
        ({"tests": [(1, 2)]}, "tests"),
        ({"tests": [TEST, {"input": "", "output": ""}]}, "tests"),
        ({"limits": 5}, "limits"),
    ],
)
def test_a_wrong_argument_of_a_run_is_named_before_anything_starts(
    sandbox: Sandbox, changed: Any, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox, "_take", None)
    with pytest.raises(SandboxError) as caught:
        sandbox.run(**{"program": ADD, "tests": [TEST]} | changed)
    assert name in caught.value.what


def test_tests_can_be_a_tuple(sandbox: Sandbox) -> None:
    assert [verdict.status for verdict in sandbox.run(ADD, (TEST, TEST))] == ["pass", "pass"]


def test_a_run_can_end_at_the_first_failure(sandbox: Sandbox) -> None:
    wrong, asserted = CallTest("add", (1, 2), 4), AssertionTest("assert add(1, 2) == 3", "add")
    tests = [TEST, asserted, wrong, TEST, asserted]
    for _ in range(3):
        found = sandbox.run(ADD, tests, stop_at_first_failure=True)
        assert [verdict.status for verdict in found] == ["pass", "pass", "wrong_answer"]
    assert len(sandbox.run(ADD, tests)) == 5
    assert len(sandbox.run(ADD, [TEST] * 3, stop_at_first_failure=True)) == 3
    assert sandbox.run(ADD, [], stop_at_first_failure=True) == []


def test_a_run_that_ends_at_the_first_failure_keeps_its_worker(sandbox: Sandbox) -> None:
    before = sandbox.worker_pids()
    sandbox.run(
        "while True: pass", [StdioTest("", "x")] * 2, module.Limits(cpu_seconds=0.2), stop_at_first_failure=True
    )
    assert sandbox.worker_pids() == before
    assert sandbox.run(ADD, [TEST])[0].passed


def test_a_loose_call_compares_as_json_does(sandbox: Sandbox) -> None:
    program = "def pairs(n):\n    return {k: (k, float(k)) for k in range(n)}\n"
    expected = {"0": [0, 0], "1": [1, 1]}
    tests = [CallTest("pairs", (2,), expected, loose=True), CallTest("pairs", (2,), expected)]
    assert [verdict.status for verdict in sandbox.run(program, tests)] == ["pass", "wrong_answer"]


def test_line_ends_of_the_input_are_those_of_the_output(sandbox: Sandbox) -> None:
    program = "import sys\nprint(sys.stdin.buffer.read())"
    tests = [StdioTest("a\r\nb\r", "b'a\\nb\\n'"), StdioTest("a\r\nb\r", "b'a\\r\\nb\\r'", keep_line_ends=True)]
    assert [verdict.status for verdict in sandbox.run(program, tests)] == ["pass", "pass"]
