"""Maps a score of any scale to [0, 1] by isotonic regression, without losing the order of two scores."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp
from typing import Any  # JSON

STRICT = 0.02  # the share of the value that rises everywhere, so that two different scores never become a tie


@dataclass(frozen=True)
class Calibration:
    """`scores` and `values` are the corners of a rising line, values in [0, 1]; beyond its ends it is level.

    A logistic curve over `scale` is mixed in with weight `STRICT`.
    """

    scores: tuple[float, ...]
    values: tuple[float, ...]
    scale: float

    def __call__(self, score: float) -> float:
        """The calibrated value, in [0, 1]; higher for a higher score."""
        import numpy as np

        line = float(np.interp(score, self.scores, self.values))
        rising = 1 / (1 + exp(-max(-700.0, min(700.0, score / self.scale))))
        return (1 - STRICT) * line + STRICT * rising

    def to_json(self) -> dict[str, Any]:
        return {"scores": list(self.scores), "values": list(self.values), "scale": self.scale}

    @staticmethod
    def from_json(row: dict[str, Any]) -> "Calibration":
        """KeyError or TypeError for a row that is not one."""
        return Calibration(tuple(map(float, row["scores"])), tuple(map(float, row["values"])), float(row["scale"]))


def calibrate(scores: Sequence[float], targets: Sequence[float]) -> Calibration:
    """The isotonic regression of targets (in [0, 1]) on scores, as a line through the middle of each level block.

    Pool adjacent violators (Ayer et al. 1955). Equal scores are one point. ValueError without scores.
    """
    if not scores:
        raise ValueError("a calibration needs scores")
    points: dict[float, list[float]] = {}
    for score, target in zip(scores, targets, strict=True):
        points.setdefault(score, []).append(target)
    blocks: list[tuple[float, float, float]] = []  # sum of scores, sum of targets, weight
    for score in sorted(points):
        own = points[score]
        block = (score * len(own), sum(own), float(len(own)))
        while blocks and blocks[-1][1] / blocks[-1][2] >= block[1] / block[2]:
            before = blocks.pop()
            block = (before[0] + block[0], before[1] + block[1], before[2] + block[2])
        blocks.append(block)
    mean = sum(scores) / len(scores)
    spread = (sum((score - mean) ** 2 for score in scores) / len(scores)) ** 0.5
    return Calibration(tuple(b[0] / b[2] for b in blocks), tuple(b[1] / b[2] for b in blocks), spread or 1.0)
