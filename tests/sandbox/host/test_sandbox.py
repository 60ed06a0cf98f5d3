"""Running programs: the verdicts, threads and asyncio, workers that die, texts that are no text."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from repo_files import ROOT

from tracelift_groups.errors import SandboxError
from tracelift_groups.sandbox.host.limits import Limits
from tracelift_groups.sandbox.host.sandbox import Sandbox
from tracelift_groups.sandbox.host.test_case import AssertionTest, CallTest, SandboxTest, StdioTest
from tracelift_groups.sandbox.host.verdict import Verdict

DOUBLE = "print(int(input()) * 2)"
ADD = "def add(a, b):\n    return a + b\n"
DATA = ROOT.parent / "shared" / "data"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    try:
        made = Sandbox(Limits(cpu_seconds=5, memory_mib=256), workers=2)
    except SandboxError as error:
        pytest.skip(str(error))
    with made:
        yield made


def one(sandbox: Sandbox, program: str, test: SandboxTest, limits: Limits | None = None) -> Verdict:
    (verdict,) = sandbox.run(program, [test], limits)
    return verdict


@pytest.mark.parametrize(
    ("program", "status", "why"),
    [
        (DOUBLE, "pass", ""),
        ("print(7)", "wrong_answer", "line 1 is 7, not 8"),
        ("1 / 0", "runtime_error", "ZeroDivisionError: division by zero"),
        ("import sys; print(8); sys.exit(3)", "runtime_error", "SystemExit: 3"),
        ("import sys; sys.exit('no')", "runtime_error", "SystemExit: no"),
        ("print(8", "compile_error", "'(' was never closed"),
        ("x = bytearray(10**10)", "memory_limit", "needed more than 256 MiB"),
        ("import numpy", "runtime_error", "No module named 'numpy'"),
    ],
)
def test_a_verdict_and_why(sandbox: Sandbox, program: str, status: str, why: str) -> None:
    found = one(sandbox, program, StdioTest("4\n", "8\n"))
    assert (found.status, found.tier) == (status, sandbox.tier)
    assert why in found.why
    assert found.passed == (status == "pass")


def test_verdicts_come_in_the_order_of_the_tests(sandbox: Sandbox) -> None:
    found = sandbox.run(DOUBLE, [StdioTest(str(n), str(2 * n if n % 3 else 1)) for n in range(1, 8)])
    assert [verdict.passed for verdict in found] == [bool(n % 3) for n in range(1, 8)]
    assert sandbox.run(DOUBLE, []) == []


def test_output_and_traceback_are_kept_for_people(sandbox: Sandbox) -> None:
    found = one(sandbox, "import sys\nprint('out')\nprint('err', file=sys.stderr)\n[][1]", StdioTest("", ""))
    assert found.stdout == "out\n"
    assert found.stderr.startswith("err\nTraceback")
    assert "[][1]" in found.stderr
    assert json.dumps(found.to_json())
    assert len(one(sandbox, "print('x' * 100000)", StdioTest("", "")).stdout) < 5000


def test_results_of_calls_have_types(sandbox: Sandbox) -> None:
    tests = [CallTest("add", (1, 2), 3), CallTest("add", (1, 2), 3.0), CallTest("add", ((1,), (2,)), (1, 2))]
    assert [v.status for v in sandbox.run(ADD, tests)] == ["pass", "wrong_answer", "pass"]
    assert one(sandbox, ADD, CallTest("sub", (1,), 1)).why == "NameError: the program defines no sub"
    with pytest.raises(SandboxError, match="object"):
        CallTest("add", (object(),), 1)


def test_an_assertion_sees_values_exceptions_iterators_and_changes(sandbox: Sandbox) -> None:
    program = """
class Pair:
    def __init__(self, a): self.a = a
def make(a): return Pair(a)
def read(pair): return pair.a
def count(n): yield from range(n)
def fill(found, names): found.append(1); names.update(a={1})
def fail(x): raise KeyError(x)
def kind(x, of): return isinstance(x, of)
"""
    code = """
assert read(make((1, [2]))) == (1, [2])
assert list(count(3)) == [0, 1, 2]
found, names = [], {}
fill(found, names=names) if False else fill(found, names)
assert found == [1] and names == {"a": {1}}
try:
    fail("x")
    raise SystemExit
except KeyError as error:
    assert "x" in str(error)
assert kind(3, int)
"""
    helpers = ("read", "count", "fill", "fail", "kind")
    assert one(sandbox, program, AssertionTest(code, "make", helpers=helpers)).passed


@pytest.mark.parametrize(
    ("code", "status", "why"),
    [
        ("assert add(1, 2) == 4", "wrong_answer", "AssertionError at: assert add(1, 2) == 4"),
        ("assert add(1, None) == 4", "runtime_error", "unsupported operand"),
        ("assert add(1, 2) < 'x'", "wrong_answer", "not supported between instances"),
        ("assert other(1, 2) == 3", "infrastructure_error", "name 'other' is not defined"),
        ("assert (", "infrastructure_error", "the test itself is broken"),
        ("assert add(lambda: 1, 2)", "runtime_error", "unsupported operand"),
        ("class A: pass\nassert add(A(), 2)", "untestable", "type A, which can't cross"),
    ],
)
def test_a_failed_assertion_says_whose_fault_it_is(sandbox: Sandbox, code: str, status: str, why: str) -> None:
    found = one(sandbox, ADD, AssertionTest(code, "add"))
    assert found.status == status
    assert why in found.why


def test_the_setup_can_not_hide_the_programs_function(sandbox: Sandbox) -> None:
    setup = "def twice(x):\n    return 2 * x\n\ndef add(a, b):\n    pass\n"
    assert one(sandbox, ADD, AssertionTest("assert add(1, 2) == twice(1) + 1", "add", setup=setup)).passed


def test_executed_lines_are_counted_and_limited(sandbox: Sandbox) -> None:
    program = "for _ in range(int(input())):\n    x = 1\n"
    counts = [one(sandbox, program, StdioTest(n, ""), Limits(lines=10_000)).lines for n in ("10", "10", "20")]
    assert counts[0] == counts[1]
    assert counts[2] == counts[0] + 20  # type: ignore[operator]  # asserted to be numbers by this
    over = one(sandbox, program, StdioTest("10000000", ""), Limits(lines=1000))
    assert (over.status, over.why) == ("timeout", "executed more than 1000 lines")
    assert one(sandbox, DOUBLE, StdioTest("4", "8")).lines is None


def test_threads_share_a_sandbox(sandbox: Sandbox) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda n: one(sandbox, DOUBLE, StdioTest(str(n), str(2 * n))), range(40)))
    assert all(verdict.passed for verdict in found)


def test_coroutines_share_a_sandbox(sandbox: Sandbox) -> None:
    async def all_of_them() -> list[list[Verdict]]:
        return await asyncio.gather(*(sandbox.arun(DOUBLE, [StdioTest(str(n), str(2 * n))]) for n in range(20)))

    assert all(verdict.passed for found in asyncio.run(all_of_them()) for verdict in found)


def test_a_worker_killed_while_idle_costs_nothing(sandbox: Sandbox) -> None:
    before = set(sandbox.worker_pids())
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: one(sandbox, DOUBLE, StdioTest("4", "8")), range(8)))
    assert all(verdict.passed for verdict in found)
    assert len(set(sandbox.worker_pids()) - before) >= 1


def test_a_worker_killed_at_work_is_replaced_and_its_program_run_again(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tracelift_groups.sandbox.host import worker

    deaths = []

    def run(self: worker.Worker, *given: object) -> Iterator[Verdict]:
        for index, verdict in enumerate(whole(self, *given)):  # type: ignore[arg-type]  # handed on
            yield verdict
            if index == 1 and not deaths:
                deaths.append(self.pid)
                os.kill(self.pid, signal.SIGKILL)

    whole = worker.Worker.run
    monkeypatch.setattr(worker.Worker, "run", run)
    found = sandbox.run(DOUBLE, [StdioTest(str(n), str(2 * n)) for n in range(6)])
    assert [verdict.passed for verdict in found] == [True] * 6
    assert len(deaths) == 1
    assert deaths[0] not in sandbox.worker_pids()


def test_a_program_whose_worker_dies_twice_has_no_verdict(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    from tracelift_groups.sandbox.host import worker

    def dead(*_: object) -> Iterator[Verdict]:
        yield Verdict("pass", "A")
        raise worker.WorkerLostError("it was killed")

    with monkeypatch.context() as patch:
        patch.setattr(worker.Worker, "run", dead)
        found = sandbox.run(DOUBLE, [StdioTest("4", "8")] * 4)
    assert [verdict.status for verdict in found] == ["pass", "pass", "infrastructure_error", "infrastructure_error"]
    assert "it was killed" in found[-1].why
    assert one(sandbox, DOUBLE, StdioTest("4", "8")).passed


@pytest.mark.parametrize(
    ("program", "test", "status"),
    [
        (r"import os; os.write(1, b'\xff\xfe\x00')", StdioTest("", "x"), "wrong_answer"),
        ("print('\ud800')", StdioTest("", "x"), "compile_error"),
        ("print(1)\x00", StdioTest("", "1"), "compile_error"),
        (r"print('\ud800')", StdioTest("", "x"), "runtime_error"),
        ("\ufeffprint(1)\r\n", StdioTest("", "1"), "pass"),
        ("# coding: latin-1\nprint('ä')", StdioTest("", "ä"), "pass"),
        ("print(len(input()))", StdioTest("a\x00b", "3"), "pass"),
        ("print(len(input()))", StdioTest("\ud800", "3"), "pass"),
        (r"import os; os.write(1, b'a\x00b')", StdioTest("", "a\x00b"), "pass"),
        (r"raise ValueError('\ud800\x00')", StdioTest("", ""), "runtime_error"),
        ("", StdioTest("", ""), "pass"),
        ("def f(x): return x + '\\ud800'", CallTest("f", ("\udfff",), "\udfff\ud800"), "pass"),
        ("def f(x): return x", AssertionTest("assert f('\\ud800\\x00') == '\\ud800\\x00'", "f"), "pass"),
        ("def f(x): return x", AssertionTest("assert '\ud800'", "f"), "infrastructure_error"),
        ("(" * 5000, StdioTest("", ""), "compile_error"),
        ("x = " + "-" * 100_000 + "1", StdioTest("", ""), "compile_error"),
    ],
)
def test_texts_that_are_no_text_never_raise(sandbox: Sandbox, program: str, test: SandboxTest, status: str) -> None:
    found = one(sandbox, program, test)
    assert found.status == status, found
    assert json.dumps(found.to_json()).encode("utf-8")


def test_a_machine_without_the_tier_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(SandboxError) as caught:
        Sandbox()
    assert "tier A: the sandbox needs Linux; tier B: the sandbox needs Linux" in caught.value.what
    assert "--unsafe-no-isolation" in caught.value.todo


def test_a_tier_below_the_accepted_one_is_never_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    from tracelift_groups.sandbox.host import sandbox as module

    tried = []

    def refuse(tier: str) -> None:
        tried.append(tier)
        raise module.TierRefusedError("switched off")

    monkeypatch.setattr(module, "Worker", refuse)
    for consent, asked in (("B", ["A", "B"]), ("C", ["A", "B", "C"]), ("D", ["A", "B", "C", "D"])):
        tried.clear()
        with pytest.raises(SandboxError, match="switched off"):
            Sandbox(consent=consent)  # type: ignore[arg-type]  # a tier
        assert tried == asked


def test_a_tier_that_can_be_entered_but_runs_nothing_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from tracelift_groups.sandbox.host import sandbox as module

    def broken(*_: object) -> Iterator[Verdict]:
        raise module.WorkerLostError("no filter here")

    monkeypatch.setattr(module.Worker, "run", broken)
    with pytest.raises(SandboxError, match="no filter here"):
        Sandbox(workers=1)


def test_a_closed_sandbox_says_so() -> None:
    try:
        closed = Sandbox(workers=1)
    except SandboxError as error:
        pytest.skip(str(error))
    pids = closed.worker_pids()
    closed.close()
    assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]
    with pytest.raises(SandboxError, match="closed"):
        closed.run(DOUBLE, [])


@pytest.mark.slow
def test_every_canonical_solution_of_humaneval_passes(sandbox: Sandbox) -> None:
    path = DATA / "humaneval.jsonl"
    if not path.is_file():
        pytest.skip("needs humaneval.jsonl in ../shared/data")
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert len(rows) == 164
    for row in rows:
        name = row["entry_point"]
        test = AssertionTest(f"{row['test']}\ncheck({name})", name, setup=f"{row['prompt']}    pass\n")
        assert one(sandbox, row["prompt"] + row["canonical_solution"], test).passed, row["task_id"]


@pytest.mark.parametrize("closed", [(0,), (0, 1), (1, 2), (0, 1, 2)], ids=str)
def test_a_caller_without_standard_streams_gets_verdicts(closed: tuple[int, ...]) -> None:
    code = (
        "import os, sys\n"
        "out = os.dup(1)\nos.dup2(out, 50)\nos.close(out)\n"
        f"for descriptor in {closed}:\n    os.close(descriptor)\n"
        "from tracelift_groups.sandbox.host.sandbox import Sandbox\n"
        "from tracelift_groups.sandbox.host.test_case import AssertionTest\n"
        "with Sandbox(workers=1, consent='C') as sandbox:\n"
        "    (found,) = sandbox.run('def f(x): return x', [AssertionTest('assert f(1) == 1', 'f')])\n"
        "os.write(50, found.status.encode())\nos._exit(0)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, timeout=60, check=False)
    assert done.stdout == b"pass"
