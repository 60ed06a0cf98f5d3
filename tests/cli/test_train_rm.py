from pathlib import Path

import orjson
import pytest
from small_run import built
from typer.testing import CliRunner

from tracelift_groups import RewardModel, TraceliftError
from tracelift_groups.cli import app


def test_it_says_what_the_model_was_fitted_on_and_where_it_is(tmp_path: Path) -> None:
    run = built(tmp_path / "run")
    result = CliRunner().invoke(app, ["train-rm", str(run)])
    assert result.exit_code == 0
    assert f"Reward model in {run}/reward_model/linear\n" in result.stdout
    assert result.stdout.startswith("math: fitted on ")
    shown = CliRunner().invoke(app, ["train-rm", str(run), "--out", str(tmp_path / "rm"), "--json"])
    row = orjson.loads(shown.stdout)
    assert row["path"] == str(tmp_path / "rm")
    assert row["groups"]["math"]["train"] >= 5
    assert RewardModel.load(row["path"]).score("1 + 1?", ["1 + 1 = 2"])[0] is not None


def test_a_folder_that_is_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TraceliftError, match="is not a run folder"):
        CliRunner().invoke(app, ["train-rm", str(tmp_path)], catch_exceptions=False)
    assert list(tmp_path.iterdir()) == []
