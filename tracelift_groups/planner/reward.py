"""The reward of a planner's answers: did the executor succeed, and did well-reasoned text help it to.

Preset `released-math` (arXiv 2605.03862, the released trainer): ½ e2e + ½ RM · (mean with − mean without). Departures:
every draw with the trace counts for both terms, so e2e is the mean with the trace; draws without a trace belong to the
problem and are shared by all of its answers; what fails is missing. A reward with a missing part is None: never zero.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any  # JSON

from tracelift_groups.planner.draws import Attempts, JudgedExecutor
from tracelift_groups.planner.prompt import trace_of
from tracelift_groups.planner.trace_scorer import ReasoningScore
from tracelift_groups.records.seed import Seed

REWARD_DRAWS = 3
_OUTCOME, _REASON = 0.5, 0.5


def released_math(with_trace: float | None, without: float | None, rm: float | None) -> float | None:
    """½ with + ½ rm · (with − without), of success rates and a score in [0, 1]; None when one of them is missing."""
    if with_trace is None or without is None or rm is None:
        return None
    return _OUTCOME * with_trace + _REASON * rm * (with_trace - without)


@dataclass(frozen=True)
class RewardParts:
    """What the reward of one answer is made of. `trace` is empty for an answer without one, which is worth 0.

    `with_trace` and `without` are success rates, `rm` is the reasoning score; None: missing, and so is the reward.
    """

    problem_id: str
    trace: str
    with_trace: float | None
    without: float | None
    rm: float | None
    reward: float | None
    failures: Mapping[str, int]

    def to_json(self) -> dict[str, Any]:
        uplift = None
        if self.with_trace is not None and self.without is not None:
            uplift = self.with_trace - self.without
        return {
            "problem_id": self.problem_id,
            "reward": self.reward,
            "with_trace": self.with_trace,
            "without": self.without,
            "uplift": uplift,
            "rm": self.rm,
            "failures": dict(self.failures),
            "trace": self.trace,
        }


class PlannerReward:
    """Scores a planner's answers to some problems. A problem's draws without a trace are made once, and kept."""

    def __init__(self, seeds: Mapping[str, Seed], reasoning: ReasoningScore, draws: int = REWARD_DRAWS) -> None:
        self._seeds = seeds
        self._reasoning = reasoning
        self._draws = draws
        self._alone: dict[str, Attempts] = {}

    async def parts(self, judged: JudgedExecutor, answers: Sequence[tuple[str, str]]) -> list[RewardParts]:
        """The parts of each (problem_id, answer). Equal traces of a problem share their draws.

        EndpointError when the executor can't be called at all.
        """
        traces = [(name, trace_of(answer)) for name, answer in answers]
        of_problem: dict[str, list[str]] = {}
        for name, trace in traces:
            own = of_problem.setdefault(name, [])
            if trace and trace not in own:
                own.append(trace)
        made: dict[tuple[str, str], RewardParts] = {}
        for name, own in of_problem.items():
            for parts in await self._of_problem(judged, name, own) if own else ():
                made[name, parts.trace] = parts
        return [made[key] if key[1] else _without_trace(key[0]) for key in traces]

    async def _of_problem(self, judged: JudgedExecutor, name: str, traces: list[str]) -> list[RewardParts]:
        seed = self._seeds[name]
        known = self._alone.get(name)
        found = await judged.attempts(seed, [*traces, *(() if known else (None,))], self._draws)
        alone = known or found.pop()
        if alone.rate is not None:
            self._alone[name] = alone
        return [
            RewardParts(
                name,
                trace,
                attempts.rate,
                alone.rate,
                rm,
                released_math(attempts.rate, alone.rate, rm),
                attempts.failures + (Counter() if known else alone.failures),
            )
            for trace, attempts, rm in zip(traces, found, self._reasoning.scores(seed, traces), strict=True)
        ]


def _without_trace(name: str) -> RewardParts:
    return RewardParts(name, "", None, None, None, 0.0, {})
