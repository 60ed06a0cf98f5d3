from pathlib import Path

import pytest
from small_run import built
from typer.testing import CliRunner

from tracelift_groups.cli import app
from tracelift_groups.errors import MissingExtraError, RunError
from tracelift_groups.planner import policy
from tracelift_groups.planner.policy import new_folder


@pytest.mark.parametrize("command", ["train-planner", "eval-planner"])
def test_without_the_extra_one_sentence_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    run = built(tmp_path / "run", limit=2)
    before = sorted(run.rglob("*"))
    monkeypatch.setattr(policy, "find_spec", lambda _: None)
    done = CliRunner().invoke(app, [command, str(run), "--model", "any", "--executor", "exact"])
    assert isinstance(done.exception, MissingExtraError)
    assert 'pip install "tracelift-groups[train]"' in str(done.exception)
    assert sorted(run.rglob("*")) == before


def test_a_folder_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    out = tmp_path / "planner"

    def half() -> None:
        with new_folder(out) as part:
            (part / "config.json").touch()
            raise RuntimeError("stopped")

    with pytest.raises(RuntimeError, match="stopped"):
        half()
    assert list(tmp_path.iterdir()) == []
    with new_folder(out) as part:
        (part / "config.json").touch()
    assert [entry.name for entry in out.iterdir()] == ["config.json"]
    with pytest.raises(RunError, match="is there already"):
        policy.require_new(out)
