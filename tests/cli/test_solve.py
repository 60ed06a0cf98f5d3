"""`solve` against a scripted server: what is printed, and what the exit code says."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from model_server import ModelServer, Said, saying

MAIN = "from tracelift_groups.cli import main; main()"


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer(saying('{"answer": "337"}')).serving() as running:
        yield running


def solve(folder: Path, *arguments: object, **environment: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-W", "error", "-c", MAIN, "solve", *map(str, arguments)]
    env = os.environ | {"TRACELIFT_CACHE": str(folder / "calls"), "NO_COLOR": "1"} | environment
    return subprocess.run(command, capture_output=True, text=True, timeout=60, env=env)


def test_the_answer_to_a_seed_is_printed_and_compared(tmp_path: Path, server: ModelServer) -> None:
    done = solve(tmp_path, "bundled-math-0001", "--seeds", "bundled", "--executor", server.spec)
    assert (done.returncode, done.stdout, done.stderr) == (0, "337\n", "right\n")
    other = solve(tmp_path, "bundled-math-0002", "--seeds", "bundled", "--executor", server.spec)
    assert (other.returncode, other.stderr) == (1, "wrong\n")


def test_a_problem_given_as_text_follows_the_trace_and_is_compared_only_with_a_given_answer(
    tmp_path: Path, server: ModelServer
) -> None:
    trace = tmp_path / "trace.txt"
    trace.write_text("Add 300 and 37.\n")
    done = solve(tmp_path, "How many?", "--trace", trace, "--executor", server.spec)
    assert (done.returncode, done.stdout, done.stderr) == (0, "337\n", "No answer to compare with.\n")
    assert "Add 300 and 37." in server.asked[0]["messages"][-1]["content"]
    done = solve(tmp_path, "How many?", "--answer", "336", "--executor", server.spec, "--json")
    assert done.returncode == 1
    row = json.loads(done.stdout)
    assert (row["artifact"], row["right"], row["failure"]) == ("337", False, "")
    assert row["executor"] == "small temperature=0 executor_math/1 executor_code/1"


def test_the_same_question_is_paid_once(tmp_path: Path, server: ModelServer) -> None:
    for _ in range(2):
        solve(tmp_path, "How many?", "--executor", server.spec)
    assert server.calls == 1


def test_a_program_is_printed_and_run_on_the_tests_of_its_seed(tmp_path: Path) -> None:
    seed = {
        "problem_id": "twice", "domain": "code", "source": "test", "task_type": "code", "entry_point": "twice",
        "problem": "Return twice the argument.", "tests": [{"assertion": "assert twice(4) == 8"}],
    }  # fmt: skip
    (tmp_path / "seeds.jsonl").write_text(json.dumps(seed) + "\n")
    for factor, code, verdict in ((2, 0, "right\n"), (3, 1, "wrong\n")):
        program = f"def twice(n):\n    return {factor} * n\n"
        with ModelServer(saying(f"```python\n{program}```")).serving() as server:
            done = solve(
                tmp_path / str(factor), "twice", "--seeds", f"file:{tmp_path}/seeds.jsonl", "--executor", server.spec
            )
        if "isolat" in done.stderr:
            pytest.skip("programs can't be isolated here")
        assert (done.returncode, done.stdout, done.stderr) == (code, program, verdict)


def test_no_artifact_is_said_by_name_and_is_not_a_wrong_one(tmp_path: Path) -> None:
    with ModelServer(lambda *_: Said("I think", finish_reason="length")).serving() as server:
        done = solve(tmp_path, "How many?", "--answer", "3", "--executor", server.spec)
    assert (done.returncode, done.stdout, done.stderr) == (3, "", "There is no answer: cut off.\n")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"executor": "small"}, '"small" is not MODEL@URL.'),
        ({"executor": "small@http://127.0.0.1:9/v1"}, "No server answers at http://127.0.0.1:9/v1"),
        ({"executor": "smal"}, 'has no model "smal".'),
        ({"trace": "missing.txt"}, "missing.txt can't be read"),
        ({"seeds": "bundled"}, 'bundled has no problem "How many?".'),
        ({"domain": "poetry"}, 'Domain "poetry" is unknown.'),
    ],
)
def test_bad_input_is_one_sentence_and_pays_nothing(
    tmp_path: Path, server: ModelServer, change: dict[str, str], said: str
) -> None:
    options = {"executor": server.spec} | change
    if options["executor"] == "smal":
        options["executor"] = f"smal@{server.url}"
    done = solve(tmp_path, "How many?", *(part for name, value in options.items() for part in (f"--{name}", value)))
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert server.calls == (1 if change.get("executor") == "smal" else 0)


def test_a_wrong_key_is_one_sentence_and_the_key_is_nowhere(tmp_path: Path) -> None:
    with ModelServer(saying("x"), key="right").serving() as server:
        done = solve(tmp_path, "How many?", "--executor", server.spec, OPENAI_API_KEY="not-the-right-one")
    assert done.returncode == 2
    assert "refuses the key (401)." in done.stderr
    assert "not-the-right-one" not in done.stderr + done.stdout
    assert not [file for file in tmp_path.iterdir() if b"not-the-right-one" in file.read_bytes()]
