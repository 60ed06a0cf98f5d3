"""Cases that a new user or an attacker tried, with what is right; they lie beside the checkout with the data sets."""

import json
from collections.abc import Iterator
from typing import Any  # JSON

import pytest
from repo_files import SHARED_DATA

from tracelift_groups.errors import SandboxError
from tracelift_groups.sandbox.host.sandbox import Sandbox
from tracelift_groups.sandbox.host.test_case import AssertionTest, CallTest, SandboxTest, StdioTest

_CASES = SHARED_DATA.parent / "cases"
_STATUSES = ("pass", "wrong_answer", "runtime_error", "output_limit")


def _rows(name: str) -> list[dict[str, Any]]:
    path = _CASES / name
    if not path.is_file():
        return []
    # Some rows close one brace too many.
    lines = [line.replace("}}}, ", "}}, ") for line in path.read_text(encoding="utf-8").splitlines()]
    return [json.loads(line) for line in lines if '"area"' not in line or '"area": "program"' in line]


def _tests(test: dict[str, Any]) -> list[SandboxTest]:
    if "input" in test:
        return [StdioTest(test["input"], test["output"], tolerance=test.get("tolerance"))]
    name = test["entry_point"]
    if "code" in test or "assertion" in test:
        return [AssertionTest(test.get("code") or test.get("assertion") or "", name, test.get("setup", ""))]
    pairs = test.get("tests") or [[test["args"], test["expected"]]]
    infinite = {"-inf as a float": float("-inf")}
    return [
        CallTest(name, tuple(args), infinite.get(str(expected), expected), test.get("tolerance"))
        for args, expected in pairs
    ]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(workers=1, consent="C") as opened:
        yield opened


def _outcome(sandbox: Sandbox, program: str, test: dict[str, Any]) -> str:
    try:
        tests = _tests(test)
    except SandboxError:
        return "refused"
    if any(isinstance(each, AssertionTest) and sandbox.tests_nothing(each) for each in tests):
        return "refused"
    verdicts = sandbox.run(program, tests)
    for verdict in verdicts:
        assert all(text.isprintable() or "\n" in text for text in (verdict.why, verdict.stdout, verdict.stderr))
        assert json.dumps(verdict.to_json(), ensure_ascii=False).encode("utf-8")
    return "pass" if all(verdict.passed for verdict in verdicts) else next(v.status for v in verdicts if not v.passed)


@pytest.mark.skipif(not _CASES.is_dir(), reason="the cases are not beside the checkout")
@pytest.mark.parametrize(
    "row", _rows("sandbox.jsonl") + _rows("public.jsonl"), ids=lambda row: row.get("case") or row["what"]
)
def test_what_is_right_happens(sandbox: Sandbox, row: dict[str, Any]) -> None:
    program, test = (row["program"], row["test"]) if "case" in row else (row["input"]["program"], row["input"]["test"])
    right = row["right"].partition(" ")[0].strip(",:")
    expected = {right} if right in (*_STATUSES, "refused") else {"wrong_answer"}
    assert _outcome(sandbox, program, test) in expected, row["right"]
