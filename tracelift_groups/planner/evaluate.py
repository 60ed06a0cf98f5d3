"""How often a frozen executor is right: alone, with reference traces, with flawed ones, and with a planner's own."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any  # JSON

from tracelift_groups.errors import InfrastructureError
from tracelift_groups.planner.draw_store import DrawStore
from tracelift_groups.planner.draws import JudgedExecutor
from tracelift_groups.planner.executors import open_executor, serves
from tracelift_groups.planner.interval import MeanInterval, mean_interval
from tracelift_groups.planner.policy import answers, load_policy, require_packages
from tracelift_groups.planner.prompt import trace_of
from tracelift_groups.planner.uplift import DRAWS, TEMPERATURE, groups_of
from tracelift_groups.records.group import Group, keeps_answer
from tracelift_groups.records.group_seed import seed_of

ALONE, REFERENCE, CHANGING, PRESERVING, PLANNER = (
    "alone",
    "reference traces",
    "flaws that change the answer",
    "flaws that keep it",
    "the planner's traces",
)


@dataclass(frozen=True)
class PlannerReport:
    """Success rates by what the executor was given, over problems. An answer without a trace counts as no success.

    `traces` is the number of problems to which the planner wrote a trace, `missing` counts failed draws by reason.
    """

    executor: str
    problems: int
    traces: int
    rates: Mapping[str, MeanInterval]
    missing: Mapping[str, int]

    def to_json(self) -> dict[str, Any]:
        rates = {name: rate.to_json() for name, rate in self.rates.items()}
        row = {"executor": self.executor, "problems": self.problems, "traces": self.traces}
        return row | {"rates": rates, "missing": dict(self.missing)}


def evaluate_planner(
    run: Path,
    model: str,
    executor: str,
    *,
    split: str = "test",
    draws: int = DRAWS,
    limit: int | None = None,
    max_tokens: int = 256,
    cache: Path | None = None,
    progress: Callable[[Mapping[str, int]], object] = lambda _: None,
) -> PlannerReport:
    """Ask the planner once for each problem (its most likely answer), then draw from the executor `draws` times.

    Draws are stored in RUN/uplift.sqlite, as those of `measure-uplift`. MissingExtraError without torch and
    transformers, ConfigError for a model or an executor that can't be used, RunError for a run without groups.
    """
    require_packages("Evaluating a planner")
    groups = list(islice(groups_of(run, split), limit))
    asyncio.run(_check(executor, cache))
    policy = load_policy(model)
    seeds = [seed_of(group) for group in groups]
    traces = []
    for answer in answers(policy, seeds, max_tokens):
        traces.append(trace_of(answer))
        progress({"answers": len(traces)})
    with closing(DrawStore(run / "uplift.sqlite")) as store:
        return asyncio.run(_rates(groups, traces, executor, store, draws, cache, progress))


async def _check(spec: str, cache: Path | None) -> None:
    """Errors of a spec, before a model is loaded."""
    async with open_executor(spec, cache):
        pass


async def _rates(
    groups: Sequence[Group],
    traces: Sequence[str],
    spec: str,
    store: DrawStore,
    draws: int,
    cache: Path | None,
    progress: Callable[[Mapping[str, int]], object],
) -> PlannerReport:
    rates: dict[str, list[float]] = {name: [] for name in (ALONE, REFERENCE, CHANGING, PRESERVING, PLANNER)}
    missing: Counter[str] = Counter()
    done = written = 0
    async with open_executor(spec, cache, temperature=TEMPERATURE) as executor:
        judged = JudgedExecutor(executor, store)
        for group, trace in zip(groups, traces, strict=True):
            if not serves(executor, group.domain):
                continue
            given = _given(group, trace)
            found = await judged.attempts(seed_of(group), [text for _, text in given], draws)
            of_group: defaultdict[str, list[float]] = defaultdict(list)
            for (name, _), attempts in zip(given, found, strict=True):
                missing.update(attempts.failures)
                if attempts.rate is not None:
                    of_group[name].append(attempts.rate)
            for name, values in of_group.items():
                rates[name].append(sum(values) / len(values))
            if not trace:
                rates[PLANNER].append(0.0)
            done, written = done + 1, written + bool(trace)
            progress({"problems": done})
        if not any(rates.values()):
            reason = missing.most_common(1)[0][0] if missing else "it serves none of the problems"
            raise InfrastructureError(f"No draw of {executor.name} gave a verdict ({reason}).", "Check the executor.")
        means = {name: mean_interval(values) for name, values in rates.items()}
        return PlannerReport(executor.name, done, written, means, dict(missing.most_common()))


def _given(group: Group, trace: str) -> list[tuple[str, str | None]]:
    """What the executor is given for a problem, by the name of its rate."""
    flaws = [(PRESERVING if keeps_answer(flaw) else CHANGING, flaw.reasoning) for flaw in group.negative_bank]
    planned = [(PLANNER, trace)] if trace else []
    return [(ALONE, None), (REFERENCE, group.positive_pool[0].reasoning), *flaws, *planned]
