"""generate --teacher against a scripted server: what is kept, what is dropped, what can be tried again."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any  # JSON

import pytest
from command import Ended, run_command
from model_server import ModelServer, Said

MAIN = "from tracelift_groups.cli import main; main()"
RIGHT = "He has 3 * 12 = 36 pens.\nAfter giving away 9, he has 36 - 9 = 27 pens left."
PROBLEM = "Tom has 3 boxes of 12 pens and gives away 9. How many pens are left?"


def seed_file(folder: Path, count: int = 1, solution: str | None = None) -> str:
    rows = [
        {"problem_id": f"p{n}", "domain": "math", "source": "test", "task_type": "math", "problem": f"{PROBLEM} ({n})",
         "answer": "27"} | ({"solution": solution} if solution else {})
        for n in range(count)
    ]  # fmt: skip
    (folder / "seeds.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return f"file:{folder}/seeds.jsonl"


def written(reasoning: str, answer: object) -> str:
    return json.dumps({"reasoning": reasoning, "answer": answer})


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACELIFT_CACHE", str(tmp_path / "calls"))


def generate(folder: Path, server: ModelServer, *more: object, seeds: str = "") -> Ended:
    given = (seeds or seed_file(folder), "--out", folder / "run", "--workers", 1, "--teacher", server.spec)
    return run_command("generate", *given, *more)


def finish(folder: Path, *more: object) -> list[dict[str, Any]]:
    """The groups of the run, after the remaining stages."""
    done = run_command("build", "--out", folder / "run", "--workers", 1, "--min-negatives", 1, *more)
    assert done.code == 0, done.err
    return [json.loads(line) for file in (folder / "run").glob("groups/*") for line in file.read_text().splitlines()]


def rejected(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "run" / "rejected.jsonl").read_text().splitlines()]


def in_turn(*answers: str | Said) -> Callable[[dict[str, Any], int], Said]:
    """Answers by the sample that a request asks for, which the client sends as its seed."""

    def script(body: dict[str, Any], _: int) -> Said:
        answer = answers[body["seed"]]
        return answer if isinstance(answer, Said) else Said(answer)

    return script


def test_candidates_whose_answer_and_calculations_verify_are_kept_without_their_artifact(tmp_path: Path) -> None:
    answers = in_turn(
        written(f"{RIGHT}\nSo the answer is \\boxed{{27}}.\n#### 27", "27"),
        written("He has 3 * 12 = 36 pens, so 36 - 9 = 28 are left.", "28"),
        written("He has 3 * 12 = 37 pens.\nSo 36 - 9 = 27 are left.", 27),
        written(f"{RIGHT}\nSo the answer is 27.", "$27$"),
    )
    with ModelServer(answers).serving() as server:
        done = generate(tmp_path, server)
        assert (done.code, server.calls) == (0, 4), done.err
        (group,) = finish(tmp_path, "--teacher", server.spec)
    assert "generate        1 done" in done.out
    (positive,) = group["positive_pool"]  # the first and the last candidate say the same
    assert positive["reasoning"] == f"{RIGHT}\nSo the answer is 27."
    made = positive["metadata"]["provenance"]
    assert made.pop("version")
    assert made == {"engine": "teacher", "model": "small", "temperature": 0.7, "prompt": "teacher_math/1", "sample": 0}
    assert server.url not in (tmp_path / "run" / "build.yaml").read_text()
    drops = {drop["rule"]: drop for drop in rejected(tmp_path) if drop["stage"] == "generate"}
    assert drops.keys() == {"wrong-answer", "gold-false-claim"}
    assert "28, not 27" in drops["wrong-answer"]["reason"]
    assert drops["gold-false-claim"]["provenance"]["sample"] == 2


def test_a_seed_with_a_worked_solution_asks_no_teacher(tmp_path: Path) -> None:
    with ModelServer(in_turn("")).serving() as server:
        done = generate(tmp_path, server, seeds=seed_file(tmp_path, solution=RIGHT))
    assert (done.code, server.calls) == (0, 0)


def test_a_seed_without_a_right_candidate_is_rejected(tmp_path: Path) -> None:
    with ModelServer(in_turn(*[written("It is 3 * 12 = 36.", "36")] * 2)).serving() as server:
        done = generate(tmp_path, server, "--teacher-candidates", 2)
    assert done.code == 0
    assert "1 rejected" in done.out
    assert [drop["rule"] for drop in rejected(tmp_path)] == ["wrong-answer"] * 2


@pytest.mark.parametrize(
    ("failing", "rule"),
    [
        (Said("{", finish_reason="length"), "teacher-cut-off"),
        (Said("", finish_reason="content_filter"), "teacher-refused"),
        (Said("I'd rather not."), "teacher-unparsable"),
        (Said("too long", status=400), "teacher-rejected"),
    ],
)
def test_failed_calls_leave_the_seed_failed_and_not_rejected(tmp_path: Path, failing: Said, rule: str) -> None:
    wrong = written("It is 3 * 12 = 36.", "36")
    with ModelServer(in_turn(wrong, failing)).serving() as server:
        done = generate(tmp_path, server, "--teacher-candidates", 2)
    assert done.code == 1
    assert "1 failed" in done.out
    assert {drop["rule"] for drop in rejected(tmp_path)} == {"wrong-answer", rule}


def test_a_failed_seed_can_be_tried_again_and_only_the_failed_call_is_paid(tmp_path: Path) -> None:
    wrong = written("It is 3 * 12 = 36.", "36")
    with ModelServer(in_turn(wrong, Said("no", status=400))).serving() as server:
        generate(tmp_path, server, "--teacher-candidates", 2)
    with ModelServer(in_turn(wrong, written(RIGHT, "27"))).serving() as server:
        done = generate(tmp_path, server, "--teacher-candidates", 2, "--retry-failed")
    assert (done.code, server.calls) == (0, 1), done.err
    assert "1 done" in done.out


def test_a_teacher_that_is_killed_twice_pays_no_call_twice(tmp_path: Path) -> None:
    kills, answered, ending = {5, 11}, [], False

    def script(body: dict[str, Any], _: int) -> Said:
        nonlocal ending
        if not ending and len(answered) in kills:
            kills.remove(len(answered))
            ending = True  # no answer is sent from now on, so none is under way when the processes are killed
            time.sleep(0.3)
            os.killpg(process.pid, signal.SIGKILL)
        if ending:
            return Said(drop=True)
        answered.append(json.dumps(body))
        return Said(written(RIGHT, "27"))

    server, seeds = ModelServer(script), seed_file(tmp_path, 6)
    with server.serving():
        for end in (-signal.SIGKILL, -signal.SIGKILL, 0):
            ending = False
            process = subprocess.Popen(
                [
                    sys.executable,
                    "-c",
                    MAIN,
                    "generate",
                    seeds,
                    "--out",
                    str(tmp_path / "run"),
                    "--teacher",
                    server.spec,
                ],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
            assert process.wait(120) == end
    assert len(answered) == len(set(answered)) == 6 * 4


@pytest.mark.parametrize("spec", ["small", "small@http://127.0.0.1:9/v1"])
def test_a_teacher_that_can_not_be_called_is_one_sentence(tmp_path: Path, spec: str) -> None:
    done = run_command("generate", seed_file(tmp_path), "--out", tmp_path / "run", "--teacher", spec)
    assert done.code == 2
    assert done.err.startswith("Error: ")
    assert "Traceback" not in done.err


def test_another_server_of_the_same_model_goes_on_and_another_model_is_refused(tmp_path: Path) -> None:
    right = [written(RIGHT, "27")] * 4
    for models, code in ((("small",), 0), (("small",), 0), (("large",), 2)):
        with ModelServer(in_turn(*right), models=models).serving() as server:
            done = generate(tmp_path, server)
        assert done.code == code, done.err
    assert 'teacher: "small" → "large"' in done.err
