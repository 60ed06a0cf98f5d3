import json
from pathlib import Path

import orjson
import pytest
from small_run import built
from typer.testing import CliRunner

from tracelift_groups import read_groups
from tracelift_groups.cli import app
from tracelift_groups.reward_model.train_linear import train_linear


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    run = built(tmp_path_factory.mktemp("runs") / "run", limit=40)
    train_linear(run, workers=1)
    return run


def test_the_model_stands_beside_its_baselines_and_kinds(run: Path) -> None:
    shown = CliRunner().invoke(app, ["eval-rm", str(run)]).stdout
    for words in ("test groups, math: % ranked right", "reward model", "longer", "shorter", "problem alone (a coin)"):
        assert words in shown
    assert "answer-preserving" in shown
    assert "Traces of other files" not in shown


def test_json_has_everything_and_a_file_adds_its_figures(run: Path, tmp_path: Path) -> None:
    path = tmp_path / "traces.jsonl"
    group = next(iter(read_groups(run / "groups" / "math_test.jsonl")))
    rows = [
        {"problem": group.problem, "trace": c.reasoning, "is_correct": c.label == "positive"} for c in group.candidates
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    arguments = ["eval-rm", str(run), "--file", str(path)]
    row = orjson.loads(CliRunner().invoke(app, [*arguments, "--json"]).stdout)
    assert row["traces"][0]["right"] == 1
    assert 0 <= row["traces"][0]["auroc"] <= 1
    assert "traces.jsonl" in CliRunner().invoke(app, arguments).stdout
