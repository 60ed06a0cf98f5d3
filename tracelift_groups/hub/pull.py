"""Fetches a published run, and believes none of it: hashes, rows and certificates are recomputed before it appears."""

import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any  # what the client answers with

from tracelift_groups.errors import ConfigError, RunError
from tracelift_groups.files.atomic import folder_beside, reported_as_run_error
from tracelift_groups.files.checksums import verify_checksums
from tracelift_groups.files.run_folder import RunFolder
from tracelift_groups.hub.check import check_content
from tracelift_groups.hub.client import checked_name, dataset_info, hub, reported_as_hub_error
from tracelift_groups.hub.push import PUBLISHED

_NEEDED = ("SHA256SUMS", "build.yaml", "README.md")


@dataclass(frozen=True)
class Pulled:
    """A pulled run: its data set, the commit that it is from, its folder, and how many groups it has."""

    repo: str
    commit: str
    run: str
    groups: int

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def pull(repo: str, run: Path, *, revision: str | None = None, workers: int | None = None) -> Pulled:
    """Fetch the data set `repo` (OWNER/NAME) into the new folder `run`, which appears whole or not at all.

    The run is complete and read-only. Raises RunError when `run` is there, or when a hash, a row or a certificate
    doesn't hold; ConfigError for a data set that there isn't, or that `push` didn't write.
    """
    checked_name(repo)
    if run.exists():
        raise RunError(f"{run} is there already.", "Name a new folder.")
    api = hub()
    found = dataset_info(api, repo, revision)
    if found is None:
        raise ConfigError(f"The Hub has no data set {repo}, or it is private.", "Check the name, or log in.")
    commit = str(found.sha)
    with reported_as_hub_error(repo):
        names = api.list_repo_files(repo, repo_type="dataset", revision=commit)
    if missing := [name for name in _NEEDED if name not in names]:
        raise ConfigError(f"{repo} has no {missing[0]}: `push` didn't write it.", "Read it with `datasets`.")
    with folder_beside(run) as part:
        with reported_as_hub_error(repo):
            api.snapshot_download(
                repo,
                repo_type="dataset",
                revision=commit,
                local_dir=part,
                allow_patterns=[name for name in names if PUBLISHED.fullmatch(name)],
            )
        shutil.rmtree(part / ".cache", ignore_errors=True)  # the client's own notes
        verify_checksums(RunFolder(part))
        groups = check_content(RunFolder(part), workers)
        with reported_as_run_error(run):
            part.rename(run)
    return Pulled(repo, commit, str(run), groups)
