import asyncio
import json
import re
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from model_server import ModelServer, Said
from small_run import built
from typer.testing import CliRunner

from tracelift_groups.cli import app
from tracelift_groups.errors import ConfigError, InfrastructureError, RunError
from tracelift_groups.files.group_files import read_groups
from tracelift_groups.models.executor import Draw
from tracelift_groups.planner import uplift
from tracelift_groups.planner.exact_executor import ExactExecutor
from tracelift_groups.planner.interval import mean_interval
from tracelift_groups.planner.uplift import measure_uplift
from tracelift_groups.records.seed import Seed


class Flaky:
    """The embedded executor; every fifth call fails the first time that it is made."""

    def __init__(self, every: int = 5) -> None:
        self.inner = ExactExecutor(0.2)
        self.every = every
        self.calls: list[tuple[str, str | None, int]] = []

    @property
    def name(self) -> str:
        return "flaky"

    @property
    def same_draws(self) -> bool:
        return False

    async def draw(self, seed: Seed, trace: str | None, index: int) -> Draw:
        self.calls.append((seed.problem_id, trace, index))
        if len(self.calls) % self.every == 0:
            return Draw(None, "timed out")
        return await self.inner.draw(seed, trace, index)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("runs") / "run")


@pytest.fixture(autouse=True)
def _fresh(run: Path) -> None:
    for file in run.glob("uplift.sqlite*"):
        file.unlink()


def use(executor: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    @asynccontextmanager
    async def opened(*_: object, **__: object) -> AsyncIterator[Any]:
        yield executor

    monkeypatch.setattr(uplift, "open_executor", opened)
    return executor


def test_without_slips_the_reference_solves_what_the_executor_alone_does_not(run: Path) -> None:
    found = measure_uplift(run, "exact", draws=4)
    assert found.draws == 1, "all draws are one draw"
    assert found.alone.mean == 0
    assert found.reference.mean == found.with_reference.mean
    assert (found.reference.mean or 0) > 0.8
    assert found.changing.excludes_zero
    assert not found.missing


def test_figures_are_those_of_the_draws_by_hand(run: Path) -> None:
    found = measure_uplift(run, "exact:slip=0.2", draws=3)
    executor = ExactExecutor(0.2)
    rates = []
    for file in sorted((run / "groups").glob("*.jsonl")):
        for group in read_groups(file):
            seed = Seed(group.problem_id, "math", "", "math", group.problem, group.reference_solution)
            trace = group.positive_pool[0].reasoning
            drawn = [asyncio.run(executor.draw(seed, trace, index)).artifact for index in range(3)]
            rates.append(sum(answer == group.reference_solution for answer in drawn) / 3)
    assert found.with_reference.mean == pytest.approx(sum(rates) / len(rates))


def test_stored_draws_are_not_made_again_and_failed_ones_are(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flaky = use(Flaky(), monkeypatch)
    first = measure_uplift(run, "flaky", draws=3)
    made = len(flaky.calls)
    assert first.missing == {"timed out": made // 5}
    flaky.calls.clear()
    flaky.every = 10**9
    second = measure_uplift(run, "flaky", draws=3)
    assert len(flaky.calls) == made // 5
    assert not second.missing
    assert second.made == made
    use(ExactExecutor(0.2), monkeypatch)
    whole = measure_uplift(run, "whole", draws=3)
    assert (second.reference, second.changing, second.kinds) == (whole.reference, whole.changing, whole.kinds)


def test_a_failed_draw_is_no_wrong_one(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class OnlyOne(Flaky):
        """Draw 0 is that of the executor without slips; the others fail."""

        async def draw(self, seed: Seed, trace: str | None, index: int) -> Draw:
            return await ExactExecutor().draw(seed, trace, 0) if index == 0 else Draw(None, "timed out")

    use(OnlyOne(), monkeypatch)
    found = measure_uplift(run, "one", draws=4)
    use(ExactExecutor(), monkeypatch)
    assert found.with_reference == measure_uplift(run, "exact").with_reference


def test_when_every_draw_fails_there_is_no_figure(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use(Flaky(every=1), monkeypatch)
    with pytest.raises(InfrastructureError, match=r"No draw of flaky gave a verdict \(timed out\)"):
        measure_uplift(run, "flaky")


def test_more_draws_add_to_those_that_are_there(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flaky = use(Flaky(every=10**9), monkeypatch)
    measure_uplift(run, "flaky", draws=2)
    before = len(flaky.calls)
    measure_uplift(run, "flaky", draws=3)
    assert len(flaky.calls) == before * 3 // 2


def test_split_and_limit_choose_problems(run: Path) -> None:
    assert measure_uplift(run, "exact", limit=3).problems == 3
    count = len((run / "groups" / "math_train.jsonl").read_bytes().splitlines())
    assert measure_uplift(run, "exact", split="train").problems == count
    with pytest.raises(ConfigError, match='No split is named "tran"'):
        measure_uplift(run, "exact", split="tran")


def test_what_is_no_run_is_refused_and_left_alone(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="is not a run folder"):
        measure_uplift(tmp_path, "exact")
    assert list(tmp_path.iterdir()) == []


def test_the_command_prints_intervals_and_says_what_is_missing(run: Path) -> None:
    done = CliRunner().invoke(app, ["measure-uplift", str(run), "--executor", "exact:slip=0.1", "--draws", "2"])
    assert done.exit_code == 0, done.output
    assert "reference above flaws that change the answer" in done.output
    assert "fewer than 20 problems" in done.output
    row = json.loads(
        CliRunner().invoke(app, ["measure-uplift", str(run), "--executor", "exact:slip=0.1", "--json"]).stdout
    )
    assert row["problems"] == 12
    assert row["reference"]["low"] <= row["reference"]["mean"] <= row["reference"]["high"]


def test_an_interval_covers_the_mean_and_narrows_with_problems() -> None:
    few, many = mean_interval([0, 1] * 5), mean_interval([0, 1] * 500)
    assert few.low is not None
    assert many.low is not None
    assert few.low < many.low < 0.5
    assert many.mean == 0.5
    assert mean_interval([]).mean is None
    assert mean_interval([1.0]).low is None
    assert mean_interval([1.0, 1.0]).excludes_zero
    assert not few.excludes_zero or few.low > 0


def test_a_model_behind_an_endpoint_is_asked_once_for_each_draw_through_a_kill(run: Path, tmp_path: Path) -> None:
    """It answers the last number of what it is shown, so it is right with a trace that ends in the answer."""

    def last_number(body: dict[str, Any], number: int) -> Said:
        if number == 20 and not killed:
            return Said(hang=60)
        numbers = re.findall(r"\d+(?:\.\d+)?", body["messages"][-1]["content"])
        return Said(json.dumps({"answer": numbers[-1] if numbers else "none"}))

    killed: list[int] = []
    code = "from tracelift_groups.cli import main; main()"
    with ModelServer(last_number).serving() as server:
        arguments = ["measure-uplift", str(run), "--executor", f"{server.spec}?temperature=0.7", "--draws", "2"]
        command = [sys.executable, "-c", code, *arguments, "--cache", str(tmp_path / "calls.sqlite"), "--json"]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as first:
            while server.calls <= 20:
                assert first.poll() is None
                time.sleep(0.01)
            first.kill()
        killed.append(server.calls)
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        found = json.loads(done.stdout)
        traces = sum(2 + len(group.negative_bank) for group in uplift.groups_of(run))
        assert found["made"] == 2 * traces
        assert 2 * traces <= server.calls <= 2 * traces + 16, "only calls on their way at the kill are made again"
        assert found["reference"]["mean"] > 0.5
        before = server.calls
        subprocess.run(command, capture_output=True, check=True)
        assert server.calls == before
