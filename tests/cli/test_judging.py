"""`annotate --judge` on the command line: what is written and said, and bad input."""

import json
from pathlib import Path
from typing import Any  # JSON

import pytest
from command import run_command
from made_run import product_groups
from model_server import ModelServer, Said

from tracelift_groups.files.group_files import write_groups
from tracelift_groups.records.rubric import load_rubric

GRADE = json.dumps({name: {"evidence": "", "reason": "Fine.", "score": 7} for name in load_rubric("math").names})
ROWS = [{"problem": "2 + 2?", "answer": "4", "trace": text} for text in ("It is 2 + 2 = 4.", "It is 5.")]


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACELIFT_CACHE", str(tmp_path / "calls"))
    for name in ("OPENAI_API_KEY", "TRACELIFT_API_KEY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def traces(tmp_path: Path) -> Path:
    path = tmp_path / "traces.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    return path


def fails_for_five(body: dict[str, Any], _: int) -> Said:
    return Said("" if "It is 5." in body["messages"][-1]["content"] else GRADE)


def test_scores_go_to_the_file_and_a_missing_judgement_to_stderr_and_the_exit_code(
    traces: Path, tmp_path: Path
) -> None:
    out = tmp_path / "scored.jsonl"
    with ModelServer(fails_for_five).serving() as server:
        done = run_command("annotate", traces, "--judge", server.spec, "--out", out)
    assert (done.code, done.out) == (1, "1 traces judged, 1 missing; 2 calls.\n")
    assert done.err == "Judgements that failed: 1 empty. They are missing, not zero.\n"
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    assert rows[0]["annotation"]["mean"] == 7.0
    assert rows[1] == ROWS[1]


def test_without_an_output_file_rows_go_to_stdout_and_the_summary_to_stderr(traces: Path) -> None:
    with ModelServer(lambda *_: Said(GRADE)).serving() as server:
        done = run_command("annotate", traces, "--annotator", "judge", "--judge", server.spec, "--samples", 2, "--json")
    assert done.code == 0
    assert {"judged": 2, "kept": 0, "missing": 0, "calls": 4, "rows": 2}.items() <= json.loads(done.err).items()


def test_groups_on_another_rubric_are_left_out_unless_one_is_named_and_nothing_is_paid(tmp_path: Path) -> None:
    path, out = tmp_path / "groups.jsonl", tmp_path / "judged.jsonl"
    write_groups(product_groups(1), path)
    path.write_text(path.read_text().replace("step_coherence", "clarity"))
    with ModelServer(lambda *_: Said(GRADE)).serving() as server:
        done = run_command("annotate", path, "--judge", server.spec, "--out", out)
        assert (done.code, server.calls) == (1, 0)
        assert 'groups.jsonl:1: Group eggs-000 is scored on "clarity", which rubric "math" does not have.' in done.err
        done = run_command("annotate", path, "--judge", server.spec, "--rubric", "math", "--out", out)
    assert (done.code, server.calls) == (0, 3)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--annotator", "judge"), "--annotator judge needs --judge MODEL@URL."),
        (("--annotator", "checks", "--judge", "m@http://h"), "--judge is for --annotator judge, not checks."),
        (("--judge", "small"), '"small" is not MODEL@URL.'),
        (("--judge", "small@http://127.0.0.1:9"), "No server answers at http://127.0.0.1:9/v1"),
        (("--judge", "small@http://h", "--samples", "0"), "samples"),
        (("--judge", "small@http://h", "--rubric", "maths"), 'No rubric named "maths".'),
    ],
)
def test_bad_input_is_one_sentence_and_leaves_no_file(
    traces: Path, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    out = tmp_path / "scored.jsonl"
    out.write_text("mine\n")
    done = run_command("annotate", traces, *arguments, "--out", out)
    assert done.code == 2
    assert said in done.err
    assert out.read_text() == "mine\n"


def test_a_file_that_is_not_there_is_one_sentence_and_pays_nothing(tmp_path: Path) -> None:
    with ModelServer(lambda *_: Said(GRADE)).serving() as server:
        done = run_command("annotate", tmp_path / "missing.jsonl", "--judge", server.spec)
    assert (done.code, server.calls) == (2, 0)
    assert "missing.jsonl" in done.err


def test_a_build_can_not_name_the_judge(tmp_path: Path) -> None:
    done = run_command("build", "--out", tmp_path / "run", "--annotator", "judge", "--limit", 1, "--workers", 1)
    assert done.code == 2
    assert 'No annotator named "judge".' in done.err
