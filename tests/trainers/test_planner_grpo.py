import json
import math
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from failing_executor import FailingExecutor
from small_run import built
from tiny_planner import tiny_planner
from tracelift_groups.trainers import planner_grpo
from tracelift_groups.trainers.planner_grpo import Config, TrainedPlanner, train

from tracelift_groups.errors import ConfigError, InfrastructureError, RunError
from tracelift_groups.files.group_files import read_groups
from tracelift_groups.planner.prompt import _ASKED
from tracelift_groups.records.group_seed import seed_of

torch = pytest.importorskip("torch", reason="needs torch (extra train)")
pytest.importorskip("trl", reason="needs trl (extra train)")
pytestmark = pytest.mark.filterwarnings("default")  # warnings of torch, transformers and trl


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> Iterator[None]:
    """Several threads on so small a model wait for one another most of the time."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("runs") / "run", limit=16)


@pytest.fixture(scope="module")
def model(run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    groups = [group for file in (run / "groups").glob("*.jsonl") for group in read_groups(file)]
    texts = [text for group in groups for text in (group.problem, *(c.reasoning for c in group.candidates))]
    return tiny_planner(tmp_path_factory.mktemp("models") / "tiny", [_ASKED, *texts])


@pytest.fixture(scope="module")
def warm(run: Path, model: Path, tmp_path_factory: pytest.TempPathFactory) -> TrainedPlanner:
    """One step after a warm-up that is long enough for traces to be written."""
    out = tmp_path_factory.mktemp("warm") / "planner"
    return train(config(run, model, out, sft=60, sft_learning_rate=1e-2, steps=1))


def config(run: Path, start: Path, out: Path, **changes: Any) -> Config:
    base = Config(run, str(start), "exact:slip=0.1", out, steps=2, prompts=2, max_tokens=100, temperature=0.7)
    return replace(base, **changes)


def use(executor: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    @asynccontextmanager
    async def opened(*_: object, **__: object) -> AsyncIterator[Any]:
        yield executor

    monkeypatch.setattr(planner_grpo, "open_executor", opened)


def rollouts(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_two_steps_give_finite_losses_and_every_reward_can_be_read(
    run: Path, warm: TrainedPlanner, tmp_path: Path
) -> None:
    assert warm.sft_losses[-1] < warm.sft_losses[0] / 2
    found = train(config(run, warm.path, tmp_path / "planner"))
    assert len(found.losses) == 2
    assert all(map(math.isfinite, found.losses))
    rows = rollouts(found.rollouts)
    assert [row["step"] for row in rows] == [1] * 8 + [2] * 8
    assert any(row["trace"] for row in rows), "the warm-up was too short for a trace"
    rewarded = {group.problem_id for group in read_groups(run / "groups" / "math_rl.jsonl")}
    assert {row["problem_id"] for row in rows} <= rewarded
    for row in rows:
        expected = 0.0 if not row["trace"] else 0.5 * row["with_trace"] + 0.5 * row["rm"] * row["uplift"]
        assert row["reward"] == pytest.approx(expected)
    assert {entry.name for entry in (tmp_path / "planner").iterdir()} >= {
        "planner.json",
        "tokenizer.json",
        "config.json",
    }
    assert str(tmp_path) not in (tmp_path / "planner" / "planner.json").read_text("utf-8")


def test_a_fifth_of_the_calls_may_fail_and_nothing_is_scored_from_a_failure(
    run: Path, warm: TrainedPlanner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = FailingExecutor(0.2)
    use(failing, monkeypatch)
    found = train(config(run, warm.path, tmp_path / "planner"))
    assert all(map(math.isfinite, found.losses))
    assert failing.failed > 0
    seeds = {group.problem_id: seed_of(group) for group in read_groups(run / "groups" / "math_rl.jsonl")}
    rows = [row for row in rollouts(found.rollouts) if row["trace"]]
    assert rows
    for row in rows:
        seed = seeds[row["problem_id"]]
        assert row["with_trace"] == failing.rate(seed, row["trace"], 3)
        assert row["without"] == failing.rate(seed, None, 3)
        assert (row["reward"] is None) == (row["with_trace"] is None or row["without"] is None)


def test_a_planner_holds_no_path_of_the_machine(run: Path, warm: TrainedPlanner) -> None:
    machine = str(run.parent.parent)
    assert [path for path in warm.path.glob("*.json*") if machine in path.read_text("utf-8")] == []


def test_more_prompts_than_problems_are_all_the_problems(run: Path, warm: TrainedPlanner, tmp_path: Path) -> None:
    found = train(config(run, warm.path, tmp_path / "planner", prompts=50, steps=1))
    assert len(found.losses) == 1
    assert len({row["problem_id"] for row in rollouts(found.rollouts)}) == found.problems < 50


def test_training_stops_when_most_rewards_are_missing(
    run: Path, warm: TrainedPlanner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(FailingExecutor(1.0), monkeypatch)
    with pytest.raises(InfrastructureError, match=r"Training stopped: (\d) of \1 rewards .* in step 1 \(timed out\)"):
        train(config(run, warm.path, tmp_path / "planner"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("changes", "error", "said"),
    [
        ({"executor": "exact:slip=2"}, ConfigError, "is not exact or exact:slip=P"),
        ({"rm": "nowhere"}, RunError, "holds no reward model"),
        ({"steps": 0}, ConfigError, "steps is 0"),
        ({"model": "/nowhere"}, ConfigError, "There is no folder /nowhere"),
    ],
)
def test_what_can_not_be_used_is_said_before_anything_is_written(
    run: Path, model: Path, tmp_path: Path, changes: dict[str, Any], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        train(config(run, model, tmp_path / "planner", **changes))
    assert list(tmp_path.iterdir()) == []


def test_a_model_without_a_tokenizer_and_a_folder_that_is_there_are_refused(
    run: Path, model: Path, tmp_path: Path
) -> None:
    bare = tiny_planner(tmp_path / "bare", ["a"], tokenizer=False)
    with pytest.raises(ConfigError, match="has no tokenizer"):
        train(config(run, bare, tmp_path / "planner"))
    with pytest.raises(RunError, match="is there already"):
        train(config(run, model, bare))
