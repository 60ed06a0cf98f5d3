"""SQLite files of our own kinds: told by a mark, made when they are new, written in whole transactions."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class FileKind:
    """`mark` is SQLite's application id, which tells the file under any name; `version` its user version.

    `tables` are the statements that make a new file, each ended by a semicolon.
    """

    mark: int
    version: int
    tables: str


class OtherFileError(Exception):
    """A database of another kind (`version` None), or of this kind with another version."""

    def __init__(self, version: int | None) -> None:
        super().__init__(version)
        self.version = version


def open_database(path: Path, kind: FileKind, *, timeout: float = 5.0, threads: bool = False) -> sqlite3.Connection:
    """Open a file, or make it where there is none or an empty one. Statements commit by themselves.

    `timeout` is in seconds, for which another process may be waited for; with `threads` all may use the connection, one
    at a time. OtherFileError for a file that is another's, sqlite3.Error for one that can't be used.
    """
    db = sqlite3.connect(path, timeout=timeout, isolation_level=None, check_same_thread=not threads)
    try:
        if _is_new(db):
            _make(db, kind)
        if _number(db, "application_id") != kind.mark:
            raise OtherFileError(None)
        if (version := _number(db, "user_version")) != kind.version:
            raise OtherFileError(version)
        _log_ahead(db, timeout)
        # A commit in WAL mode survives a killed process; only a power failure may lose the last ones.
        db.execute("PRAGMA synchronous = NORMAL")
    except BaseException:
        db.close()
        raise
    return db


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """What the block writes is there as a whole, or not at all."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        # A full disk may have rolled back already.
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def _make(db: sqlite3.Connection, kind: FileKind) -> None:
    with transaction(db):
        if not _is_new(db):  # another process made it meanwhile
            return
        for statement in filter(str.strip, kind.tables.split(";")):
            db.execute(statement)
        db.execute(f"PRAGMA application_id = {kind.mark}")
        db.execute(f"PRAGMA user_version = {kind.version}")


def _log_ahead(db: sqlite3.Connection, timeout: float) -> None:
    """Write-ahead logging. While others open the file, SQLite refuses the change at once, without waiting."""
    end = time.monotonic() + timeout
    while True:
        try:
            db.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as cause:
            if cause.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                raise
            time.sleep(0.01)
        else:
            return


def _is_new(db: sqlite3.Connection) -> bool:
    (tables,) = db.execute("SELECT count(*) FROM sqlite_master").fetchone()
    return tables == 0 and _number(db, "application_id") == 0


def _number(db: sqlite3.Connection, pragma: str) -> int:
    return int(db.execute(f"PRAGMA {pragma}").fetchone()[0])
