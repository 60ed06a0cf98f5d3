"""Features of many groups, computed in worker processes."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from tracelift_groups.cores import usable_cores
from tracelift_groups.domain import domain_named
from tracelift_groups.records.group import Group
from tracelift_groups.reward_model.linear import FeatureGroup, Features
from tracelift_groups.workers.pool import run_all

_GROUPS_A_TASK = 20
_WORTH_WORKERS = 100  # groups; fewer are done before a worker process has started


@dataclass(frozen=True)
class _Item:
    index: int
    domain: str
    problem: str
    traces: tuple[str, ...]


_Answer = tuple[int, tuple[Features | None, ...]]


class FeatureJob:
    """The job of a worker: the features of each trace of some problems, None where there are none."""

    def load(self) -> None:
        """Nothing to prepare: a domain is imported with its first problem."""

    def run(self, items: Sequence[_Item]) -> list[_Answer]:
        return [(item.index, tuple(map(_featurizer(item), item.traces))) for item in items]

    def died(self, item: _Item, how: str) -> _Answer:  # noqa: ARG002 - as in the BatchJob protocol
        """A problem that ends its worker twice has no features."""
        return item.index, tuple(None for _ in item.traces)


def feature_groups(
    groups: Sequence[Group], domain: str, workers: int | None = None, progress: Callable[[int], object] = lambda _: None
) -> list[FeatureGroup]:
    """The groups with the features of their candidates, in the same order; `workers` None is one a core.

    A candidate without features is left out. Every group has an entry, which may be empty.
    """
    items = (
        _Item(i, domain, group.problem, tuple(candidate.reasoning for candidate in group.candidates))
        for i, group in enumerate(groups)
    )
    count = (workers or usable_cores()) if len(groups) >= _WORTH_WORKERS else 1
    found: dict[int, tuple[Features | None, ...]] = {}
    for answers in run_all(_tasks(items), FeatureJob(), count):
        found.update(answers)
        progress(len(found))
    return [_feature_group(group, found[i]) for i, group in enumerate(groups)]


def _tasks(items: Iterator[_Item]) -> Iterator[list[_Item]]:
    while task := list(islice(items, _GROUPS_A_TASK)):
        yield task


def _featurizer(item: _Item) -> Callable[[str], Features | None]:
    domain = domain_named(item.domain)
    return lambda trace: domain.trace_features(item.problem, trace)


def _feature_group(group: Group, features: tuple[Features | None, ...]) -> FeatureGroup:
    kept = [(c, row) for c, row in zip(group.candidates, features, strict=True) if row is not None]
    positives = sum(row is not None for row in features[: len(group.positive_pool)])
    return FeatureGroup(tuple(c for c, _ in kept), tuple(row for _, row in kept), positives)
