"""The check annotator on traces that were not made here: hand-written and labelled, and gold solutions.

The labelled ones are in tests/data/foreign_traces.jsonl. While the annotator was changed, the rows of the held-out
half were not read, but their totals were seen.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any  # JSON

from figure import Figure, Grid, Result, Setup

from tracelift_groups.annotators.checks import checks
from tracelift_groups.ingest.source import read_seeds
from tracelift_groups.math.text.markup import reference_text
from tracelift_groups.pipeline.check_seeds import check_gold
from tracelift_groups.records.annotation import Annotation
from tracelift_groups.records.rubric import load_rubric
from tracelift_groups.records.seed import Seed

_RUBRIC = load_rubric("math")
_TESTS = Path(__file__).parents[2] / "tests" / "data"
_HALVES = ("development", "held-out")
_EVERY = 5  # of the gold solutions, one in so many is scored

Scored = Sequence[tuple[Mapping[str, Any], Annotation]]


def measure(setup: Setup) -> Result:
    """Each trace once with the worked solution in its seed and once without."""
    rows = [json.loads(line) for line in (_TESTS / "foreign_traces.jsonl").read_text("utf-8").splitlines()]
    problems = json.loads((_TESTS / "foreign_problems.json").read_text("utf-8"))
    labelled: dict[str, dict[str, float | str]] = {}
    for half in _HALVES:
        chosen = [row for row in rows if row["set"] == half and not row["beyond"]]
        for solved in (True, False):
            scored = [(row, _checked(_seed(row["problem"], problems, solved), row["trace"])) for row in chosen]
            labelled[f"{half}, {'with' if solved else 'without'} the solution"] = _shares(scored, solved)
    gold = {
        f"{name}, {'with' if solved else 'without'} the solution": _gold(f"{name}:{setup.file(file)}", solved)
        for name, file in (("gsm8k", "gsm8k_train.jsonl"), ("math", "math_train_sample.jsonl"))
        for solved in (True, False)
    }
    grids: dict[str, Grid] = {
        "labelled traces, %": labelled,
        "gold solutions": {
            name: {"scored": count, "without a finding, %": share} for name, (count, share) in gold.items()
        },
    }
    beyond = sum(row.get("beyond", False) for row in rows)
    figures = (
        Figure("labelled traces", "", (len(rows),)),
        Figure("of these beyond checks of any kind, left out", "", (beyond,)),
    )
    return Result("checks(seed, trace, rubric)", figures, grids=grids)


def _shares(scored: Scored, solved: bool) -> dict[str, float | str]:
    right = [found for row, found in scored if row["first_error_step"] == -1]
    wrong = [(row, found) for row, found in scored if row["first_error_step"] != -1]
    told = [(row, found) for row, found in wrong if solved or row["bare"]]  # the label holds without the solution too
    return {
        "traces": len(scored),
        "right ones without a finding": _percent(found.mean == 10 for found in right),
        "wrong ones seen": _percent(found.first_error_step != -1 for _, found in wrong),
        "in the right step": _percent(found.first_error_step == row["first_error_step"] for row, found in told),
        "in the right dimension": _percent(_falls(row["falls"], found) for row, found in told),
    }


def _falls(dimension: str, found: Annotation) -> bool:
    raw = {name: score for name, score in found.raw.items() if score is not None}
    return raw[dimension] == min(raw.values()) < 10


def _gold(spec: str, solved: bool) -> tuple[int, float]:
    """Gold solutions that pass their own check, as traces: how many were scored, and the share without a finding."""
    seeds = [seed for seed in read_seeds(spec) if isinstance(seed, Seed) and seed.solution and not check_gold(seed)]
    chosen = seeds[::_EVERY]
    texts = (reference_text(seed.solution or "") for seed in chosen)
    found = [_checked(s if solved else replace(s, solution=None), t) for s, t in zip(chosen, texts, strict=True)]
    return len(chosen), _percent(annotation.first_error_step == -1 for annotation in found)


def _seed(name: str, problems: Mapping[str, Mapping[str, str]], solved: bool) -> Seed:
    given = problems[name]
    solution = given["solution"] if solved else None
    return Seed(name, "math", "foreign", "math", given["problem"], given["answer"], solution)


def _checked(seed: Seed, trace: str) -> Annotation:
    return checks(seed, trace, _RUBRIC)


def _percent(verdicts: Iterable[bool]) -> float:
    met = list(verdicts)
    return round(100 * sum(met) / len(met), 1)
