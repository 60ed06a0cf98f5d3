"""Twenty thousand programs in a row: every verdict is right, and neither caller nor workers grow.

The programs are of every form of test, right and wrong, among them some that use up a limit, write files, start threads
or break the rules of the channel. Memory and descriptors are counted after a first round of all of them and at the end.
"""

import os
import time
from pathlib import Path

from figure import Figure, Result, Setup
from process import proportional_mb, tree

from tracelift_groups.sandbox.host.limits import Limits
from tracelift_groups.sandbox.host.sandbox import Sandbox
from tracelift_groups.sandbox.host.test_case import AssertionTest, CallTest, SandboxTest, StdioTest

PROGRAMS = 20_000
_SETTLE_SECONDS = 1.0  # until the processes of the last program are gone
_LIMITS = Limits(cpu_seconds=1, memory_mib=128, output_mib=1)
_DOUBLE, _SAME = StdioTest("4\n", "8\n"), AssertionTest("assert f(3) == 3", "f")
_IDLE = "def f(x):\n    return x\n"
_MIX: tuple[tuple[str, SandboxTest, str], ...] = (
    ("print(int(input()) * 2)", _DOUBLE, "pass"),
    ("print(int(input()) * 3)", _DOUBLE, "wrong_answer"),
    ("print(", _DOUBLE, "compile_error"),
    ("import os\nos._exit(3)", _DOUBLE, "runtime_error"),
    ("open('file', 'w').write('x' * 9000)\nprint(8)", _DOUBLE, "pass"),
    ("import threading\nthreading.Thread(target=lambda: print(8)).start()", _DOUBLE, "pass"),
    ("print('x' * 2**21)", _DOUBLE, "output_limit"),
    ("x = [0] * 10**9", _DOUBLE, "memory_limit"),
    (_IDLE, CallTest("f", ([1, {2: "x"}],), [1, {2: "x"}]), "pass"),
    (_IDLE, CallTest("f", (1,), 2), "wrong_answer"),
    (_IDLE, _SAME, "pass"),
    ("def f(x):\n    return lambda: x\n", AssertionTest("assert f(3)() == 3", "f"), "pass"),
    ("def f(g):\n    return [g(1)] * 3\n", AssertionTest("assert f(lambda x: x) == [1] * 3", "f"), "pass"),
    ("def f(x):\n    return x + 1\n", _SAME, "wrong_answer"),
    ("import os\ndef f(x):\n    os.write(5, b'\\0\\0\\0\\2[]')\n", _SAME, "runtime_error"),
    (_IDLE, AssertionTest("open('left', 'w').write('x')\nassert f(3) == 3", "f"), "pass"),
)


def measure(setup: Setup) -> Result:  # noqa: ARG001 - as every benchmark is called
    """All programs on one worker."""
    wrong: dict[str, int] = {}
    with Sandbox(_LIMITS, workers=1) as sandbox:

        def run(number: int) -> None:
            program, test, status = _MIX[number % len(_MIX)]
            (found,) = sandbox.run(program, [test])
            if found.status != status:
                name = f"{program!r}: {found.status}, not {status}"
                wrong[name] = wrong.get(name, 0) + 1

        for number in range(len(_MIX)):
            run(number)
        before = _counts(sandbox)
        start = time.perf_counter()
        for number in range(PROGRAMS):
            run(number)
        seconds = time.perf_counter() - start
        after = _counts(sandbox)
    growth = {name: after[name] - before[name] for name in before}
    figures = (
        Figure(f"wrong verdicts of {PROGRAMS:,}", "", (sum(wrong.values()),), at_most=0),
        Figure("growth of the caller's memory", "MB", (growth["caller"],), at_most=2),
        Figure("growth of the worker's memory", "MB", (growth["worker"],), at_most=2),
        Figure("more open descriptors", "", (growth["descriptors"],), at_most=0),
        Figure("more processes", "", (growth["processes"],), at_most=0),
        Figure("programs a second, one worker", "", (PROGRAMS / seconds,)),
    )
    return Result("library: Sandbox.run", figures, {"wrong verdicts": wrong} if wrong else {})


def _counts(sandbox: Sandbox) -> dict[str, float]:
    time.sleep(_SETTLE_SECONDS)
    (worker,) = sandbox.worker_pids()
    processes = tree(worker)
    return {
        "caller": proportional_mb(os.getpid()) - proportional_mb(worker),
        "worker": proportional_mb(worker),
        "descriptors": sum(len(list(Path(f"/proc/{pid}/fd").iterdir())) for pid in (os.getpid(), *processes)),
        "processes": len(processes),
    }
