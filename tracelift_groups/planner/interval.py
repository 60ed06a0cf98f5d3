"""A mean with its 95 % interval, by a bootstrap over problems."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from tracelift_groups.rng import rng_for

_RESAMPLES = 2_000
_TAIL = 0.025


@dataclass(frozen=True)
class MeanInterval:
    """The mean of one value a problem, over `problems` problems; `low` and `high` bound it with 95 % confidence.

    They are None for fewer than two problems, and so is `mean` for none.
    """

    problems: int
    mean: float | None
    low: float | None
    high: float | None

    @property
    def excludes_zero(self) -> bool:
        return self.low is not None and self.high is not None and not self.low <= 0 <= self.high

    def to_json(self) -> dict[str, float | int | None]:
        return asdict(self)


def mean_interval(values: Sequence[float]) -> MeanInterval:
    """The mean of the values and its percentile bootstrap interval. Equal values, equal interval."""
    count = len(values)
    if count < 2:
        return MeanInterval(count, sum(values) / count if count else None, None, None)
    rng = rng_for(0, str(count), "bootstrap")
    means = sorted(sum(rng.choices(values, k=count)) / count for _ in range(_RESAMPLES))
    cut = int(_TAIL * _RESAMPLES)
    return MeanInterval(count, sum(values) / count, means[cut], means[-1 - cut])
