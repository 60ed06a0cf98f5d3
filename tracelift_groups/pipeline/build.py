"""The build: problems in, a run folder out. Killed at any moment, the same call continues where the ledger ends.

Seeds are read as workers get free, each goes through all its stages in one worker, and this process alone writes the
ledger. What is exported afterwards is a function of the ledger.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, replace
from itertools import chain, islice
from pathlib import Path
from typing import Any  # JSON, and functions found by name

import orjson

from tracelift_groups.config import Config, commented
from tracelift_groups.cores import usable_cores
from tracelift_groups.errors import ConfigError, RunError
from tracelift_groups.files.atomic import atomic_write, reported_as_run_error
from tracelift_groups.files.checksums import write_checksums
from tracelift_groups.files.run_folder import RunFolder
from tracelift_groups.pipeline.export import export_groups, export_rejected
from tracelift_groups.pipeline.fingerprint import facts, fingerprint, refuse_changes
from tracelift_groups.pipeline.job import STAGE_FUNCTIONS, Item, Job, import_function
from tracelift_groups.pipeline.ledger import FORMAT_VERSION, Ledger, LedgerRow
from tracelift_groups.pipeline.work_queue import WorkQueue
from tracelift_groups.records.provenance import tool_version
from tracelift_groups.records.stage import STAGES
from tracelift_groups.registry import ANNOTATORS, KINDS
from tracelift_groups.workers.pool import run_all

_ITEMS_A_TASK = 16
_DRY_RUN_ITEMS = 3

Progress = Callable[[Mapping[str, int]], None]
"""Called after each batch with the number of items done, rejected and failed so far in this call."""


@dataclass(frozen=True)
class Pipeline:
    """The parts of a build as "module:function": the stages, the split, and the pages written at the end."""

    stages: Mapping[str, str]
    assign: str = "tracelift_groups.pipeline.split:assign"
    pages: tuple[str, ...] = (
        "tracelift_groups.report.page:write_report",
        "tracelift_groups.report.dataset_card:write_card",
    )


PIPELINE = Pipeline(STAGE_FUNCTIONS)


@dataclass(frozen=True)
class Summary:
    """The result of a call: items by stage and status, groups by domain and split."""

    run: str
    upto: str
    worked_on: int
    stages: Mapping[str, Mapping[str, int]]
    groups: Mapping[str, Mapping[str, int]]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def finished(self) -> bool:
        """Whether the call went to the last stage, and so exported groups."""
        return self.upto == STAGES[-1]

    @property
    def group_count(self) -> int:
        return sum(sum(splits.values()) for splits in self.groups.values())

    def count(self, status: str) -> int:
        """Items that ended with this status at any stage."""
        return sum(statuses.get(status, 0) for statuses in self.stages.values())


def no_progress(_: Mapping[str, int]) -> None:
    """Shows no progress."""


def build(
    config: Config,
    out: Path,
    *,
    upto: str = STAGES[-1],
    retry_failed: bool = False,
    fresh: bool = False,
    pipeline: Pipeline = PIPELINE,
    progress: Progress = no_progress,
) -> Summary:
    """Take every seed up to the stage `upto`, and export when that is the last stage.

    A run that was stopped continues; a finished one is extended by new seeds. RunError for a changed configuration or
    seed.
    """
    folder = RunFolder(out)
    folder.prepare()
    with folder.locked():
        if fresh:
            folder.clear()
        with closing(Ledger(folder.ledger)) as ledger:
            _agree(ledger, config, folder)
            queue = WorkQueue(ledger)
            items = chain(queue.unfinished(upto, retry_failed), queue.read(config))
            return _work(folder, ledger, config, items, upto, pipeline, progress)


def resume(
    out: Path,
    *,
    upto: str,
    retry_failed: bool = False,
    workers: int | None = None,
    pipeline: Pipeline = PIPELINE,
    progress: Progress = no_progress,
) -> Summary:
    """Take the items of a run up to a stage, without reading seeds."""
    with _reopened(out, workers) as (folder, ledger, config):
        items = WorkQueue(ledger).unfinished(upto, retry_failed)
        return _work(folder, ledger, config, items, upto, pipeline, progress)


def redo(
    out: Path,
    names: Sequence[str],
    *,
    workers: int | None = None,
    pipeline: Pipeline = PIPELINE,
    progress: Progress = no_progress,
) -> Summary:
    """Make the named problems again from the start, up to the stage of the run. RunError for an unknown problem_id."""
    with _reopened(out, workers) as (folder, ledger, config):
        counts = ledger.counts()
        upto = [stage for stage in STAGES if counts[stage] or stage == "seed"][-1]
        items = list(WorkQueue(ledger).named(names, out))
        return _work(folder, ledger, config, items, upto, pipeline, progress)


def dry_run(config: Config, *, pipeline: Pipeline = PIPELINE) -> list[tuple[LedgerRow, ...]]:
    """Take the first three problems through every stage and write nothing."""
    _check_components(config)
    job = Job(config, functions=pipeline.stages)
    return job.run(list(islice(WorkQueue(None).read(config), _DRY_RUN_ITEMS)))


def recorded_config(out: Path) -> Config:
    """The configuration that a run was built with. RunError when there is no run."""
    folder = RunFolder(out)
    folder.require_ledger()
    with closing(Ledger(folder.ledger)) as ledger:
        return _recorded(ledger, out)


@contextmanager
def _reopened(out: Path, workers: int | None) -> Iterator[tuple[RunFolder, Ledger, Config]]:
    folder = RunFolder(out)
    folder.require_ledger()
    with folder.locked(), closing(Ledger(folder.ledger)) as ledger:
        config = replace(_recorded(ledger, out), workers=workers)
        refuse_changes(ledger, facts(config), out)
        yield folder, ledger, config


def _recorded(ledger: Ledger, out: Path) -> Config:
    text = ledger.meta("config")
    if text is None:
        raise RunError(f"The run {out} has not been started.", "Start it with: build --out")
    return Config(**orjson.loads(text))


def _agree(ledger: Ledger, config: Config, folder: RunFolder) -> None:
    """Record the configuration, or refuse one that differs from that of the existing results."""
    _check_components(config)
    found = facts(config)
    refuse_changes(ledger, found, folder.path)
    # An extended run names all of its sources.
    before = ledger.meta("config")
    seeds = (*orjson.loads(before)["seeds"], *config.seeds) if before else config.seeds
    config = replace(config, seeds=tuple(dict.fromkeys(seeds)))
    ledger.set_meta({"config": orjson.dumps(config.to_json()).decode(), "facts": orjson.dumps(found).decode()})
    head = {"format_version": FORMAT_VERSION, "tool_version": tool_version(), "fingerprint": fingerprint(found)}
    with reported_as_run_error(folder.path), atomic_write(folder.config) as file:
        lines = "".join(f"{name}: {orjson.dumps(value).decode()}\n" for name, value in head.items())
        shown = replace(config, seeds=tuple(map(_below_home, config.seeds)), teacher=_without_url(config.teacher))
        file.write_text(lines + commented(shown), encoding="utf-8")


def _below_home(spec: str) -> str:
    """A source's spec with `~` for the user's home folder, so that a published build.yaml names no user."""
    return spec.replace(f":{Path.home()}/", ":~/")


def _without_url(teacher: str) -> str:
    """The teacher's model and parameters: a published build.yaml names no server."""
    if not teacher:
        return ""
    from tracelift_groups.models.model_spec import ModelSpec

    return ModelSpec.parse(teacher).identity


def _check_components(config: Config) -> None:
    """UnknownNameError for an unknown kind; ConfigError for a component that worker processes would not find."""
    for name in config.kinds:
        KINDS.get(name)
    functions = {name: kind.apply for name, kind in KINDS.registered.items()} | ANNOTATORS.registered
    of_script = [name for name, function in functions.items() if function.__module__ == "__main__"]
    if of_script and (config.workers or usable_cores()) > 1:
        raise ConfigError(
            f'"{of_script[0]}" is defined in the script that runs, which worker processes do not import.',
            "Move it to a module of its own, or build with one worker.",
        )


def _work(
    folder: RunFolder,
    ledger: Ledger,
    config: Config,
    items: Iterable[Item],
    upto: str,
    pipeline: Pipeline,
    progress: Progress,
) -> Summary:
    job = Job(config, upto, pipeline.stages)
    seen: Counter[str] = Counter()
    for answer in run_all(_tasks(items), job, config.workers or usable_cores()):
        ledger.write(answer)
        seen.update(rows[-1].status for rows in answer)
        progress(seen)
    groups: dict[str, dict[str, int]] = {}
    with reported_as_run_error(folder.path):
        export_rejected(ledger, folder)
        if upto == STAGES[-1]:
            groups = export_groups(ledger, folder, config, import_function(pipeline.assign))
            write_checksums(folder)
            for page in pipeline.pages:
                import_function(page)(folder.path)
    return Summary(str(folder.path), upto, seen.total(), ledger.counts(), groups)


def _tasks(items: Iterable[Item]) -> Iterator[list[Item]]:
    left = iter(items)
    while task := list(islice(left, _ITEMS_A_TASK)):
        yield task
