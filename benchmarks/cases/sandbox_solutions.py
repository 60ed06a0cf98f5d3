"""Reference programs of HumanEval, MBPP and CodeContests in the sandbox: each should pass its tests.

CodeContests is compared word by word: the outputs of its file do not keep the lines.
"""

import ast
import json
import re
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any  # rows of three files

from figure import Figure, Result, Setup

from tracelift_groups.sandbox.host.limits import Limits
from tracelift_groups.sandbox.host.sandbox import Sandbox
from tracelift_groups.sandbox.host.test_case import AssertionTest, SandboxTest, StdioTest

Problem = tuple[str, str, list[SandboxTest]]


def measure(setup: Setup) -> Result:
    """Every problem once; the share of programs that pass all their tests."""
    figures = []
    failures: Counter[str] = Counter()
    with Sandbox(Limits(cpu_seconds=20)) as sandbox, ThreadPoolExecutor(2) as pool:
        for name, bar, problems in (
            ("HumanEval", 1.0, _humaneval(_rows(setup, "humaneval.jsonl"))),
            ("MBPP, sanitized", 1.0, _mbpp(json.loads(setup.file("mbpp_sanitized.json").read_text("utf-8")))),
            ("CodeContests", 1.0, _contests(_rows(setup, "codecontests_stdio.jsonl"))),
        ):
            given = list(problems)
            passed = 0
            for verdicts, (place, _, _) in zip(pool.map(lambda p: sandbox.run(p[1], p[2]), given), given, strict=True):
                statuses = {verdict.status for verdict in verdicts}
                passed += statuses == {"pass"}
                failures.update(f"{name}, {place}: {status}" for status in statuses - {"pass"})
            figures.append(
                Figure(f"{name}: share of {len(given)} programs that pass", "", (passed / len(given),), at_least=bar)
            )
    tables = {"not passed": dict(sorted(failures.items()))} if failures else {}
    return Result("library: Sandbox.run", tuple(figures), tables)


def _rows(setup: Setup, name: str) -> list[Any]:
    return [json.loads(line) for line in setup.file(name).read_text(encoding="utf-8").splitlines()]


def _humaneval(rows: Iterable[Any]) -> Iterable[Problem]:
    for row in rows:
        name = row["entry_point"]
        test = AssertionTest(f"{row['test']}\ncheck({name})", name, setup=f"{row['prompt']}    pass\n")
        yield row["task_id"], row["prompt"] + row["canonical_solution"], [test]


def _mbpp(rows: Iterable[Any]) -> Iterable[Problem]:
    for row in rows:
        tree = ast.parse(row["code"])
        names = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
        # Some assertions use a module that only the program imports.
        imports = [ast.unparse(node) for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
        setup = "\n".join(row["test_imports"] + imports)
        called = [name for name in names if re.search(rf"\b{name}\b", row["test_list"][0])]
        yield str(row["task_id"]), row["code"], [AssertionTest(code, called[0], setup) for code in row["test_list"]]


def _contests(rows: Iterable[Any]) -> Iterable[Problem]:
    for row in rows:
        yield row["id"], row["solution"], [StdioTest(test["input"], test["output"], True) for test in row["tests"]]
