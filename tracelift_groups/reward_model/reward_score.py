"""What a reward model says of one trace."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any  # JSON


@dataclass(frozen=True)
class RewardScore:
    """`total` is the reward, `dimensions` the expected score of each rubric dimension, `derived` their weighted mean.

    All are in [0, 1]. A trace that can't be scored has no RewardScore; it is never 0 or 0.5.
    """

    total: float
    dimensions: Mapping[str, float]
    derived: float

    def to_json(self) -> dict[str, Any]:
        """`total_score` is the name that the released trainer reads."""
        return {"total_score": self.total, "dimensions": dict(self.dimensions), "derived": self.derived}
