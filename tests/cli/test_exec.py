"""`exec` and `doctor` on the command line."""

import json
from dataclasses import fields
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tracelift_groups import doctor
from tracelift_groups.cli import app
from tracelift_groups.doctor import Diagnosis, checkup
from tracelift_groups.errors import ConfigError, SandboxError
from tracelift_groups.sandbox.host.limits import Limits
from tracelift_groups.sandbox.host.sandbox import Sandbox, best_tier
from tracelift_groups.sandbox.host.verdict import Verdict

needs_sandbox = pytest.mark.skipif(best_tier()[0] not in ("A", "B"), reason="programs can't be isolated here")


def run(tmp_path: Path, program: str, tests: str, *options: str):  # type: ignore[no-untyped-def]  # click's result
    (tmp_path / "program.py").write_bytes(program.encode("utf-8", "surrogateescape"))
    (tmp_path / "tests.jsonl").write_text(tests)
    command = ["exec", str(tmp_path / "program.py"), "--tests", str(tmp_path / "tests.jsonl"), *options]
    return CliRunner().invoke(app, command)


TWO = '{"input": "1 2", "output": "3"}\n{"input": "5 5", "output": "10"}\n'


@needs_sandbox
def test_every_test_is_a_line_and_the_exit_code_says_whether_all_passed(tmp_path: Path) -> None:
    right = run(tmp_path, "print(sum(map(int, input().split())))", TWO)
    assert right.exit_code == 0
    assert right.output.splitlines()[:2] == ["1 pass", "2 pass"]
    assert right.output.splitlines()[2].startswith("2 of 2 tests passed (isolation tier ")
    wrong = run(tmp_path, "print(3)", TWO)
    assert wrong.exit_code == 1
    assert "2 wrong_answer: line 1 is 3, not 10" in wrong.output


@needs_sandbox
def test_json_holds_tier_and_verdicts(tmp_path: Path) -> None:
    result = run(
        tmp_path, "def add(a, b): return a + b", '{"args": [1, 2], "expected": 3}\n', "--entry-point", "add", "--json"
    )
    found = json.loads(result.output)
    assert found["tier"] in ("A", "B")
    assert found["verdicts"][0]["status"] == "pass"


@needs_sandbox
def test_a_program_that_is_no_text_does_not_compile(tmp_path: Path) -> None:
    assert "1 compile_error" in run(tmp_path, "print('\udcff')", TWO).output


@needs_sandbox
def test_a_broken_test_is_no_verdict_on_the_program(tmp_path: Path) -> None:
    assert run(tmp_path, "f = abs", '{"assertion": "assert g(1)"}\n', "--entry-point", "f").exit_code == 3


@needs_sandbox
def test_a_test_that_can_not_be_carried_out_is_no_verdict_on_the_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    verdicts = [Verdict("pass", "A"), Verdict("untestable", "A", "a generator can't be copied")]
    monkeypatch.setattr(Sandbox, "run", lambda *_, **__: verdicts)
    result = run(tmp_path, "", TWO)
    assert result.exit_code == 3
    assert "2 untestable: a generator can't be copied" in result.output


@needs_sandbox
def test_nothing_of_a_program_reaches_the_terminal_unescaped(tmp_path: Path) -> None:
    program = r"import sys; print('\x1b[31m2 pass\u202e'); sys.stderr.buffer.write(b'\x9b\xff')"
    for options in ([], ["--json"]):
        output = run(tmp_path, program, TWO, *options).output
        assert "\\x1b[31m2 pass\\u202e" in json.loads(output)["verdicts"][0]["why"] if options else output
        assert not set(output) & set("\x1b\x9b\u202e")


@needs_sandbox
@pytest.mark.parametrize("code", ["f(1) == 2", "assert (f(1) == 2, 2)", "", "def check(g):\\n    assert g(1) == 2"])
def test_a_test_that_tests_nothing_is_refused_with_its_place(tmp_path: Path, code: str) -> None:
    tests = f'{{"assertion": "assert f(1) == 2"}}\n\n{{"assertion": "{code}"}}\n'
    error = run(tmp_path, "def f(x): return 2", tests, "--entry-point", "f").exception
    assert isinstance(error, SandboxError)
    assert error.what == "tests.jsonl:3: The test passes whatever f returns."


@needs_sandbox
def test_every_limit_is_an_option(tmp_path: Path) -> None:
    program = (
        "import time\nfor _ in range(10**5): pass\nprint('x' * 2 * 2**20)\nx = bytearray(200 * 2**20)\ntime.sleep(5)"
    )
    for option, value, status in [
        ("--lines", "1000", "timeout: executed more than 1000 lines"),
        ("--output-mib", "1", "output_limit"),
        ("--memory-mib", "64", "memory_limit: needed more than 64 MiB"),
        ("--wall-seconds", "0.5", "timeout: did not end in 0.5 seconds"),
    ]:
        assert f"1 {status}" in run(tmp_path, program, TWO, "--stop-at-first-failure", option, value).output
    defaults = {field.name: str(field.default) for field in fields(Limits)}
    assert len(defaults) == 7
    text = " ".join(CliRunner().invoke(app, ["exec", "--help"]).output.split())
    for name, default in defaults.items():
        option = f"--{name.replace('_', '-')} "
        assert option in text
        assert default == "None" or f"[default: {default}]" in text.partition(option)[2][:120]


@pytest.mark.parametrize(("option", "value"), [("--cpu-seconds", "nan"), ("--memory-mib", "0"), ("--threads", "-1")])
def test_a_bad_limit_is_refused_by_name(tmp_path: Path, option: str, value: str) -> None:
    error = run(tmp_path, "", TWO, option, value).exception
    assert isinstance(error, ConfigError)
    assert f"The limit {option[2:].replace('-', '_')} is {value}." in error.what


@needs_sandbox
def test_the_first_failure_can_end_the_run(tmp_path: Path) -> None:
    tests = TWO + '{"input": "1 1", "output": "2"}\n'
    result = run(tmp_path, "print(3)", tests, "--stop-at-first-failure")
    assert result.exit_code == 1
    assert [line.split(" (")[0] for line in result.output.splitlines()] == [
        "1 pass",
        "2 wrong_answer: line 1 is 3, not 10",
        "1 of 3 tests passed, 1 not run",
    ]


def test_a_missing_file_and_a_bad_test_are_one_sentence(tmp_path: Path) -> None:
    bad = run(tmp_path, "", '{"input": "1"}\n').exception
    assert isinstance(bad, SandboxError)
    assert bad.what.startswith("tests.jsonl:1: A test has neither")
    (tmp_path / "tests.jsonl").write_text(TWO)
    missing = CliRunner().invoke(app, ["exec", str(tmp_path / "none.py"), "--tests", str(tmp_path / "tests.jsonl")])
    assert isinstance(missing.exception, SandboxError)
    assert "none.py can't be read" in missing.exception.what


def test_doctor_says_the_tier_and_the_room_on_the_disk() -> None:
    result = CliRunner().invoke(app, ["doctor", "--json"])
    found = {row["subject"]: row for row in json.loads(result.output)}
    assert set(found) == {"sandbox", "disk"}
    assert found["sandbox"]["words"].startswith(("tier ", "no tier"))
    assert result.exit_code == any(row["state"] == "missing" for row in found.values())


@pytest.mark.parametrize(
    ("tier", "state", "words"),
    [
        ("A", "ok", "tier A, full isolation, as root"),
        ("B", "ok", "tier B, full isolation, in a user namespace; not tier A: not run as root"),
        ("C", "weak", "not tier B: switched off"),
        ("D", "missing", "NO isolation"),
        (None, "missing", "no tier available"),
    ],
)
def test_why_a_better_tier_is_not_there(
    monkeypatch: pytest.MonkeyPatch, tier: str | None, state: str, words: str
) -> None:
    reasons = {"A": "not run as root", "B": "switched off", "C": "no Landlock", "D": "the sandbox needs Linux"}
    better = {name: why for name, why in reasons.items() if tier is None or name < tier}
    monkeypatch.setattr("tracelift_groups.sandbox.host.sandbox.best_tier", lambda: (tier, better))
    found = doctor.sandbox()
    assert found.state == state
    assert words in found.words
    assert bool(found.todo) == (state != "ok")


def test_a_missing_subject_is_exit_code_one_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_CHECKS", (lambda: Diagnosis("moon", "missing", "it is gone", "Wait for it."),))
    result = CliRunner().invoke(app, ["doctor"])
    assert result.exit_code == 1
    assert result.output == "moon     missing  it is gone\n                  Wait for it.\n"
    assert len(checkup()) == 1
