"""Uplift: how much more often a frozen executor is right with a trace than without one.

Success without a trace belongs to the problem: it is drawn once a problem and shared by all of its traces. Every figure
is a mean over problems, with an interval by a bootstrap over problems.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any  # JSON

from tracelift_groups.config import SPLITS
from tracelift_groups.errors import ConfigError, InfrastructureError, RunError, suggestion
from tracelift_groups.files.group_files import read_groups
from tracelift_groups.pipeline.finished import require_finished
from tracelift_groups.planner.draw_store import DrawStore
from tracelift_groups.planner.draws import Attempts, JudgedExecutor
from tracelift_groups.planner.executors import open_executor, serves
from tracelift_groups.planner.interval import MeanInterval, mean_interval
from tracelift_groups.records.group import Group, keeps_answer
from tracelift_groups.records.group_seed import seed_of

DRAWS = 4
MIN_PROBLEMS = 20  # of a kind, for an interval of its own
TEMPERATURE = 0.7  # of an executor whose spec names none; at 0 all draws would be one draw

Pool = Mapping[str, float]
"""One value a problem, by problem_id."""


@dataclass(frozen=True)
class KindUplift:
    """Flaws of one kind: their uplift, and by how much it is below that of their references."""

    kind: str
    keeps_answer: bool
    flaws: int
    uplift: MeanInterval
    below_reference: MeanInterval


@dataclass(frozen=True)
class UpliftReport:
    """Success rates alone and with the reference; uplift of the reference; by how much flaws are below it.

    `changing` and `preserving` pool the flaws that change the answer and those that leave it right. `missing` counts
    draws without a verdict, by reason. `draws` is the number for each problem and trace.
    """

    executor: str
    draws: int
    problems: int
    alone: MeanInterval
    with_reference: MeanInterval
    reference: MeanInterval
    changing: MeanInterval
    preserving: MeanInterval
    kinds: tuple[KindUplift, ...]
    made: int
    missing: Mapping[str, int]

    def to_json(self) -> dict[str, Any]:
        names = ("alone", "with_reference", "reference", "changing", "preserving")
        row: dict[str, Any] = {name: getattr(self, name) for name in ("executor", "draws", "problems", "made")}
        row |= {name: getattr(self, name).to_json() for name in names}
        kinds = [
            {
                "kind": kind.kind,
                "keeps_answer": kind.keeps_answer,
                "flaws": kind.flaws,
                "uplift": kind.uplift.to_json(),
                "below_reference": kind.below_reference.to_json(),
            }
            for kind in self.kinds
        ]
        return row | {"kinds": kinds, "missing": dict(self.missing)}


def measure_uplift(
    run: Path,
    executor: str,
    *,
    draws: int = DRAWS,
    split: str = "",
    limit: int | None = None,
    cache: Path | None = None,
    progress: Callable[[Mapping[str, int]], object] = lambda _: None,
) -> UpliftReport:
    """Draw from the executor with every trace of a run and without one; `draws` each, stored in RUN/uplift.sqlite.

    `executor` is `exact`, `exact:slip=P` or `MODEL@URL`; `split` limits it to one split, `limit` to that many problems.
    Draws that are stored are not made again; failed ones are tried again. Problems of a domain that the executor does
    not serve are left out. Raises RunError for a run without groups, InfrastructureError when no draw gave a verdict.
    """
    if draws < 1:
        raise ConfigError(f"The number of draws is {draws}.", "Use 1 or more.")
    groups = list(islice(groups_of(run, split), limit))
    with closing(DrawStore(run / "uplift.sqlite")) as store:
        return asyncio.run(_measure(groups, executor, store, draws, cache, progress))


def groups_of(run: Path, split: str = "") -> Iterator[Group]:
    """The groups of a run, of one split or of all. RunError when there are none."""
    folder = require_finished(run)
    if split and split not in SPLITS:
        raise ConfigError(f'No split is named "{split}".', suggestion(split, SPLITS))
    files = [file for file in folder.group_files() if not split or file.stem.endswith(f"_{split}")]
    if not any(file.stat().st_size for file in files):
        where = f" in split {split}" if split else ""
        raise RunError(f"{run} holds no groups{where}.", "Name another split, or build more problems.")
    for file in files:
        yield from read_groups(file)


async def _measure(
    groups: list[Group],
    spec: str,
    store: DrawStore,
    draws: int,
    cache: Path | None,
    progress: Callable[[Mapping[str, int]], object],
) -> UpliftReport:
    measured: list[tuple[Group, list[Attempts]]] = []
    async with open_executor(spec, cache, temperature=TEMPERATURE) as executor:
        groups = [group for group in groups if serves(executor, group.domain)]
        judged = JudgedExecutor(executor, store)
        for group in groups:
            traces = [None, group.positive_pool[0].reasoning, *(flaw.reasoning for flaw in group.negative_bank)]
            measured.append((group, await judged.attempts(seed_of(group), traces, draws)))
            progress({"problems": len(measured)})
        count = 1 if executor.same_draws else draws
        return _report(executor.name, count, measured)


def _report(executor: str, draws: int, measured: list[tuple[Group, list[Attempts]]]) -> UpliftReport:
    missing: Counter[str] = Counter()
    made = 0
    alone, right, reference = {}, {}, {}
    flaws: defaultdict[tuple[str, bool], dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for group, (base, best, *others) in measured:
        for attempt in (base, best, *others):
            missing.update(attempt.failures)
            made += attempt.right + attempt.wrong
        if base.rate is None or best.rate is None:
            continue
        name = group.problem_id
        alone[name], right[name], reference[name] = base.rate, best.rate, best.rate - base.rate
        for flaw, attempt in zip(group.negative_bank, others, strict=True):
            if attempt.rate is not None:
                flaws[flaw.negative_kind or "", keeps_answer(flaw)][name].append(attempt.rate - base.rate)
    if not reference:
        reason = missing.most_common(1)[0][0] if missing else "it serves none of the problems"
        raise InfrastructureError(
            f"No draw of {executor} gave a verdict ({reason}).", "Check the executor, then run it again."
        )
    kinds = tuple(_kind(*key, pools, reference) for key, pools in sorted(flaws.items()))
    return UpliftReport(
        executor,
        draws,
        len(reference),
        mean_interval(list(alone.values())),
        mean_interval(list(right.values())),
        mean_interval(list(reference.values())),
        _below(reference, _pooled(flaws, keeps=False)),
        _below(reference, _pooled(flaws, keeps=True)),
        kinds,
        made,
        dict(missing.most_common()),
    )


def _kind(kind: str, keeps: bool, pools: Mapping[str, list[float]], reference: Pool) -> KindUplift:
    means = {name: sum(values) / len(values) for name, values in pools.items()}
    return KindUplift(
        kind,
        keeps,
        sum(map(len, pools.values())),
        mean_interval(list(means.values())),
        _below(reference, means),
    )


def _pooled(flaws: Mapping[tuple[str, bool], Mapping[str, list[float]]], *, keeps: bool) -> Pool:
    """The mean over all flaws of a problem that keep the answer, or that don't."""
    pooled: defaultdict[str, list[float]] = defaultdict(list)
    for (_, kept), pools in flaws.items():
        for name, values in pools.items() if kept == keeps else ():
            pooled[name] += values
    return {name: sum(values) / len(values) for name, values in pooled.items()}


def _below(reference: Pool, flaws: Pool) -> MeanInterval:
    """By how much the flaws of a problem are below its reference, over the problems that have such flaws."""
    return mean_interval([reference[name] - value for name, value in sorted(flaws.items())])
