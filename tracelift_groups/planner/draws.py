"""Draws of an executor, judged: how often it is right with a trace, and alone. A failed draw is missing, not wrong."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from tracelift_groups.domain import domain_named
from tracelift_groups.models.executor import Executor
from tracelift_groups.planner.draw_store import DrawStore, Verdict
from tracelift_groups.records.seed import Seed

UNJUDGED = "no verdict"  # an artifact that can't be judged


@dataclass
class Attempts:
    """The judged draws of one problem and trace. `rate` is the share that is right; None when none was judged."""

    right: int = 0
    wrong: int = 0
    failures: Counter[str] = field(default_factory=Counter)

    @property
    def rate(self) -> float | None:
        judged = self.right + self.wrong
        return self.right / judged if judged else None

    def add(self, verdict: Verdict) -> None:
        """Count one draw that has an artifact."""
        if verdict is None:
            self.failures[UNJUDGED] += 1
        elif verdict:
            self.right += 1
        else:
            self.wrong += 1


class JudgedExecutor:
    """An executor whose draws are judged by the domain, at most `concurrency` at a time, and stored."""

    def __init__(self, executor: Executor, store: DrawStore | None = None, concurrency: int = 16) -> None:
        self.executor = executor
        self._store = store
        self._gate = asyncio.Semaphore(concurrency)

    async def attempts(self, seed: Seed, traces: Sequence[str | None], draws: int) -> list[Attempts]:
        """Attempts with each trace (None: alone), `draws` each; one each when all draws are the same draw.

        Draws that are stored are not made again. EndpointError when the executor can't be called at all.
        """
        count = 1 if self.executor.same_draws else draws
        found = [Attempts() for _ in traces]
        wanted: list[tuple[int, int]] = []
        for at, trace in enumerate(traces):
            stored = self._stored(seed, trace)
            for number in range(count):
                if number in stored:
                    found[at].add(stored[number])
                else:
                    wanted.append((at, number))
        made = await asyncio.gather(*(self._draw(seed, traces[at], number) for at, number in wanted))
        done = []
        for (at, number), verdict in zip(wanted, made, strict=True):
            if isinstance(verdict, str):
                found[at].failures[verdict] += 1
            else:
                found[at].add(verdict)
                done.append((traces[at], number, verdict))
        if self._store is not None and done:
            self._store.write(self.executor.name, seed.problem_id, done)
        return found

    def _stored(self, seed: Seed, trace: str | None) -> dict[int, Verdict]:
        return {} if self._store is None else self._store.verdicts(self.executor.name, seed.problem_id, trace)

    async def _draw(self, seed: Seed, trace: str | None, number: int) -> Verdict | str:
        """The verdict on one draw, or why it failed."""
        async with self._gate:
            drawn = await self.executor.draw(seed, trace, number)
        if drawn.artifact is None:
            return drawn.failure or "failed"
        return domain_named(seed.domain).verify_artifact(seed, drawn.artifact)
