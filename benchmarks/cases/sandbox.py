"""What a test costs in the sandbox, against fresh interpreters and the bare floor; the memory of an idle worker.

CPU time is that of every process involved: the caller, the worker and all that it forks, or the caller and the
interpreters that it starts. The interpreter compared with is that of an empty virtual environment. The floor is a
process with the same modules loaded that forks, runs the compiled program on a memory file, and exits; a warm test is
what each further test of a program adds. An assertion runs beside its program, so its test has two processes; the
interpreter that it is compared with runs both texts as one.
"""

import os
import resource
import subprocess
import venv
from collections.abc import Callable, Sequence
from pathlib import Path

from figure import Figure, Result, Setup
from process import proportional_mb, tree

from tracelift_groups.sandbox.host.limits import Limits
from tracelift_groups.sandbox.host.sandbox import Sandbox
from tracelift_groups.sandbox.host.test_case import AssertionTest, SandboxTest, StdioTest

PROGRAM = "print(int(input()) * 2)\n"
TEST = StdioTest("4\n", "8\n")
FUNCTION = "def f(x):\n    return [x, x + 1]\n"
ASSERTION = AssertionTest("assert f(3) == [3, 4]\nassert f(5) == [5, 6]\n", "f")
TIMES = 120  # tests in one measurement
MANY = 8
_COUNTED = {
    "eight": "a test, 8 a program",
    "asserted_eight": "an assertion test, 8 a program",
    "both": "python -I -S -E FILE",
}

_FLOOR = """
import gc, os, sys
for name in {modules!r}:
    __import__(name)
code = compile({program!r}, "program.py", "exec")
gc.collect()
gc.freeze()
for _ in range({times}):
    child = os.fork()
    if child == 0:
        given, out = os.memfd_create("in"), os.memfd_create("out")
        os.write(given, b"4\\n")
        os.lseek(given, 0, os.SEEK_SET)
        os.dup2(given, 0)
        os.dup2(out, 1)
        exec(code, {{"__name__": "__main__"}})
        sys.stdout.flush()
        os._exit(0)
    os.waitpid(child, 0)
"""


def measure(setup: Setup) -> Result:
    """Alternately, in one call: one test a program, eight, a fresh interpreter of either kind, the floor."""
    python = _clean_python(setup.scratch)
    program = setup.scratch / "program.py"
    program.write_text(PROGRAM, encoding="utf-8")
    both = setup.scratch / "both.py"
    both.write_text(FUNCTION + ASSERTION.code, encoding="utf-8")
    names = ("one", "eight", "asserted", "asserted_eight", "plain", "bare", "both", "floor", "start")
    found: dict[str, list[float]] = {name: [] for name in names}
    pages: dict[str, list[float]] = {name: [] for name in names}
    memory = []
    with Sandbox(Limits(), workers=1) as sandbox:
        (worker,) = sandbox.worker_pids()
        sandbox.run(PROGRAM, [TEST])
        memory.append(proportional_mb(worker))
        ways: dict[str, Callable[[], None]] = {
            "one": lambda: _in_sandbox(sandbox, PROGRAM, [TEST], TIMES),
            "eight": lambda: _in_sandbox(sandbox, PROGRAM, [TEST] * MANY, TIMES // MANY),
            "asserted": lambda: _in_sandbox(sandbox, FUNCTION, [ASSERTION], TIMES),
            "asserted_eight": lambda: _in_sandbox(sandbox, FUNCTION, [ASSERTION] * MANY, TIMES // MANY),
            "plain": lambda: _fresh([python, str(program)], TIMES),
            "bare": lambda: _fresh([python, "-I", "-S", "-E", str(program)], TIMES),
            "both": lambda: _fresh([python, "-I", "-S", "-E", str(both)], TIMES, b""),
            "floor": lambda: _floor(python, TIMES),
            "start": lambda: _floor(python, 0),
        }
        for _ in range(setup.runs):
            for name, run in ways.items():
                before, faults = _cpu(worker), _page_faults(worker)
                run()
                found[name].append(1000 * (_cpu(worker) - before) / TIMES)
                pages[name].append((_page_faults(worker) - faults) / TIMES)
    counts = tuple(Figure(f"page faults of {what}", "", tuple(pages[name])) for name, what in _COUNTED.items())
    return Result("library: Sandbox.run, against subprocess", (*_figures(found, memory), *counts))


def _figures(found: dict[str, list[float]], memory: list[float]) -> tuple[Figure, ...]:
    rounds = [dict(zip(found, values, strict=True)) for values in zip(*found.values(), strict=True)]
    for each in rounds:
        each["floor"] -= each.pop("start")
        each["warm"] = (MANY * each["eight"] - each["one"]) / (MANY - 1)

    def ratio(over: str, under: str) -> tuple[float, ...]:
        return tuple(each[over] / each[under] for each in rounds)

    def milliseconds(name: str) -> tuple[float, ...]:
        return tuple(each[name] for each in rounds)

    return (
        Figure("CPU of python FILE / a program with one test", "", ratio("plain", "one"), at_least=1.5),
        Figure("CPU of python FILE / a test, 8 a program", "", ratio("plain", "eight"), at_least=3),
        Figure("CPU of python -I -S -E FILE / a test, 8 a program", "", ratio("bare", "eight"), at_least=2.2),
        Figure("CPU of a warm test / the bare floor", "", ratio("warm", "floor"), at_most=3),
        Figure("CPU of python -I -S -E FILE / one assertion test", "", ratio("both", "asserted"), at_least=1),
        Figure(
            "CPU of python -I -S -E FILE / an assertion test, 8 a program",
            "",
            ratio("both", "asserted_eight"),
            at_least=2.5,
        ),
        Figure("memory of an idle worker (PSS)", "MB", tuple(memory), at_most=30),
        Figure("CPU of a program with one test", "ms", milliseconds("one")),
        Figure("CPU of a test, 8 a program", "ms", milliseconds("eight")),
        Figure("CPU of one assertion test", "ms", milliseconds("asserted")),
        Figure("CPU of an assertion test, 8 a program", "ms", milliseconds("asserted_eight")),
        Figure("CPU of a warm test", "ms", milliseconds("warm")),
        Figure("CPU of the bare floor", "ms", milliseconds("floor")),
        Figure("CPU of python FILE", "ms", milliseconds("plain")),
        Figure("CPU of python -I -S -E FILE", "ms", milliseconds("bare")),
    )


def _clean_python(scratch: Path) -> str:
    folder = scratch / "clean"
    venv.create(folder, symlinks=True)
    return str(folder / "bin" / "python")


def _in_sandbox(sandbox: Sandbox, program: str, tests: Sequence[SandboxTest], times: int) -> None:
    for _ in range(times):
        if not all(verdict.passed for verdict in sandbox.run(program, tests)):
            raise RuntimeError("a right program did not pass")


def _fresh(command: list[str], times: int, expected: bytes = b"8\n") -> None:
    for _ in range(times):
        done = subprocess.run(command, input=b"4\n", stdout=subprocess.PIPE, check=True)
        if done.stdout != expected:
            raise RuntimeError("a right program printed something else")


def _floor(python: str, times: int) -> None:
    from tracelift_groups.sandbox.guest.zygote import PRELOADED

    code = _FLOOR.format(modules=PRELOADED, program=PROGRAM, times=times)
    subprocess.run([python, "-S", "-c", code], check=True, stdin=subprocess.DEVNULL)


def _cpu(worker: int) -> float:
    """Processor seconds of this process, of what it waited for, and of the worker's tree."""
    own = os.times()
    ticks = sum(sum(_ticks(pid)) for pid in tree(worker))
    return own.user + own.system + own.children_user + own.children_system + ticks / os.sysconf("SC_CLK_TCK")


def _page_faults(worker: int) -> int:
    """Pages that the worker's tree, and the interpreters that this process has waited for, touched first."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_minflt
    return children + sum(number for pid in tree(worker) for number in _stat(pid)[7:9])


def _ticks(pid: int) -> list[int]:
    """User and system time of a process and of its ended children, in clock ticks."""
    return _stat(pid)[11:15]


def _stat(pid: int) -> list[int]:
    """The numbers of /proc/PID/stat after the state; nothing for a process that has ended."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return [0, *map(int, stat.rpartition(")")[2].split()[1:])]
