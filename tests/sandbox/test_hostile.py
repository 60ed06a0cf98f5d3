"""Hostile programs: each gets a verdict that is none of its making, and nothing happens that must not.

After each one the machine's file is unharmed, neither secret nor answer is in what it printed, none of its processes is
left, and the next program passes.
"""

import os
import platform
import shutil
import socket
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hostile_programs import Hostile, programs

from tracelift_groups.errors import SandboxError
from tracelift_groups.sandbox.host.limits import Limits
from tracelift_groups.sandbox.host.sandbox import Sandbox
from tracelift_groups.sandbox.host.test_case import AssertionTest, CallTest, SandboxTest, StdioTest
from tracelift_groups.sandbox.host.verdict import Verdict

LIMITS = Limits(cpu_seconds=1, wall_seconds=4, memory_mib=256, output_mib=1, scratch_mib=4, threads=16)
SECRET = "the-secret-of-this-machine"
ANSWER = "only the checker knows 7351"
NUMBER = 73517351
TESTS: dict[str, SandboxTest] = {
    "stdio": StdioTest("1 2\n", ANSWER),
    "call": CallTest("f", (3,), NUMBER),
    "assert": AssertionTest(f"assert f(3) == {NUMBER}  # only the checker", "f"),
    "helper": AssertionTest("assert f(3) == 3", "f", setup="node = Node(3)", helpers=("Node",)),
}
RIGHT: dict[str, SandboxTest] = {
    "stdio": StdioTest("1 2\n", "3\n"),
    "call": CallTest("f", (1, 2), 3),
    "assert": AssertionTest("assert f(1, 2) == 3", "f"),
}
_TRIES = 200


@dataclass
class Machine:
    """A sandbox, what its programs would like to get at, and how many processes an idle worker has."""

    sandbox: Sandbox
    folder: Path
    canary: Path
    places: dict[str, str]
    worker: int

    def run(self, program: Hostile, tests: list[SandboxTest]) -> list[Verdict]:
        source = program.source
        for name, value in self.places.items():
            source = source.replace("{" + name + "}", value)
        return self.sandbox.run(source, tests)

    def assert_unharmed(self, verdicts: list[Verdict]) -> None:
        for verdict in verdicts:
            said = f"{verdict.stdout}{verdict.stderr}{verdict.why}"
            assert "ESCAPED" not in said, said
            assert SECRET not in said
            assert ANSWER not in verdict.stdout + verdict.stderr
            assert "the canary" not in said
        assert self.canary.read_text() == "the canary\n"
        assert sorted(path.name for path in self.folder.iterdir()) == ["canary", "socket"]
        assert self.sandbox.run("print(int(input()) * 2)", [StdioTest("4", "8")])[0].passed, "the next program"
        assert self._settled() <= self.worker, "processes are left"

    def _settled(self) -> int:
        """How many processes the worker has, once those of the last program are gone."""
        for _ in range(_TRIES):
            count = len(_descendants(self.sandbox.worker_pids()[0]))
            if count <= self.worker:
                break
            time.sleep(0.02)
        return count


def _descendants(root: int) -> set[int]:
    parents = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(entry.parent.name)] = int(entry.read_text(errors="replace").rpartition(")")[2].split()[1])
        except OSError:  # ended meanwhile
            continue
    found = {root}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found


@pytest.fixture(scope="module", params=["A", "B", "C"])
def machine(request: pytest.FixtureRequest) -> Iterator[Machine]:
    os.environ["TRACELIFT_TEST_SECRET"] = SECRET
    folder = Path(tempfile.mkdtemp(dir="/tmp"))  # not pytest's: those are closed to other users already
    folder.chmod(0o777)
    canary = folder / "canary"
    canary.write_text("the canary\n")
    canary.chmod(0o666)
    abstract, listening, server = (socket.socket(family) for family in (socket.AF_UNIX, socket.AF_UNIX, socket.AF_INET))
    try:
        listening.bind(str(folder / "socket"))
        server.bind(("127.0.0.1", 0))
        for each in (listening, server):
            each.listen()
        places = {"canary": str(canary), "folder": str(folder), "socket": str(folder / "socket"), "tier": request.param}
        places |= {"pid": str(os.getpid()), "port": str(server.getsockname()[1])}
        try:
            sandbox = Sandbox(LIMITS, workers=1, consent="C", only=request.param)
        except SandboxError as error:
            pytest.skip(str(error))
        with sandbox:
            machine = Machine(sandbox, folder, canary, places, 0)
            sandbox.run("def f(x, y): return x + y", [RIGHT["assert"]])  # the process that runs assertions stays
            machine.worker = len(_descendants(sandbox.worker_pids()[0]))
            yield machine
    finally:
        for each in (abstract, listening, server):
            each.close()
        shutil.rmtree(folder)
        del os.environ["TRACELIFT_TEST_SECRET"]


def _tests_of(program: Hostile) -> list[SandboxTest]:
    return [TESTS[program.form]] * (2 if program.kind == "state" else 1)


@pytest.mark.parametrize("program", programs(), ids=lambda program: f"{program.kind}: {program.name}")
def test_a_hostile_program_gains_nothing(machine: Machine, program: Hostile) -> None:
    if program.x86_only and platform.machine() != "x86_64":
        pytest.skip("its system calls are those of x86_64")
    verdicts = machine.run(program, _tests_of(program))
    assert len(verdicts) == len(_tests_of(program))
    machine.assert_unharmed(verdicts)
    statuses = {verdict.status for verdict in verdicts}
    assert not statuses & {"pass", "infrastructure_error"}, verdicts
    if machine.sandbox.tier != "C":  # there is nothing to write to, and other errors come first
        assert statuses <= program.statuses, verdicts


@pytest.mark.parametrize("program", programs("right"), ids=lambda program: program.name)
def test_an_odd_but_right_program_passes(machine: Machine, program: Hostile) -> None:
    if machine.sandbox.tier == "C" and _WRITES & set(program.name.split()):
        pytest.skip("tier C has no place to write")
    (verdict,) = machine.run(program, [RIGHT[program.form]])
    assert verdict.passed, verdict
    machine.assert_unharmed([verdict])


_WRITES = {"file", "base", "device"}


def test_there_are_enough_programs_of_every_class() -> None:
    counts = {kind: len(programs(kind)) for kind in {program.kind for program in programs()}}
    assert sum(counts.values()) >= 120
    assert min(counts.values()) >= 8
    assert len(programs("right")) >= 25
