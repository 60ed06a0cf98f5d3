import sqlite3
import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from tracelift_groups.files.database import FileKind, OtherFileError, open_database, transaction

KIND = FileKind(
    mark=7, version=3, tables="CREATE TABLE word (text TEXT PRIMARY KEY); INSERT INTO word VALUES ('first');"
)


def _words(path: Path) -> list[str]:
    with closing(open_database(path, KIND)) as db:
        return [text for (text,) in db.execute("SELECT text FROM word ORDER BY text")]


def test_a_new_file_is_made_once_and_opened_again(tmp_path: Path) -> None:
    path = tmp_path / "words.sqlite"
    assert _words(path) == ["first"]
    with closing(open_database(path, KIND)) as db:
        db.execute("INSERT INTO word VALUES ('second')")
    assert _words(path) == ["first", "second"]


def test_an_empty_file_counts_as_new(tmp_path: Path) -> None:
    (tmp_path / "words.sqlite").touch()
    assert _words(tmp_path / "words.sqlite") == ["first"]


def test_another_kind_another_version_and_no_database_are_told_apart_and_left_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "words.sqlite"
    _words(path)
    for kind, version in ((replace(KIND, mark=8), None), (replace(KIND, version=4), 3)):
        with pytest.raises(OtherFileError) as error:
            open_database(path, kind)
        assert error.value.version == version
    with closing(sqlite3.connect(tmp_path / "unmarked.sqlite")) as db:
        db.execute("CREATE TABLE own (text TEXT)")
    with pytest.raises(OtherFileError):
        open_database(tmp_path / "unmarked.sqlite", KIND)
    (tmp_path / "notes.txt").write_text("no database, and longer than the header of one" * 9)
    with pytest.raises(sqlite3.DatabaseError):
        open_database(tmp_path / "notes.txt", KIND)
    assert _words(path) == ["first"]


def test_a_block_that_fails_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "words.sqlite"
    with closing(open_database(path, KIND)) as db, pytest.raises(sqlite3.IntegrityError), transaction(db):
        db.executemany("INSERT INTO word VALUES (?)", [("second",), ("first",)])
    assert _words(path) == ["first"]


def test_several_may_make_the_same_file_at_once(tmp_path: Path) -> None:
    for attempt in range(20):
        path = tmp_path / f"{attempt}.sqlite"
        barrier, found = threading.Barrier(6), []

        def opened(path: Path = path, barrier: threading.Barrier = barrier, found: list[list[str]] = found) -> None:
            barrier.wait()
            found.append(_words(path))

        threads = [threading.Thread(target=opened) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert found == [["first"]] * 6
