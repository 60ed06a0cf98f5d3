"""Fits a linear reward model on the groups of a run and stores it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tracelift_groups.errors import RecordError
from tracelift_groups.reward_model.checkpoint import FILE, require_free, write_linear
from tracelift_groups.reward_model.data import FITTED_ON, STOPPED_ON, run_groups
from tracelift_groups.reward_model.features import feature_groups
from tracelift_groups.reward_model.linear import FeatureGroup, LinearRanker, fit_ranker

NAME = "linear"


@dataclass(frozen=True)
class FittedLinear:
    """Where the checkpoint is, the groups of each domain that it was fitted and calibrated on, features by domain."""

    path: Path
    groups: dict[str, dict[str, int]]
    features: dict[str, int]


def default_place(run: Path, name: str) -> Path:
    """The folder of a checkpoint of a run where no other is named."""
    return run / "reward_model" / name


def train_linear(
    run: Path,
    out: Path | None = None,
    workers: int | None = None,
    progress: Callable[[str, int], object] = lambda _, __: None,
) -> FittedLinear:
    """Fit one ranker for each domain of a finished run; the checkpoint is written at the end, whole.

    RunError for a run or an `out` that can't be used, RecordError when no group can be fitted on.
    """
    folder = out or default_place(run, NAME)
    require_free(folder, FILE)
    rankers: dict[str, LinearRanker] = {}
    counts: dict[str, dict[str, int]] = {}
    for found in run_groups(run, (FITTED_ON, STOPPED_ON)):
        parts = {
            split: _usable(feature_groups(groups, found.domain, workers, partial(progress, split)))
            for split, groups in ((FITTED_ON, found.train), (STOPPED_ON, found.dev))
        }
        if not parts[FITTED_ON]:
            continue
        rankers[found.domain] = fit_ranker(parts[FITTED_ON], parts[STOPPED_ON], found.rubric)
        counts[found.domain] = {split: len(groups) for split, groups in parts.items()}
    if not rankers:
        raise RecordError(f"{run} has no train group with a positive and a negative.", "Build more problems.")
    write_linear(rankers, counts, folder)
    features = {domain: len(ranker.features) for domain, ranker in rankers.items()}
    return FittedLinear(folder, counts, features)


def _usable(groups: list[FeatureGroup]) -> list[FeatureGroup]:
    """Groups with a positive and a negative that have features."""
    return [group for group in groups if 0 < group.positives < len(group.candidates)]
