from pathlib import Path

import pytest
from made_run import made_run, product_groups
from typer.testing import CliRunner

from tracelift_groups import Config, RunError, build
from tracelift_groups.cli import app
from tracelift_groups.pipeline.finished import require_finished


@pytest.fixture(scope="module")
def extended(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run to which problems were added that are not through all stages: it has groups, but not all."""
    run = tmp_path_factory.mktemp("runs") / "run"
    build(Config(limit=2, workers=1), run)
    build(Config(limit=4, workers=1), run, upto="perturb")
    return run


def test_a_run_is_finished_when_every_problem_is_and_its_groups_are_exported(extended: Path, tmp_path: Path) -> None:
    build(Config(limit=2, workers=1), tmp_path / "run")
    assert require_finished(tmp_path / "run").group_files()
    with pytest.raises(RunError, match="is not finished: 2 problems have not been through all stages"):
        require_finished(extended)
    for file in (tmp_path / "run" / "groups").iterdir():
        file.unlink()
    with pytest.raises(RunError, match="is not finished: its groups are not exported"):
        require_finished(tmp_path / "run")


def test_a_pulled_run_is_finished(tmp_path: Path) -> None:
    assert require_finished(made_run(tmp_path / "run", train=product_groups(1))).group_files()


@pytest.mark.parametrize(
    "command",
    ["push {} --repo a/b --dry-run", "train-rm {}", "eval-rm {}", "measure-uplift {} --executor exact"],
)
def test_commands_that_need_a_finished_run_refuse_another_and_leave_it_alone(extended: Path, command: str) -> None:
    before = sorted(extended.rglob("*"))
    done = CliRunner().invoke(app, command.format(extended).split())
    assert isinstance(done.exception, RunError)
    assert "2 problems have not been through all stages" in done.exception.what
    assert sorted(extended.rglob("*")) == before
