"""The embedded executor with calls that fail, and the rates that are right in spite of them."""

import asyncio
from dataclasses import dataclass, field

from tracelift_groups.models.executor import Draw
from tracelift_groups.planner.exact_executor import ExactExecutor
from tracelift_groups.records.seed import Seed
from tracelift_groups.rng import unit_hash


@dataclass
class FailingExecutor:
    """A call fails by its problem, trace and number: a `share` of all calls."""

    share: float
    slip: float = 0.1
    calls: int = 0
    failed: int = 0
    inner: ExactExecutor = field(init=False)

    name, same_draws = "failing", False

    def __post_init__(self) -> None:
        self.inner = ExactExecutor(self.slip)

    async def draw(self, seed: Seed, trace: str | None, index: int) -> Draw:
        self.calls += 1
        if self._fails(seed, trace, index):
            self.failed += 1
            return Draw(None, "timed out")
        return await self.inner.draw(seed, trace, index)

    def rate(self, seed: Seed, trace: str | None, draws: int) -> float | None:
        """The success rate over the first draws that don't fail; None when all of them do. The answer is a number."""
        kept = [index for index in range(draws) if not self._fails(seed, trace, index)]
        answers = [asyncio.run(self.inner.draw(seed, trace, index)).artifact for index in kept]
        return sum(answer == seed.answer for answer in answers) / len(kept) if kept else None

    def _fails(self, seed: Seed, trace: str | None, index: int) -> bool:
        return unit_hash("fail", seed.problem_id, trace, index) < self.share
