"""The run folder: its files, the lock for writers, and how to start over.

Only files that this library writes are ever removed. One process at a time writes to a run: the lock is an exclusive
transaction on an empty SQLite file, which every system releases when its holder dies and no child inherits.

A run that was pulled has no ledger: it is complete and read-only.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tracelift_groups.errors import RunError
from tracelift_groups.files.atomic import reported_as_run_error

_LOCK = ".lock"
# Patterns of the files that the library writes. The ledger comes last: as long as it exists, the folder is a run.
_WRITTEN = (
    "data/*/*.parquet",
    "data/*/.*.part",
    "groups/*.jsonl",
    "groups/.*.part",
    "rejected.jsonl",
    "report.html",
    "README.md",
    "build.yaml",
    "SHA256SUMS",
    ".*.part",
    "ledger.sqlite-shm",
    "ledger.sqlite-wal",
    "ledger.sqlite",
)


class RunFolder:
    """The places inside a run folder. Making one touches nothing."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.ledger = path / "ledger.sqlite"
        self.config = path / "build.yaml"
        self.data = path / "data"
        self.groups = path / "groups"
        self.rejected = path / "rejected.jsonl"
        self.card = path / "README.md"
        self.checksums = path / "SHA256SUMS"

    def group_files(self) -> list[Path]:
        """The JSONL files of finished groups, sorted by name."""
        return sorted(self.groups.glob("[!.]*.jsonl"))

    @property
    def is_pulled(self) -> bool:
        """Whether this is a finished run without the ledger that it was made from."""
        return not self.ledger.exists() and self.checksums.is_file() and self.config.is_file()

    def require(self) -> None:
        """RunError unless there is a run here to read."""
        if not self.ledger.is_file() and not self.is_pulled:
            raise RunError(f"{self.path} is not a run folder: it has no ledger.sqlite.", "Make one with: build --out")

    def require_ledger(self) -> None:
        """RunError unless there is a run here that can be continued."""
        self.require()
        if self.is_pulled:
            raise _read_only(self.path)

    def prepare(self) -> None:
        """Make the folder. RunError when it holds something that is not a run, or can't be written."""
        with reported_as_run_error(self.path):
            if self.is_pulled:
                raise _read_only(self.path)
            self.path.mkdir(parents=True, exist_ok=True)
            if not self.ledger.exists() and any(entry.name != _LOCK for entry in self.path.iterdir()):
                raise RunError(f"{self.path} is not empty and not a run folder.", "Name a new or an empty folder.")

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other processes from writing to this run. RunError when one does already."""
        with reported_as_run_error(self.path):
            lock = sqlite3.connect(self.path / _LOCK, timeout=0, isolation_level=None)
            try:
                lock.execute("BEGIN EXCLUSIVE")
            except sqlite3.OperationalError as cause:
                lock.close()
                if "locked" not in str(cause):
                    raise
                raise RunError(
                    f"Another process is writing to {self.path}.", "Wait until it ends, or name another folder."
                ) from cause
        try:
            yield
        finally:
            lock.close()

    def clear(self) -> None:
        """Remove what the library wrote here, and the folders that are empty then."""
        with reported_as_run_error(self.path):
            for pattern in _WRITTEN:
                for file in sorted(self.path.glob(pattern)):
                    file.unlink()
            for folder in (*sorted(self.data.glob("*")), self.data, self.groups):
                with suppress(OSError):  # not empty: it holds files of others
                    folder.rmdir()


def _read_only(path: Path) -> RunError:
    return RunError(f"{path} was pulled, so it is complete and read-only.", "Name another folder to build in.")
