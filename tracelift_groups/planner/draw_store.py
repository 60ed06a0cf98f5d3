"""RUN/uplift.sqlite: the verdict on each draw of an executor, so that no draw is made twice.

A draw that failed is not stored: it is missing, and tried again the next time. A draw whose artifact can't be judged is
stored without a verdict: it is missing too, and drawing again would not help.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from tracelift_groups.errors import RunError
from tracelift_groups.files.database import FileKind, OtherFileError, open_database, transaction

_KIND = FileKind(
    mark=0x544C6472,  # "TLdr"
    version=1,
    tables="""
        CREATE TABLE draw (
            executor TEXT NOT NULL, problem_id TEXT NOT NULL, trace TEXT NOT NULL, number INTEGER NOT NULL,
            verdict INTEGER, PRIMARY KEY (executor, problem_id, trace, number)
        ) WITHOUT ROWID;
    """,
)

Verdict = bool | None
"""Whether an artifact is right; None when it can't be told."""


class DrawStore:
    """An open store. `trace` is the text that the executor was given, None when it worked alone."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with _reported(path):
            try:
                self._db = open_database(path, _KIND, timeout=30)
            except OtherFileError as cause:
                raise RunError(f"{path} holds no draws that this version reads.", "Move the file away.") from cause

    def close(self) -> None:
        """Close the file. Everything written is already in it."""
        self._db.close()

    def verdicts(self, executor: str, problem_id: str, trace: str | None) -> dict[int, Verdict]:
        """The stored draws of one problem and trace, by their number."""
        query = "SELECT number, verdict FROM draw WHERE executor = ? AND problem_id = ? AND trace = ?"
        with _reported(self.path):
            found = self._db.execute(query, (executor, problem_id, _digest(trace))).fetchall()
        return {number: None if verdict is None else bool(verdict) for number, verdict in found}

    def write(self, executor: str, problem_id: str, draws: Iterable[tuple[str | None, int, Verdict]]) -> None:
        """Store (trace, number, verdict) of draws of one problem, in one transaction."""
        rows = [(executor, problem_id, _digest(trace), number, verdict) for trace, number, verdict in draws]
        with _reported(self.path), transaction(self._db):
            self._db.executemany("INSERT OR REPLACE INTO draw VALUES (?, ?, ?, ?, ?)", rows)


def _digest(trace: str | None) -> str:
    return "" if trace is None else sha256(trace.encode()).hexdigest()


@contextmanager
def _reported(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as cause:
        raise RunError(
            f"{path} can't be read or written: {cause}.", "Free disk space, or move the file away."
        ) from cause
