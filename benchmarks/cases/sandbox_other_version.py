"""The time of a program with one test and with eight in the sandbox, against another version installed beside this one.

Each version has a process with an open sandbox; they take turns, a few programs at a time, so that both meet the same
state of the machine.
"""

import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

from figure import Figure, MissingDataError, Result, Setup

_TURNS = 12  # of each version for one value
_TESTS_A_TURN = 24
_SERVER = """
import sys, time
from tracelift_groups.sandbox.host.sandbox import Sandbox
from tracelift_groups.sandbox.host.test_case import AssertionTest, CallTest, StdioTest
forms = {
    "stdin": ("print(int(input()) * 2)", StdioTest("4", "8")),
    "assertion": ("def f(x):\\n    return [x, x + 1]", AssertionTest("assert f(3) == [3, 4]", "f")),
    "call": ("def f(x):\\n    return 2 * x", CallTest("f", (4,), 8)),
}
with Sandbox(workers=1) as sandbox:
    for line in sys.stdin:
        form, tests, times = line.split()
        program, test = forms[form]
        start = time.perf_counter()
        for _ in range(int(times)):
            assert all(verdict.passed for verdict in sandbox.run(program, [test] * int(tests)))
        print(time.perf_counter() - start, flush=True)
"""


def measure(setup: Setup) -> Result:
    """Ratios of the sums of turns, for each form of test and number of tests."""
    if setup.other is None:
        raise MissingDataError("No other version is named. Name its environment: --other FOLDER")
    with ExitStack() as stack:
        both = [stack.enter_context(_server(place)) for place in (Path(sys.prefix), setup.other)]
        figures = []
        for form, what in (("stdin", "text"), ("call", "a call"), ("assertion", "an assertion")):
            for tests in (1, 8):
                ratios = tuple(_ratio(both, f"{form} {tests} {_TESTS_A_TURN // tests}\n") for _ in range(setup.runs))
                figures.append(Figure(f"{what}, {tests} a program: time / the other's", "", ratios, at_most=1.05))
    return Result("library: Sandbox.run, against --other FOLDER", tuple(figures))


def _server(place: Path) -> "subprocess.Popen[str]":
    command = [str(place / "bin" / "python"), "-c", _SERVER]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _ratio(both: "list[subprocess.Popen[str]]", line: str) -> float:
    seconds = [0.0, 0.0]
    for turn in range(1 + _TURNS):
        for side in (0, 1) if turn % 2 else (1, 0):
            took = _asked(both[side], line)
            seconds[side] += took if turn else 0.0  # the first turn fills caches
    return seconds[0] / seconds[1]


def _asked(server: "subprocess.Popen[str]", line: str) -> float:
    if server.stdin is None or server.stdout is None:
        raise RuntimeError("a version has no pipes")
    server.stdin.write(line)
    server.stdin.flush()
    return float(server.stdout.readline())
