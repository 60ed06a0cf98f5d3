"""Groups of a run for the reward model: by domain and split, with the rubric that scored them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tracelift_groups.config import read_config
from tracelift_groups.domain import rubric_name
from tracelift_groups.errors import RunError
from tracelift_groups.files.group_files import read_groups
from tracelift_groups.pipeline.finished import require_finished
from tracelift_groups.records.group import Group
from tracelift_groups.records.group_rubric import require_rubric
from tracelift_groups.records.rubric import Rubric, load_rubric
from tracelift_groups.records.seed import DOMAINS

FITTED_ON, STOPPED_ON, REPORTED_ON = "train", "dev", "test"


@dataclass(frozen=True)
class RunGroups:
    """The groups of one domain of a run, by split, and the rubric of their scores."""

    domain: str
    rubric: Rubric
    splits: Mapping[str, tuple[Group, ...]]

    @property
    def train(self) -> tuple[Group, ...]:
        return self.splits.get(FITTED_ON, ())

    @property
    def dev(self) -> tuple[Group, ...]:
        return self.splits.get(STOPPED_ON, ())

    @property
    def test(self) -> tuple[Group, ...]:
        return self.splits.get(REPORTED_ON, ())


def run_groups(run: Path, splits: Iterable[str]) -> list[RunGroups]:
    """The groups of these splits, for each domain that the run has groups of.

    RunError for a folder that is no run or is not finished, RecordError for a group on another rubric.
    """
    folder = require_finished(run)
    files = folder.group_files()
    if not files:
        raise RunError(f"{run} holds no groups.", "Build some: tracelift-groups build SEEDS --out RUN")
    chosen = read_config(folder.config).get("rubric", "")
    found = []
    for domain in DOMAINS:
        own = {path.stem.removeprefix(f"{domain}_"): path for path in files if path.stem.startswith(f"{domain}_")}
        if own:
            rubric = load_rubric(rubric_name(domain, chosen))
            read = {split: tuple(read_groups(own[split])) for split in splits if split in own}
            for split, groups in read.items():
                require_rubric(groups, rubric.names, f"{own[split]}", f'rubric "{rubric.name}"')
            found.append(RunGroups(domain, rubric, read))
    return found
