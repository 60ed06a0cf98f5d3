import json
from dataclasses import replace
from pathlib import Path

import pytest
from made_run import made_run, product_groups
from tiny_backbone import tiny_backbone
from tracelift_groups.trainers.reward_model import Config, train
from typer.testing import CliRunner

from tracelift_groups import ConfigError, RecordError, RewardModel, RunError
from tracelift_groups.cli import app
from tracelift_groups.reward_model.text import reward_text

pytest.importorskip("torch", reason="needs torch (extra train)")
pytest.importorskip("transformers", reason="needs transformers (extra train)")

GROUPS = product_groups(20)
TEXTS = [reward_text(g.problem, c.reasoning, domain="math", task_type="math") for g in GROUPS for c in g.candidates]


@pytest.fixture(scope="module")
def backbone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_backbone(tmp_path_factory.mktemp("model") / "tiny", TEXTS, num_hidden_layers=1)


@pytest.fixture(scope="module")
def config(backbone: Path, tmp_path_factory: pytest.TempPathFactory) -> Config:
    folder = tmp_path_factory.mktemp("runs")
    run = made_run(folder / "run", train=GROUPS)
    return Config(run, str(backbone), folder / "rm", learning_rate=3e-3, groups_per_step=2)


def test_a_tiny_model_learns_twenty_groups_by_heart(config: Config) -> None:
    trained = train(replace(config, epochs=40))
    assert trained.groups == {"train": 20, "dev": 0}
    assert trained.epochs[-1].loss < trained.epochs[0].loss / 4
    model = RewardModel.load(trained.path)
    for group in GROUPS:
        best, *others = model.score(group.problem, [c.reasoning for c in group.candidates], task_type="math")
        assert best is not None
        assert all(other is not None and other.total < best.total for other in others)
        assert best.dimensions["calculation_correctness"] > 0.5
    log = json.loads((trained.path / "training.json").read_text())
    assert len(log["epochs"]) == 40
    assert log["config"]["seed"] == 0
    assert log["config"]["model"] == "tiny"
    # A checkpoint is for others as well: they have none of our folders.
    told = [path for path in trained.path.glob("*.json*") if str(config.run.parent.parent) in path.read_text("utf-8")]
    assert told == []


def test_the_same_seed_gives_the_same_losses_and_another_one_others(config: Config, tmp_path: Path) -> None:
    first, again, other = (
        train(replace(config, epochs=1, seed=seed, out=tmp_path / name))
        for seed, name in ((3, "first"), (3, "again"), (4, "other"))
    )
    assert first.epochs == again.epochs
    assert first.epochs != other.epochs


def test_the_epoch_that_ranks_dev_best_is_kept_and_training_stops_early(
    config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = made_run(tmp_path / "run", train=GROUPS[:4], dev=product_groups(2, start=20))
    accuracies = iter([0.5, 0.9, 0.7, 0.6, 1.0])
    monkeypatch.setattr("tracelift_groups.trainers.reward_model._pair_accuracy", lambda *_: next(accuracies))
    trained = train(replace(config, run=run, out=tmp_path / "rm", epochs=9))
    assert [epoch.dev_pair for epoch in trained.epochs] == [0.5, 0.9, 0.7, 0.6]
    assert trained.kept == 1
    assert len(json.loads((tmp_path / "rm" / "training.json").read_text())["epochs"]) == 2


def test_texts_that_do_not_fit_are_counted(config: Config, tmp_path: Path) -> None:
    trained = train(replace(config, epochs=1, max_length=58, out=tmp_path / "rm"))
    assert trained.cut > 0
    with pytest.raises(RecordError, match="that fit 16 tokens"):
        train(replace(config, epochs=1, max_length=16, out=tmp_path / "none"))
    assert not (tmp_path / "none").exists()


def test_a_run_of_two_domains_needs_one_named(config: Config, tmp_path: Path) -> None:
    run = made_run(tmp_path / "run", train=GROUPS[:2])
    (run / "groups" / "code_train.jsonl").write_text("")
    if not _has_code_rubric():
        pytest.skip("there is no rubric of code yet")
    with pytest.raises(ConfigError, match="has groups of math and code"):
        train(replace(config, run=run, out=tmp_path / "rm", epochs=1))
    assert train(replace(config, run=run, out=tmp_path / "rm", epochs=1, domain="math")).groups["train"] == 2


def _has_code_rubric() -> bool:
    from tracelift_groups.records.rubric import rubric_names

    return "code" in rubric_names()


@pytest.mark.parametrize(
    ("change", "error", "what"),
    [
        ({"model": "/nowhere/model"}, ConfigError, "There is no model"),
        ({"domain": "code"}, ConfigError, 'has no groups of domain "code"'),
        ({"run": Path("/nowhere")}, RunError, "is not a run folder"),
    ],
)
def test_what_can_not_be_used_is_one_sentence(
    config: Config, tmp_path: Path, change: dict[str, object], error: type[Exception], what: str
) -> None:
    with pytest.raises(error, match=what):
        train(replace(config, out=tmp_path / "rm", **change))  # type: ignore[arg-type]  # fields of different types
    assert list(tmp_path.iterdir()) == []


def test_a_model_without_a_tokenizer_is_one_sentence(config: Config, tmp_path: Path) -> None:
    folder = tiny_backbone(tmp_path / "model", num_hidden_layers=1)
    for file in ("tokenizer.json", "tokenizer_config.json"):
        (folder / file).unlink()
    with pytest.raises(ConfigError, match="has no tokenizer") as error:
        train(replace(config, model=str(folder), out=tmp_path / "rm"))
    assert len(str(error.value).splitlines()) == 1
    assert not (tmp_path / "rm").exists()


def test_the_command_prints_each_epoch_and_the_place(config: Config) -> None:
    arguments = ["train-rm", str(config.run), "--model", config.model, "--epochs", "1", "--learning-rate", "0.003"]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("epoch 1: loss ")
    assert f"Fitted on 20 train groups. Reward model in {config.run}/reward_model/tiny\n" in result.stdout
