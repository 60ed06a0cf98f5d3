import json
from pathlib import Path

import pytest
from small_run import built
from typer.testing import CliRunner

from tracelift_groups import RunError, SourceError
from tracelift_groups.cli import app
from tracelift_groups.reward_model.train_linear import train_linear

ROW = {"problem": "A crate holds 36 eggs. How many eggs do 14 crates hold?", "trace": "14 * 36 = 504 eggs."}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(train_linear(built(tmp_path_factory.mktemp("runs") / "run"), workers=1).path)


def test_rows_go_to_stdout_and_the_summary_to_stderr(model: str, tmp_path: Path) -> None:
    path = tmp_path / "traces.jsonl"
    path.write_text(json.dumps(ROW) + "\n")
    result = CliRunner().invoke(app, ["score", model, str(path)])
    assert result.exit_code == 0
    assert 0 < json.loads(result.stdout)["reward"]["total_score"] < 1
    assert result.stderr == "1 rows, 1 traces scored.\n"


def test_a_row_without_a_score_is_in_the_file_and_in_the_exit_code(model: str, tmp_path: Path) -> None:
    path, out = tmp_path / "traces.jsonl", tmp_path / "scored.jsonl"
    path.write_text(json.dumps(ROW) + "\n" + json.dumps(ROW | {"trace": ""}) + "\n")
    result = CliRunner().invoke(app, ["score", model, str(path), "--out", str(out)])
    assert result.exit_code == 1
    assert result.stdout == "2 rows, 1 traces scored, 1 without a score.\n"
    assert result.stderr == "The first without a score: traces.jsonl:2: The trace is empty.\n"
    assert [json.loads(line)["reward"] is None for line in out.read_text().splitlines()] == [False, True]


def test_a_wrong_path_writes_nothing(model: str, tmp_path: Path) -> None:
    out = tmp_path / "scored.jsonl"
    out.write_text("mine\n")
    with pytest.raises(SourceError, match="There is no file"):
        CliRunner().invoke(app, ["score", model, "none.jsonl", "--out", str(out)], catch_exceptions=False)
    with pytest.raises(RunError, match="holds no reward model"):
        CliRunner().invoke(app, ["score", str(tmp_path), str(out)], catch_exceptions=False)
    assert out.read_text() == "mine\n"
