"""Publishes a run folder as a data set of the Hub, in one commit.

Everything that can be checked is checked before the first byte is sent: the run, its certificates, its licence, the
token. Large files are uploaded first and belong to nothing until the commit names them, so a push that is killed
publishes nothing, and the next one sends only what is missing. The ledger is never uploaded.
"""

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any  # what the client answers with

from tracelift_groups.errors import ConfigError
from tracelift_groups.files.checksums import covered, verify_checksums
from tracelift_groups.files.run_folder import RunFolder
from tracelift_groups.hub.check import check_content, check_license, check_private
from tracelift_groups.hub.client import checked_name, dataset_info, hub, reported_as_hub_error, user
from tracelift_groups.pipeline.finished import require_finished
from tracelift_groups.report.dataset_card import write_card

if TYPE_CHECKING:
    from huggingface_hub import HfApi

# Files of earlier pushes; what else lies in the repository is somebody's own.
PUBLISHED = re.compile(
    r"data/[\w-]+/[\w-]+\.parquet|groups/[\w-]+\.jsonl|rejected\.jsonl|build\.yaml|README\.md|SHA256SUMS"
)


@dataclass(frozen=True)
class Pushed:
    """A push: number of groups, files and bytes of the data set, its page, and the commit that holds them.

    `changed` is False when the Hub had it all before; `commit` is empty after a dry run.
    """

    repo: str
    groups: int
    files: int
    bytes: int
    url: str = ""
    commit: str = ""
    changed: bool = False

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def push(
    run: Path,
    repo: str,
    *,
    private: bool = False,
    license_name: str = "",
    dry_run: bool = False,
    workers: int | None = None,
) -> Pushed:
    """Publish a finished run as the data set `repo` (OWNER/NAME). `license_name` is for sources that don't say theirs.

    Files of an earlier push that the run no longer has are deleted in the same commit. Raises RunError for a run that
    is not finished or breaks a rule, ConfigError for a missing licence or token, InfrastructureError for the Hub.
    """
    folder = require_finished(run)
    checked_name(repo)
    verify_checksums(folder)
    check_license(folder, license_name)
    api = None if dry_run else hub()
    if api is not None:
        user(api)
        _check_visibility(api, repo, private)
    groups = check_content(folder, workers)
    if license_name and not dry_run:
        write_card(run, license_name)
    files = published(folder)
    check_private(folder, files)
    size = sum(file.stat().st_size for file in files)
    if api is None:
        return Pushed(repo, groups, len(files), size)
    with reported_as_hub_error(repo):
        url = str(api.create_repo(repo, repo_type="dataset", private=private or None, exist_ok=True))
        before = str(api.dataset_info(repo).sha)
        commit = _commit(api, repo, folder, files, before)
    return Pushed(repo, groups, len(files), size, url, commit, commit != before)


def published(folder: RunFolder) -> list[Path]:
    """The files that a push sends, sorted: the data, its checksums, the card and the report."""
    pages = [folder.checksums, folder.card, folder.path / "report.html"]
    return sorted([*(folder.path / name for name in covered(folder)), *(page for page in pages if page.is_file())])


def _check_visibility(api: "HfApi", repo: str, private: bool) -> None:
    found = dataset_info(api, repo)
    if private and found is not None and not found.private:
        raise ConfigError(f"{repo} is there and public.", "Name another one, or make it private on its page first.")


def _commit(api: "HfApi", repo: str, folder: RunFolder, files: list[Path], parent: str) -> str:
    """Make the commit; returns the id of the last commit, which is `parent` when nothing differs."""
    from huggingface_hub import CommitOperationAdd, CommitOperationDelete

    names = {file.relative_to(folder.path).as_posix(): file for file in files}
    operations: list[Any] = [CommitOperationAdd(name, file) for name, file in names.items()]
    operations += [CommitOperationDelete(name) for name in _stale(api, repo) if name not in names]
    done = api.create_commit(
        repo,
        operations,
        commit_message="Groups of reasoning traces with certified flaws",
        repo_type="dataset",
        parent_commit=parent,
    )
    return str(done.oid)


def _stale(api: "HfApi", repo: str) -> Iterator[str]:
    return (name for name in api.list_repo_files(repo, repo_type="dataset") if PUBLISHED.fullmatch(name))
