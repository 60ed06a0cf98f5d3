"""The linear reward model on 3,000 GSM8K problems: test groups, baselines, kinds, and traces that models wrote.

Everything through the commands `train-rm` and `eval-rm`. No scorer is given an answer. A tie counts as wrong.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any  # JSON

from figure import Figure, Grid, Result, Setup
from process import COMMAND, checked

_PROBLEMS = 3000
_BAR, _MINUTES = 85.0, 3
# Traces that models wrote and people labelled; only measured, never fitted on.
_NATURAL = ("natural_answers_gsm8k.jsonl", "natural_steps_gsm8k.jsonl", "natural_steps_competition.jsonl")


def measure(setup: Setup) -> Result:
    """One build, `runs` trainings of it, one evaluation."""
    run = setup.run or setup.scratch / "run"
    if setup.run is None:
        seeds = f"gsm8k:{setup.file('gsm8k_train.jsonl')}"
        checked([COMMAND, "build", seeds, "--limit", str(_PROBLEMS), "--out", str(run)])
    model = setup.scratch / "rm"
    trained = [checked([COMMAND, "train-rm", str(run), "--out", str(model)], memory=True) for _ in range(setup.runs)]
    files = [argument for name in _NATURAL for argument in ("--file", str(setup.file(name)))]
    evaluated = checked([COMMAND, "eval-rm", str(run), "--rm", str(model), *files, "--json"])
    found = json.loads(evaluated.output)
    (groups,) = found["groups"]
    best = max(row["pair"]["value"] for row in groups["baselines"].values())
    pair = 100 * groups["model"]["pair"]["value"]
    figures = (
        Figure("pairs of test groups ranked right", "%", (pair,), at_least=_BAR),
        Figure("above the best named baseline by", "points", (pair - 100 * best,), at_least=0.01),
        Figure("train-rm, wall time", "s", tuple(one.seconds for one in trained), at_most=60 * _MINUTES),
        Figure("train-rm, processor time", "s", tuple(one.cpu_seconds for one in trained)),
        Figure("train-rm, peak memory", "MB", tuple(one.peak_mb for one in trained)),
        Figure("groups ranked right", "%", (100 * groups["model"]["group"]["value"],)),
        Figure("mean absolute error of the total", "", (groups["total_error"],)),
        Figure("size of the checkpoint", "MB", (_size(model),)),
        Figure("test groups", "", (groups["groups"],)),
        Figure("eval-rm with all files, wall time", "s", (evaluated.seconds,)),
    )
    grids: dict[str, Grid] = {
        "test groups, % ranked right": accuracies(groups),
        "by kind, % of pairs": by_kind(groups),
        "traces that models wrote": {row["file"]: _separation(row) for row in found["traces"]},
    }
    command = f"build --limit {_PROBLEMS}, train-rm RUN, eval-rm RUN --file …"
    return Result(command, figures, grids=grids)


def accuracies(groups: Mapping[str, Any]) -> Grid:
    """What `eval-rm --json` says of the groups of a domain, for the model and each baseline."""
    return {
        "reward model": _accuracies(groups["model"]),
        **{name: _accuracies(row) for name, row in groups["baselines"].items()},
        "problem alone, ties decided by a coin": _accuracies(groups["problem_alone"]),
    }


def by_kind(groups: Mapping[str, Any]) -> Grid:
    """The same by what a flaw does to the answer, and by kind."""
    return {
        name: {"pair": _percent(row), "95 %": _bounds(row), "pairs": row["pairs"]}
        for name, row in {**groups["effects"], **groups["kinds"]}.items()
    }


def _accuracies(row: Mapping[str, Any]) -> dict[str, float | str]:
    pair, group = row["pair"], row["group"]
    return {"pair": _percent(pair), "95 %": _bounds(pair), "group": _percent(group), "95 % ": _bounds(group)}


def _separation(row: Mapping[str, Any]) -> dict[str, float | str]:
    found = {name: round(row[name], 3) for name in ("auroc", "shorter", "f1", "right_accepted", "wrong_rejected")}
    bounds = f"{row['low']:.3f}–{row['high']:.3f}"
    return {
        "right": row["right"],
        "wrong": row["wrong"],
        "AUROC": found["auroc"],
        "95 %": bounds,
        "AUROC of shorter": found["shorter"],
        "F1 at the dev threshold": found["f1"],
        "right ones kept": found["right_accepted"],
        "wrong ones rejected": found["wrong_rejected"],
    }


def _percent(row: Mapping[str, float]) -> float:
    return round(100 * row["value"], 2)


def _bounds(row: Mapping[str, float]) -> str:
    return f"{100 * row['low']:.1f}–{100 * row['high']:.1f}"


def _size(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.iterdir()) / 1e6
