"""`solve` against a scripted server: what is printed, and what the exit code says."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from command import Ended, run_command
from model_server import ModelServer, Said, saying


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer(saying('{"answer": "337"}')).serving() as running:
        yield running


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACELIFT_CACHE", str(tmp_path / "calls"))
    for name in ("OPENAI_API_KEY", "TRACELIFT_API_KEY"):
        monkeypatch.delenv(name, raising=False)


def solve(*arguments: object) -> Ended:
    return run_command("solve", *arguments)


def test_the_answer_to_a_seed_is_printed_and_compared(server: ModelServer) -> None:
    done = solve("bundled-math-0001", "--seeds", "bundled", "--executor", server.spec)
    assert (done.code, done.out, done.err) == (0, "337\n", "right\n")
    other = solve("bundled-math-0002", "--seeds", "bundled", "--executor", server.spec)
    assert (other.code, other.err) == (1, "wrong\n")


def test_a_problem_given_as_text_follows_the_trace_and_is_compared_only_with_a_given_answer(
    tmp_path: Path, server: ModelServer
) -> None:
    trace = tmp_path / "trace.txt"
    trace.write_text("Add 300 and 37.\n")
    done = solve("How many?", "--trace", trace, "--executor", server.spec)
    assert (done.code, done.out, done.err) == (0, "337\n", "No answer to compare with.\n")
    assert "Add 300 and 37." in server.asked[0]["messages"][-1]["content"]
    done = solve("How many?", "--answer", "336", "--executor", server.spec, "--json")
    assert done.code == 1
    row = json.loads(done.out)
    assert (row["artifact"], row["right"], row["failure"]) == ("337", False, "")
    assert row["executor"] == "small temperature=0 executor_math/1 executor_code/1"


def test_the_embedded_executor_follows_a_trace_without_a_model(tmp_path: Path) -> None:
    trace = tmp_path / "trace.txt"
    trace.write_text("There are 14 * 36 = 504 packets.\n")
    done = solve("bundled-math-0001", "--seeds", "bundled", "--executor", "exact", "--trace", trace)
    assert (done.code, done.out, done.err) == (1, "504\n", "wrong\n")


def test_an_executor_that_comes_to_no_answer_says_so() -> None:
    done = solve("How many eggs are there?", "--executor", "exact")
    assert (done.code, done.out, done.err) == (3, "", "There is no answer: the executor came to none.\n")


@pytest.mark.parametrize(
    ("problem", "said"),
    [("problems.jsonl", "problems.jsonl is not the text of a problem."), (" ", "problem is empty.")],
)
def test_a_file_or_nothing_in_place_of_a_problem_is_refused(server: ModelServer, problem: str, said: str) -> None:
    done = solve(problem, "--executor", server.spec)
    assert (done.code, server.calls) == (2, 0)
    assert said in done.err


def test_the_same_question_is_paid_once(server: ModelServer) -> None:
    for _ in range(2):
        solve("How many?", "--executor", server.spec)
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
                "twice",
                "--cache",
                tmp_path / str(factor),
                "--seeds",
                f"file:{tmp_path}/seeds.jsonl",
                "--executor",
                server.spec,
            )
        if "isolat" in done.err:
            pytest.skip("programs can't be isolated here")
        assert (done.code, done.out, done.err) == (code, program, verdict)


def test_no_artifact_is_said_by_name_and_is_not_a_wrong_one() -> None:
    with ModelServer(lambda *_: Said("I think", finish_reason="length")).serving() as server:
        done = solve("How many?", "--answer", "3", "--executor", server.spec)
    assert (done.code, done.out, done.err) == (3, "", "There is no answer: cut off.\n")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"executor": "small"}, '"small" is not exact, exact:slip=P or MODEL@URL.'),
        ({"executor": "small@http://127.0.0.1:9/v1"}, "No server answers at http://127.0.0.1:9/v1"),
        ({"executor": "smal"}, 'has no model "smal".'),
        ({"trace": "missing.txt"}, "missing.txt can't be read"),
        ({"seeds": "bundled"}, 'bundled has no problem "How many?".'),
        ({"domain": "poetry"}, 'Domain "poetry" is unknown.'),
    ],
)
def test_bad_input_is_one_sentence_and_pays_nothing(server: ModelServer, change: dict[str, str], said: str) -> None:
    options = {"executor": server.spec} | change
    if options["executor"] == "smal":
        options["executor"] = f"smal@{server.url}"
    done = solve("How many?", *(part for name, value in options.items() for part in (f"--{name}", value)))
    assert done.code == 2
    assert said in done.err
    assert "Traceback" not in done.err
    assert server.calls == (1 if change.get("executor") == "smal" else 0)


def test_a_wrong_key_is_one_sentence_and_the_key_is_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "not-the-right-one")
    with ModelServer(saying("x"), key="right").serving() as server:
        done = solve("How many?", "--executor", server.spec)
    assert done.code == 2
    assert "refuses the key (401)." in done.err
    assert "not-the-right-one" not in done.err + done.out
    assert not [file for file in tmp_path.iterdir() if b"not-the-right-one" in file.read_bytes()]
