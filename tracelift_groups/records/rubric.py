"""A rubric: the dimensions a trace is scored on, with anchored descriptors and label thresholds.

Read from `rubrics/<name>.yaml`; a third party's rubric is an entry point in group `tracelift_groups.rubrics` that
gives a Rubric. From it come the judge's prompt, the reward model's heads and the validator.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points
from importlib.resources import files
from typing import Any, TypedDict  # Any: YAML

from tracelift_groups.errors import RecordError, UnknownNameError
from tracelift_groups.records.annotation import Annotation
from tracelift_groups.records.fields import LIST, NUMBER, OBJECT, TEXT, require_fields
from tracelift_groups.registry import load_point

TOTAL = "total"
ANCHORS = (0.0, 2.5, 5.0, 7.5, 10.0)
_BELOW = 0.01  # of a total in [0, 1]: how far below acceptable the best trace with a wrong answer is
LABELS = ("strong", "acceptable", "weak", "bad")


@dataclass(frozen=True)
class Dimension:
    """One question asked of a trace. `anchors` describes what 0, 2.5, 5, 7.5 and 10 look like."""

    name: str
    weight: float
    question: str
    anchors: Mapping[float, str]


class CandidateFields(TypedDict):
    """The scores of a candidate in the released layout: labels 0–4 and `total` in [0, 1], label, raw mean, reason."""

    rubric: dict[str, float]
    rubric_label: str
    rubric_score_raw: float | None
    rubric_reason: str


@dataclass(frozen=True)
class Rubric:
    """Weights add up to 1. `thresholds` maps each label to the lowest total (in [0, 1]) that earns it."""

    name: str
    version: str
    domain: str
    dimensions: tuple[Dimension, ...]
    thresholds: Mapping[str, float]

    def __post_init__(self) -> None:
        names = self.names
        if not names or len(set(names)) != len(names) or TOTAL in names:
            raise RecordError(f'Rubric "{self.name}" needs dimensions with different names, none of them "{TOTAL}".')
        if abs(sum(d.weight for d in self.dimensions) - 1.0) > 1e-9 or any(d.weight <= 0 for d in self.dimensions):
            raise RecordError(f'The weights of rubric "{self.name}" must be positive and add up to 1.')
        for dimension in self.dimensions:
            if tuple(sorted(dimension.anchors)) != ANCHORS:
                raise RecordError(f'Dimension "{dimension.name}" needs descriptors at 0, 2.5, 5, 7.5 and 10.')
        if set(self.thresholds) != set(LABELS):
            raise RecordError(f'Rubric "{self.name}" needs a threshold for each of {", ".join(LABELS)}.')

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(dimension.name for dimension in self.dimensions)

    @property
    def scale(self) -> float:
        """The total of a trace that would be perfect, and leads to a wrong answer: just below acceptable."""
        return round(self.thresholds["acceptable"] - _BELOW, 6)

    def mean(self, raw: Mapping[str, float | None], *, scaled: bool = False) -> float | None:
        """The weighted total on 0–10; None when any dimension is missing.

        `scaled`: into [0, just below acceptable], order kept, for a trace that leads to a wrong answer or to none.
        """
        scores = [(d.weight, raw.get(d.name)) for d in self.dimensions]
        if any(score is None for _, score in scores):
            return None
        total = sum(weight * score for weight, score in scores if score is not None)
        return round(total * self.scale if scaled else total, 6)

    def scores(self, raw: Mapping[str, float | None], *, scaled: bool = False) -> dict[str, float]:
        """What a group row stores: a label 0–4 per dimension and `total` in [0, 1]. Missing dimensions are left out."""
        row: dict[str, float] = {name: label_of(value) for name in self.names if (value := raw.get(name)) is not None}
        mean = self.mean(raw, scaled=scaled)
        return row if mean is None else row | {TOTAL: round(mean / 10, 6)}

    def label(self, total: float) -> str:
        """strong, acceptable, weak or bad, for a total in [0, 1]."""
        earned = [(low, label) for label, low in self.thresholds.items() if total >= low]
        return max(earned)[1] if earned else "bad"

    def candidate_fields(self, annotation: Annotation) -> CandidateFields:
        """An annotation as the fields that a candidate of a group carries."""
        scores = self.scores(annotation.raw, scaled=annotation.scaled)
        return {
            "rubric": scores,
            "rubric_label": self.label(scores[TOTAL]) if TOTAL in scores else "",
            "rubric_score_raw": self.mean(annotation.raw, scaled=annotation.scaled),
            "rubric_reason": annotation.reason,
        }

    @staticmethod
    def from_yaml(row: Mapping[str, Any]) -> "Rubric":
        """RecordError when a part is missing or of the wrong type."""
        require_fields(row, "a rubric", _RUBRIC)
        for dimension in row["dimensions"]:
            require_fields(dimension, "a dimension", _DIMENSION)
            require_fields(dimension["anchors"], "the anchors", {}, dict.fromkeys(dimension["anchors"], TEXT))
        require_fields(row["labels"], "the labels", dict.fromkeys(LABELS, NUMBER))
        try:
            dimensions = tuple(
                Dimension(d["name"], float(d["weight"]), d["question"], {float(k): v for k, v in d["anchors"].items()})
                for d in row["dimensions"]
            )
            thresholds = {label: float(low) for label, low in row["labels"].items()}
            return Rubric(row["name"], row["version"], row["domain"], dimensions, thresholds)
        except (KeyError, ValueError) as cause:
            raise RecordError(f"A rubric is incomplete: {cause}.") from cause


_RUBRIC = {"name": TEXT, "version": TEXT, "domain": TEXT, "dimensions": LIST, "labels": OBJECT}
_DIMENSION = {"name": TEXT, "weight": NUMBER, "question": TEXT, "anchors": OBJECT}


def label_of(raw: float) -> int:
    """The released integer label of a raw score: min(4, floor(raw / 2))."""
    return min(4, int(raw // 2))


def rubric_names() -> list[str]:
    """Names of the bundled rubrics and of those that entry points bring."""
    bundled = {
        f.name.removesuffix(".yaml") for f in files("tracelift_groups.rubrics").iterdir() if f.name.endswith(".yaml")
    }
    return sorted(bundled | {point.name for point in entry_points(group="tracelift_groups.rubrics")})


@cache
def load_rubric(name: str) -> Rubric:
    """The rubric of that name. UnknownNameError with a suggestion when there is none."""
    import yaml

    for point in entry_points(group="tracelift_groups.rubrics"):
        if point.name == name:
            rubric: Rubric = load_point(point)
            return rubric
    file = files("tracelift_groups.rubrics") / f"{name}.yaml"
    if name not in rubric_names():
        raise UnknownNameError("rubric", name, rubric_names())
    return Rubric.from_yaml(yaml.safe_load(file.read_text(encoding="utf-8")))
