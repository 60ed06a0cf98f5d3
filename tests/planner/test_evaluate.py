import json
from pathlib import Path

import pytest
from small_run import built
from tiny_planner import tiny_planner
from typer.testing import CliRunner

from tracelift_groups.cli import app
from tracelift_groups.planner import evaluate
from tracelift_groups.planner.evaluate import PLANNER, evaluate_planner
from tracelift_groups.planner.prompt import planner_answer, trace_of
from tracelift_groups.planner.uplift import groups_of, measure_uplift

pytest.importorskip("transformers", reason="needs transformers (extra train)")
pytestmark = pytest.mark.filterwarnings("default")  # warnings of torch and transformers


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("runs") / "run")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_planner(tmp_path_factory.mktemp("models") / "tiny", ["a b c"])


def test_a_planner_that_writes_no_trace_has_no_success_and_the_others_are_those_of_measure_uplift(
    run: Path, model: Path
) -> None:
    found = evaluate_planner(run, str(model), "exact", split="train", max_tokens=8)
    uplift = measure_uplift(run, "exact", split="train")
    assert found.traces == 0
    assert found.rates[PLANNER].mean == 0.0
    assert found.rates["alone"] == uplift.alone
    assert found.rates["reference traces"] == uplift.with_reference
    assert (found.rates["flaws that change the answer"].mean or 0) < 0.2


def test_the_planners_own_traces_are_given_to_the_executor(
    run: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    references = {g.problem_id: planner_answer(g.positive_pool[0].reasoning) for g in groups_of(run, "train")}
    monkeypatch.setattr(evaluate, "answers", lambda _, seeds, __: (references[seed.problem_id] for seed in seeds))
    found = evaluate_planner(run, str(model), "exact", split="train")
    assert found.traces == found.problems == len(references)
    assert found.rates[PLANNER] == found.rates["reference traces"]


def test_the_command_prints_rates(run: Path, model: Path) -> None:
    arguments = ["eval-planner", str(run), "--model", str(model), "--executor", "exact", "--split", "train"]
    done = CliRunner().invoke(app, [*arguments, "--max-tokens", "4"])
    assert done.exit_code == 0, done.output
    assert "the planner's traces" in done.output
    row = json.loads(CliRunner().invoke(app, [*arguments, "--max-tokens", "4", "--json"]).stdout)
    assert row["rates"]["alone"]["mean"] == 0.0


def test_the_trace_is_what_stands_between_the_marks() -> None:
    assert trace_of(planner_answer(" a\nb ")) == "a\nb"
    assert trace_of("x <reasoning>a</reasoning> <reasoning>b</reasoning>") == "a"
    assert trace_of("<reasoning>cut off") == trace_of("none") == trace_of("<reasoning> </reasoning>") == ""
