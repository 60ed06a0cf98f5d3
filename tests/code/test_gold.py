"""The gold of code seeds: reference programs on their tests, in the sandbox."""

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tracelift_groups.code import gold as program_gold
from tracelift_groups.config import Config
from tracelift_groups.errors import InfrastructureError, SandboxError
from tracelift_groups.pipeline.check_seeds import check_gold, check_seeds
from tracelift_groups.pipeline.job import Item, Job
from tracelift_groups.records.seed import TEST_LIMIT, Seed, Test
from tracelift_groups.sandbox.host.verdict import Verdict

DOUBLE = (Test("4", "8"), Test("5", "10"))
PRINTS = Seed("p", "code", "t", "code", "Double it.", "", program="print(int(input()) * 2)", tests=DOUBLE)
IDENTITY = (Test(assertion="assert f(1) == 1"),)
CALLS = replace(PRINTS, program="def f(x):\n    return x\n", entry_point="f", tests=IDENTITY)
CASE = "class Case(unittest.TestCase):\n    def test_it(self):\n        self.assertEqual(f(1), 1)"
METHOD = replace(
    CALLS,
    program="class Solution:\n    def add(self, a, b):\n        return a + b\n",
    entry_point="Solution.add",
    tests=(Test(assertion="assert Solution().add(1, 2) == 3"), Test(assertion="assert add(1, 2) == 3")),
)


@pytest.mark.parametrize(
    "seed",
    [
        PRINTS,
        CALLS,
        METHOD,
        replace(PRINTS, program=None),
        replace(CALLS, tests=(Test(assertion="try:\n    f()\nexcept TypeError:\n    pass\nelse:\n    assert False"),)),
        replace(CALLS, tests=(Test(assertion="while not f(1):\n    pass"),)),
    ],
)
def test_a_program_that_passes_its_tests_is_gold(seed: Seed) -> None:
    assert check_gold(seed) is None


@pytest.mark.parametrize(
    ("program", "rule", "words"),
    [
        ("print(8)", "gold-fails-test", r"test 2 \(hidden\): wrong_answer"),
        ("print(int(input()) / 0)", "gold-fails-test", "ZeroDivisionError"),
        ("print(", "gold-does-not-compile", "does not compile"),
        ("import numpy\nprint(8)", "gold-missing-package", "imports numpy, which"),
        ("while True:\n    pass", "gold-never-ends", "does not come to an end"),
        ("import os\nprint(os.urandom(8))", "gold-not-deterministic", "Two runs"),
        ("import time\nprint(8 if input() == '4' else time.time_ns())", "gold-not-deterministic", "test 2 differ"),
    ],
)
def test_a_program_that_is_no_gold_is_dropped_with_its_reason(program: str, rule: str, words: str) -> None:
    drop = check_gold(replace(PRINTS, program=program, place="a.jsonl:3"))
    assert drop is not None
    assert (drop.stage, drop.rule, drop.place.partition(",")[0], drop.raw) == ("seed", rule, "a.jsonl:3", program)
    assert drop.reason.endswith(".")
    assert re.search(words, drop.reason)


@pytest.mark.parametrize(
    ("seed", "rule"),
    [
        (replace(PRINTS, tests=()), "no-examples"),
        (replace(PRINTS, tests=(), problem="Double.\n\nExample\nInput\n4\nOutput\n8"), "no-tests"),
        (replace(PRINTS, tests=(Test("4", " \n"),)), "test-without-output"),
        (replace(PRINTS, tests=(Test("4" * TEST_LIMIT, "8"),)), "test-too-large"),
        (replace(PRINTS, tests=(Test("4", "8" * 150_000),) * 7), "test-too-large"),
        (replace(PRINTS, metadata={"tolerance": -1}), "broken-test"),
        (replace(PRINTS, metadata={"tolerance": "small"}), "broken-test"),
        (replace(CALLS, entry_point=None), "no-entry-point"),
        (replace(CALLS, entry_point="add two"), "no-entry-point"),
        (replace(CALLS, tests=(Test(assertion="assert 1 =="),)), "broken-test"),
        (replace(CALLS, tests=(Test(assertion="assert f(nothing) == 1"),)), "broken-test"),
        (replace(CALLS, tests=(Test(assertion="assert 1 == 1"),)), "test-without-assertion"),
        (replace(CALLS, tests=(Test(assertion="def check(g):\n    assert g(1) == 1"),)), "test-without-assertion"),
        (replace(CALLS, tests=(Test(assertion="def check(g):\n    g(1)\ncheck(f)"),)), "test-without-assertion"),
        (replace(CALLS, tests=(Test(assertion="f(1) == 2"),)), "test-without-assertion"),
        (replace(CALLS, tests=(Test(assertion="assert (f(1) == 2, 'wrong')"),)), "test-without-assertion"),
        (replace(CALLS, tests=(Test(assertion=f"import unittest\n{CASE}"),)), "test-without-assertion"),
        (replace(METHOD, tests=(Test(assertion="Solution().add(1, 2) == 3"),)), "test-without-assertion"),
        (replace(CALLS, program=None, tests=(Test(assertion="f(1)"),)), "test-without-assertion"),
        (replace(CALLS, tests=(Test(assertion="class N: pass\nassert f(N()) == 1"),)), "test-untestable"),
    ],
)
def test_tests_that_can_not_tell_right_from_wrong_are_a_reason_too(seed: Seed, rule: str) -> None:
    drop = check_gold(seed)
    assert drop is not None
    assert drop.rule == rule
    assert drop.reason.endswith(".")


def broken(*_: object) -> list[Verdict]:
    return [Verdict("infrastructure_error", "A", "The worker failed twice.")]


def refused(*_: object) -> list[Verdict]:
    raise SandboxError("This sandbox is closed.")


@pytest.mark.parametrize("fault", [broken, refused])
def test_a_fault_of_the_sandbox_is_no_verdict_on_the_seed(monkeypatch: pytest.MonkeyPatch, fault: object) -> None:
    monkeypatch.setattr(program_gold, "run_tests", fault)
    with pytest.raises(InfrastructureError):
        check_gold(PRINTS)
    ((row,),) = Job(Config(), "seed").run([Item("p", json.dumps(PRINTS.to_json()).encode())])
    assert row.status == "failed"
    assert json.loads(row.drops or b"")[0]["rule"] == "infrastructure"


def test_a_check_counts_seeds_without_a_verdict_apart(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(program_gold, "run_tests", broken)
    (tmp_path / "a.jsonl").write_text(json.dumps(PRINTS.to_json()))
    sifted = check_seeds(f"file:{tmp_path / 'a.jsonl'}")
    assert (sifted.seeds, len(sifted.drops), [drop.rule for drop in sifted.failures]) == (0, 0, ["infrastructure"])


def test_math_and_the_package_itself_load_no_sandbox() -> None:
    code = (
        "import sys, tracelift_groups\nfrom tracelift_groups.pipeline.check_seeds import check_gold\n"
        "from tracelift_groups.ingest.source import read_seeds\n"
        "assert check_gold(next(read_seeds('bundled'))) is None\n"
        "print([name for name in sys.modules if 'sandbox' in name])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
