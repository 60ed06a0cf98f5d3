"""The commands on scripted stages: what they parse, print and exit with."""

from pathlib import Path

import fake_stages
import orjson
import pytest
import typer
from typer.testing import CliRunner, Result

from tracelift_groups.cli import app, progress
from tracelift_groups.errors import RunError
from tracelift_groups.pipeline import build as engine


@pytest.fixture(autouse=True)
def _scripted_stages(monkeypatch: pytest.MonkeyPatch) -> None:
    for function in (engine.build, engine.resume, engine.redo, engine.dry_run):
        defaults = function.__kwdefaults__
        assert defaults is not None
        monkeypatch.setitem(defaults, "pipeline", fake_stages.PIPELINE)


@pytest.fixture
def spec(tmp_path: Path) -> str:
    problems = {"a": "Add.", "b": "Add more.", "c": "untrue"}
    return fake_stages.write_seeds(tmp_path / "seeds.jsonl", problems)


def run(*arguments: str | Path) -> Result:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_build_prints_what_came_out(spec: str, tmp_path: Path) -> None:
    result = run("build", spec, "--out", tmp_path / "run", "--workers", "1")
    assert result.exit_code == 0
    assert "2 math groups (2 train, 0 dev, 0 test, 0 rl)" in result.stdout
    assert "1 rejected or failed" in result.stdout


def test_json_is_the_only_thing_on_stdout(spec: str, tmp_path: Path) -> None:
    result = run("build", spec, "--out", tmp_path / "run", "--workers", "1", "--json")
    row = orjson.loads(result.stdout)
    assert row["groups"] == {"math": {"train": 2, "dev": 0, "test": 0, "rl": 0}}
    assert row["stages"]["seed"] == {"done": 2, "rejected": 1}


def test_flags_win_over_the_file(spec: str, tmp_path: Path) -> None:
    file = tmp_path / "build.yaml"
    file.write_text(f"seeds: [{spec}]\nseed: 3\nmax_negatives: 5\nworkers: 1\n")
    flags = ["--seed", "4", "--kinds", " ", "--splits", "train=0.5,dev=0.5"]
    run("build", "--config", file, "--out", tmp_path / "run", *flags)
    config = engine.recorded_config(tmp_path / "run")
    assert (config.seed, config.max_negatives, config.seeds) == (4, 5, (spec,))
    assert (config.kinds, config.splits["dev"]) == ((), 0.5)


def test_a_run_goes_on_with_its_own_seeds_when_none_are_named(spec: str, tmp_path: Path) -> None:
    run("generate", spec, "--out", tmp_path / "run", "--workers", "1")
    result = run("build", "--out", tmp_path / "run", "--workers", "1", "--json")
    assert orjson.loads(result.stdout)["stages"]["seed"] == {"done": 2, "rejected": 1}


def test_the_stages_one_by_one_make_what_build_makes(spec: str, tmp_path: Path) -> None:
    steps = tmp_path / "steps"
    assert run("generate", spec, "--out", steps, "--workers", "1").exit_code == 0
    assert run("perturb", steps, "--workers", "1").exit_code == 0
    assert run("annotate", steps, "--workers", "1").exit_code == 0
    assert run("build", "--out", steps, "--workers", "1").exit_code == 0
    run("build", spec, "--out", tmp_path / "whole", "--workers", "1")
    assert fake_stages.exported(steps) == fake_stages.exported(tmp_path / "whole")


def test_redo_takes_ids(spec: str, tmp_path: Path) -> None:
    run("build", spec, "--out", tmp_path / "run", "--workers", "1")
    result = run("redo", tmp_path / "run", "a", "c", "--workers", "1", "--json")
    assert orjson.loads(result.stdout)["worked_on"] == 2
    with pytest.raises(RunError, match='has no problem "d"'):
        run("redo", tmp_path / "run", "d")


def test_failed_items_and_a_run_without_groups_exit_with_1(tmp_path: Path) -> None:
    crash = fake_stages.write_seeds(tmp_path / "crash.jsonl", {"a": "Add.", "b": "crash"})
    result = run("build", crash, "--out", tmp_path / "one", "--workers", "1")
    assert result.exit_code == 1
    assert "--retry-failed" in result.stdout
    nothing = fake_stages.write_seeds(tmp_path / "nothing.jsonl", {"a": "untrue"})
    assert run("build", nothing, "--out", tmp_path / "two", "--workers", "1").exit_code == 1


def test_fresh_starts_over(spec: str, tmp_path: Path) -> None:
    run("build", spec, "--out", tmp_path / "run", "--workers", "1")
    with pytest.raises(RunError, match="seed: 0 → 1"):
        run("build", spec, "--out", tmp_path / "run", "--seed", "1")
    assert run("build", spec, "--out", tmp_path / "run", "--seed", "1", "--fresh", "--workers", "1").exit_code == 0


def test_a_dry_run_shows_what_came_out(spec: str) -> None:
    result = run("build", spec, "--dry-run")
    assert result.exit_code == 0
    assert "c: seed rejected\n  dropped in seed: false-gold: The gold is wrong." in result.stdout
    assert "Because of Add. Flaw 0." in result.stdout
    rows = [orjson.loads(line) for line in run("build", spec, "--dry-run", "--json").stdout.splitlines()]
    assert [row["problem_id"] for row in rows] == ["a", "b", "c"]
    assert len(rows[0]["group"]["negative_bank"]) == 6
    assert rows[2]["drops"][0]["rule"] == "false-gold"


def test_an_interrupted_build_says_how_it_goes_on(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as caught, progress.progress_shown("build"):
        raise KeyboardInterrupt
    assert caught.value.exit_code == 130
    assert capsys.readouterr().err == "Stopped. Rerun the same command to resume.\n"
