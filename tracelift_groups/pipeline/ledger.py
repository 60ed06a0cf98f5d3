"""The ledger of a run: one row per item and stage, and the only truth about what is done.

`RUN/ledger.sqlite` is written by one process (the parent of the workers), a batch of items in one transaction: killed
at any moment, it holds whole items or nothing of them. An item is named by its problem_id. A source line that gave no
seed is named by its place (`train.jsonl:17`), a second seed of one id by that id and a mark; both end at stage `seed`.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tracelift_groups.errors import RunError
from tracelift_groups.files.database import FileKind, OtherFileError, open_database, transaction
from tracelift_groups.records.stage import STAGES

FORMAT_VERSION = 1
# Separates the problem_id in an item's name from a suffix for duplicates. Sorts before every printable character.
SEPARATOR = "\x1f"

_KIND = FileKind(
    mark=0x544C6772,  # "TLgr"
    version=0,  # the format is a row of the table meta
    tables=f"""
        CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
        CREATE TABLE outcome (
            item TEXT NOT NULL, stage INTEGER NOT NULL, status TEXT NOT NULL,
            payload BLOB, drops BLOB, digest TEXT, detail TEXT,
            PRIMARY KEY (item, stage)
        );
        INSERT INTO meta VALUES ('format_version', '{FORMAT_VERSION}');
    """,
)


@dataclass(frozen=True)
class LedgerRow:
    """The result of one stage for an item. `payload` and `drops` are JSON; `digest` (stage seed only) is of the seed.

    A seed's payload is kept for every status, so that the item can be made again. `detail` is the traceback of a
    crash; it is never exported.
    """

    item: str
    stage: str
    status: str
    payload: bytes | None = None
    drops: bytes | None = None
    digest: str | None = None
    detail: str | None = None


@dataclass(frozen=True)
class ItemState:
    """How far an item has come: the last stage that has a row, and its status."""

    stage: str
    status: str
    digest: str | None


class Ledger:
    """An open ledger. Opening makes a new one where there is none; RunError says why one can't be used."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with _in_words(path):
            try:
                self._db = open_database(path, _KIND)
            except OtherFileError as cause:
                raise RunError(f"{path} is not a ledger of tracelift-groups.", "Name another folder.") from cause
        try:
            self._check_version()
        except BaseException:
            self._db.close()
            raise

    def _check_version(self) -> None:
        version = self.meta("format_version")
        if version != str(FORMAT_VERSION):
            raise RunError(
                f"{self.path} has ledger format {version}; this version reads format {FORMAT_VERSION}.",
                "Use the version of tracelift-groups that wrote it, or start over with --fresh.",
            )

    def close(self) -> None:
        """Close the file. Everything written is already in it."""
        self._db.close()

    def meta(self, key: str) -> str | None:
        """A fact about the whole run; None when it is not recorded."""
        with _in_words(self.path):
            row = self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def set_meta(self, values: Mapping[str, str]) -> None:
        """Record facts about the whole run, in one transaction."""
        with self._transaction():
            self._db.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", values.items())

    def write(self, items: Iterable[tuple[LedgerRow, ...]]) -> None:
        """Record items in one transaction. Older rows of an item, from its first new stage on, are replaced."""
        with self._transaction():
            for rows in items:
                first = STAGES.index(rows[0].stage)
                self._db.execute("DELETE FROM outcome WHERE item = ? AND stage >= ?", (rows[0].item, first))
                self._db.executemany(
                    "INSERT INTO outcome VALUES (?, ?, ?, ?, ?, ?, ?)",
                    [(r.item, STAGES.index(r.stage), r.status, r.payload, r.drops, r.digest, r.detail) for r in rows],
                )

    def replace_payloads(self, items: Mapping[str, Mapping[str, bytes]]) -> None:
        """Put other payloads in place of those of finished stages (item → stage → payload), in one transaction."""
        with self._transaction():
            self._db.executemany(
                "UPDATE outcome SET payload = ? WHERE item = ? AND stage = ? AND status = 'done'",
                [
                    (payload, item, STAGES.index(stage))
                    for item, stages in items.items()
                    for stage, payload in stages.items()
                ],
            )

    def states(self) -> dict[str, ItemState]:
        """How far every item has come."""
        found: dict[str, ItemState] = {}
        for item, stage, status, digest in self._select(
            "SELECT item, stage, status, digest FROM outcome ORDER BY 1, 2"
        ):
            before = found.get(item)
            found[item] = ItemState(STAGES[stage], status, digest if before is None else before.digest)
        return found

    def payloads(self, item: str) -> dict[str, bytes]:
        """What the stages made of an item, by stage, in order; a rejected seed's row is included."""
        query = "SELECT stage, payload FROM outcome WHERE item = ? AND payload IS NOT NULL ORDER BY stage"
        return {STAGES[stage]: payload for stage, payload in self._select(query, item)}

    def stage_payloads(self, stage: str) -> Iterator[bytes]:
        """What one stage made of every item that it finished, sorted by item."""
        query = "SELECT payload FROM outcome WHERE stage = ? AND status = 'done' ORDER BY item"
        return (payload for (payload,) in self._select(query, STAGES.index(stage)))

    def groups(self) -> Iterator[tuple[str, bytes, bytes]]:
        """(problem_id, seed, group) of every finished item, sorted by problem_id."""
        query = """SELECT last.item, first.payload, last.payload FROM outcome AS last
            JOIN outcome AS first ON first.item = last.item AND first.stage = 0
            WHERE last.stage = ? AND last.status = 'done' ORDER BY last.item"""
        return self._select(query, STAGES.index("validate"))

    def drops(self) -> Iterator[tuple[str, bytes]]:
        """(item, list of drops) of every row that dropped something, sorted by item and stage."""
        return self._select("SELECT item, drops FROM outcome WHERE drops IS NOT NULL ORDER BY item, stage")

    def counts(self) -> dict[str, dict[str, int]]:
        """Number of items by stage and status."""
        found: dict[str, dict[str, int]] = {stage: {} for stage in STAGES}
        for stage, status, count in self._select("SELECT stage, status, count(*) FROM outcome GROUP BY 1, 2"):
            found[STAGES[stage]][status] = count
        return found

    # The columns of a query are known where it is written, and typed there.
    def _select(self, query: str, *values: object) -> Iterator[tuple]:  # type: ignore[type-arg]
        with _in_words(self.path):
            yield from self._db.execute(query, values)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with _in_words(self.path), transaction(self._db):
            yield


@contextmanager
def _in_words(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as cause:
        raise RunError(
            f"The ledger {path} can't be read or written: {cause}.",
            "Recorded results are safe. Free disk space or fix the permissions, then rerun the same command to resume.",
        ) from cause
    except sqlite3.DatabaseError as cause:
        raise RunError(f"The ledger {path} is damaged: {cause}.", "Start over with --fresh.") from cause
