"""Evaluates a reward model on a split of a run and on files of labelled traces or of groups."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any  # JSON

from tracelift_groups.config import SPLITS
from tracelift_groups.errors import ConfigError, RecordError, RunError, suggestion
from tracelift_groups.records.group import Group
from tracelift_groups.records.group_rubric import require_rubric
from tracelift_groups.reward_model.data import FITTED_ON, STOPPED_ON, RunGroups, run_groups
from tracelift_groups.reward_model.evaluate import GroupsEvaluation, evaluate_groups, model_scores
from tracelift_groups.reward_model.foreign import (
    ForeignEvaluation,
    LabelledTrace,
    best_threshold,
    evaluate_traces,
    read_foreign,
)
from tracelift_groups.reward_model.reward_model import RewardModel

Progress = Callable[[str, int], object]


@dataclass(frozen=True)
class RunEvaluation:
    """`threshold` is the total from which a trace counts as right: the best on the dev groups, None without any."""

    model: Path
    groups: tuple[GroupsEvaluation, ...]
    traces: tuple[ForeignEvaluation, ...]
    threshold: float | None

    def to_json(self) -> dict[str, Any]:
        return {
            "model": str(self.model),
            "groups": [found.to_json() for found in self.groups],
            "traces": [found.to_json() for found in self.traces],
            "threshold": self.threshold,
        }


def evaluate_run(
    run: Path,
    rm: Path | None = None,
    files: Sequence[Path] = (),
    split: str = "test",
    progress: Progress = lambda _, __: None,
) -> RunEvaluation:
    """Evaluate the model at `rm`, or the only one of the run. Everything is read before anything is scored.

    RunError for a run or a model that can't be used, RecordError for groups or rows that can't, ConfigError for an
    unknown split.
    """
    if split not in SPLITS:
        raise ConfigError(f'No split is named "{split}".', suggestion(split, SPLITS))
    domains = run_groups(run, {FITTED_ON, STOPPED_ON, split})
    model = RewardModel.load(rm or _only_model(run))
    read = [(path, *read_foreign(path)) for path in files]
    for found in domains:
        _require_dimensions(model, found.splits.get(split, ()), f"{run}, split {split}", found.domain)
    for path, label, rows in read:
        if label == "group":
            for domain in {group.domain for group in _groups(rows)}:
                _require_dimensions(model, [g for g in _groups(rows) if g.domain == domain], path.name, domain)
    groups = list(_ranked(model, domains, split, progress))
    if not groups and not read:
        raise RecordError(f"{run} has no {split} group with a positive and a negative.", "Name another: --split")
    threshold = _threshold(model, domains, progress) if read else None
    traces = []
    for path, label, rows in read:
        if label == "group":
            for domain in sorted({group.domain for group in _groups(rows)}):
                own = [group for group in _groups(rows) if group.domain == domain]
                fitted = [group for found in domains if found.domain == domain for group in found.train]
                groups.append(evaluate_groups(model, own, fitted, domain=domain, split=path.name))
        else:
            watched = partial(progress, path.name)
            traces.append(evaluate_traces(model, path.name, label, _traces(rows), threshold, watched))
    return RunEvaluation(model.path, tuple(groups), tuple(traces), threshold)


def _ranked(
    model: RewardModel, domains: Sequence[RunGroups], split: str, progress: Progress
) -> Iterator[GroupsEvaluation]:
    for found in domains:
        own = found.splits.get(split, ())
        if model.dimension_names(found.domain) and any(g.positive_pool and g.negative_bank for g in own):
            yield evaluate_groups(
                model, own, found.train, domain=found.domain, split=split, progress=partial(progress, "groups")
            )


def _only_model(run: Path) -> Path:
    """The one reward model of a run. RunError when there is none, or several."""
    found = sorted(path for path in (run / "reward_model").glob("*") if path.is_dir())
    if not found:
        raise RunError(f"{run} has no reward model.", "Make one with `train-rm`, or name one: --rm DIR")
    if len(found) > 1:
        raise RunError(f"{run} has {len(found)} reward models.", f"Name one: --rm {found[0]}")
    return found[0]


def _require_dimensions(model: RewardModel, groups: Sequence[Group], place: str, domain: str) -> None:
    if names := model.dimension_names(domain):
        require_rubric(groups, names, place, "the reward model")


def _threshold(model: RewardModel, domains: Sequence[RunGroups], progress: Progress) -> float | None:
    rights, wrongs = [], []
    for done, group in enumerate((group for found in domains for group in found.dev), start=1):
        scores = model_scores(model, group)
        rights += [score for score in scores[: len(group.positive_pool)] if score is not None]
        wrongs += [score for score in scores[len(group.positive_pool) :] if score is not None]
        progress("dev groups", done)
    return best_threshold(rights, wrongs)


def _groups(rows: Sequence[LabelledTrace | Group]) -> list[Group]:
    return [row for row in rows if isinstance(row, Group)]


def _traces(rows: Sequence[LabelledTrace | Group]) -> list[LabelledTrace]:
    return [row for row in rows if isinstance(row, LabelledTrace)]
