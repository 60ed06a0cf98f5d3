"""The linear reward model: weights over features of the parsed trace, one ranker a domain, no neural network.

The weights rank the traces of a problem (see ranker.py). Afterwards the total is calibrated against the rubric's
totals and each dimension against its labels, on groups that the weights were not fitted on.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any  # JSON, and matrices of numpy

from tracelift_groups.errors import RecordError
from tracelift_groups.records.group import Candidate
from tracelift_groups.records.rubric import TOTAL, Rubric
from tracelift_groups.reward_model.calibration import Calibration, calibrate
from tracelift_groups.reward_model.ranker import fit_weights, pairs_by_level
from tracelift_groups.reward_model.reward_score import RewardScore

STRENGTH = 0.003  # L2; from 0.0003 to 0.03 the accuracy on dev groups of GSM8K changes by 0.5 points
RARE = 3  # a feature of fewer groups is left out
TOP_LABEL = 4

Features = Mapping[str, float]


@dataclass(frozen=True)
class FeatureGroup:
    """The candidates of one group with their features, positives first; those without features are left out."""

    candidates: tuple[Candidate, ...]
    features: tuple[Features, ...]
    positives: int


@dataclass(frozen=True)
class LinearHead:
    """One weight a feature, and the calibration of the weighted sum."""

    weights: tuple[float, ...]
    calibration: Calibration


@dataclass(frozen=True)
class LinearRanker:
    """The linear reward model of one domain. `dimensions` has one head for each dimension of the rubric."""

    rubric: str
    rubric_version: str
    weights: Mapping[str, float]  # of the dimensions
    features: tuple[str, ...]
    total: LinearHead
    dimensions: Mapping[str, LinearHead]

    def score(self, features: Features) -> RewardScore:
        """The scores of a trace with these features."""
        values = [features.get(name, 0.0) for name in self.features]
        scores = {name: _value(head, values) for name, head in self.dimensions.items()}
        derived = sum(self.weights[name] * score for name, score in scores.items())
        return RewardScore(_value(self.total, values), scores, derived)

    def to_json(self) -> dict[str, Any]:
        return {
            "rubric": self.rubric,
            "rubric_version": self.rubric_version,
            "dimension_weights": dict(self.weights),
            "features": list(self.features),
            "total": _head_json(self.total),
            "dimensions": {name: _head_json(head) for name, head in self.dimensions.items()},
        }

    @staticmethod
    def from_json(row: dict[str, Any]) -> "LinearRanker":
        """KeyError, TypeError or ValueError for a row that is not one."""
        features = tuple(row["features"])
        dimensions = {name: _head(head, len(features)) for name, head in row["dimensions"].items()}
        weights = {name: float(row["dimension_weights"][name]) for name in dimensions}
        total = _head(row["total"], len(features))
        return LinearRanker(row["rubric"], row["rubric_version"], weights, features, total, dimensions)


def fit_ranker(train: Sequence[FeatureGroup], dev: Sequence[FeatureGroup], rubric: Rubric) -> LinearRanker:
    """Fit the weights on `train` and the calibrations on `dev`, or on `train` where dev has no group.

    RecordError when no group has a positive and a negative, or no candidate carries the rubric's scores.
    """
    import numpy as np

    names = _common_features(train)
    matrix = np.array([[row.get(name, 0.0) for name in names] for group in train for row in group.features])
    matrix = matrix.reshape(-1, len(names))
    scale = matrix.std(axis=0)
    scale[scale == 0] = 1
    held = dev or train

    def head(name: str) -> LinearHead:
        differences, shares = _differences(train, matrix / scale, name)
        weights = fit_weights(differences, shares, STRENGTH) / scale
        rows = [(row, level) for group in held for row, level in _levels(group, name)]
        if not rows:
            raise RecordError(
                f'No trace carries a score for "{name}" of rubric "{rubric.name}".', "Annotate the groups first."
            )
        scores = [float(sum(w * row.get(n, 0.0) for n, w in zip(names, weights, strict=True))) for row, _ in rows]
        return LinearHead(tuple(map(float, weights)), calibrate(scores, [level for _, level in rows]))

    total = head(TOTAL)
    if not any(total.weights):
        raise RecordError("The train groups don't tell a positive trace from a negative one.", "Give more groups.")
    dimensions = {name: head(name) for name in rubric.names}
    weights = {dimension.name: dimension.weight for dimension in rubric.dimensions}
    return LinearRanker(rubric.name, rubric.version, weights, names, total, dimensions)


def _common_features(groups: Sequence[FeatureGroup]) -> tuple[str, ...]:
    counts = Counter(name for group in groups for name in {name for row in group.features for name in row})
    return tuple(sorted(name for name, count in counts.items() if count >= min(RARE, len(groups))))


def _differences(groups: Sequence[FeatureGroup], matrix: Any, name: str) -> tuple[Any, list[float]]:
    """Pairs of the total: a positive and a negative; of a dimension: two traces with different labels."""
    import numpy as np

    better, worse, shares = [], [], []
    first = 0
    for group in groups:
        if name == TOTAL:
            levels: list[float | None] = [float(i < group.positives) for i in range(len(group.candidates))]
        else:
            levels = [candidate.rubric.get(name) for candidate in group.candidates]
        found = pairs_by_level(levels)
        better += [first + i for i, _ in found]
        worse += [first + k for _, k in found]
        shares += [1 / len(found) for _ in found]
        first += len(group.candidates)
    if not better:
        return np.zeros((0, matrix.shape[1])), []
    return matrix[better] - matrix[worse], shares


def _levels(group: FeatureGroup, name: str) -> list[tuple[Features, float]]:
    """Features and score in [0, 1] of the candidates that carry this score."""
    top = 1 if name == TOTAL else TOP_LABEL
    rows = zip(group.features, group.candidates, strict=True)
    return [(row, candidate.rubric[name] / top) for row, candidate in rows if candidate.rubric.get(name) is not None]


def _value(head: LinearHead, values: Sequence[float]) -> float:
    return head.calibration(sum(w * value for w, value in zip(head.weights, values, strict=True)))


def _head_json(head: LinearHead) -> dict[str, Any]:
    return {"weights": list(head.weights), "calibration": head.calibration.to_json()}


def _head(row: dict[str, Any], count: int) -> LinearHead:
    weights = tuple(map(float, row["weights"]))
    if len(weights) != count:
        raise ValueError(f"{len(weights)} weights for {count} features")
    return LinearHead(weights, Calibration.from_json(row["calibration"]))
