import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tracelift_groups.errors import RunError
from tracelift_groups.pipeline.ledger import ItemState, Ledger, LedgerRow


def filled(path: Path) -> Ledger:
    ledger = Ledger(path)
    ledger.write(
        [
            (
                LedgerRow("b", "seed", "done", b'{"b":1}', None, "d1"),
                LedgerRow("b", "generate", "failed", drops=b"[]", detail="…"),
            ),
            (LedgerRow("a", "seed", "done", b'{"a":1}', None, "d2"), LedgerRow("a", "generate", "done", b"{}")),
        ]
    )
    return ledger


def test_what_is_written_is_there_after_reopening(tmp_path: Path) -> None:
    filled(tmp_path / "l").close()
    with closing(Ledger(tmp_path / "l")) as ledger:
        assert ledger.states() == {"a": ItemState("generate", "done", "d2"), "b": ItemState("generate", "failed", "d1")}
        assert ledger.payloads("a") == {"seed": b'{"a":1}', "generate": b"{}"}
        assert ledger.counts()["generate"] == {"done": 1, "failed": 1}
        assert list(ledger.drops()) == [("b", b"[]")]


def test_writing_an_item_again_replaces_it_from_its_first_new_stage_on(tmp_path: Path) -> None:
    with closing(filled(tmp_path / "l")) as ledger:
        ledger.write([(LedgerRow("a", "generate", "failed", drops=b"[1]"),)])
        assert ledger.states()["a"] == ItemState("generate", "failed", "d2")
        ledger.write([(LedgerRow("a", "seed", "rejected", b"{}", b"[2]", "d3"),)])
        assert ledger.states()["a"] == ItemState("seed", "rejected", "d3")
        assert [content for name, content in ledger.drops() if name == "a"] == [b"[2]"]


def test_a_batch_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    with closing(filled(tmp_path / "l")) as ledger:
        before = ledger.states()
        with pytest.raises(ValueError, match="not in tuple"):
            ledger.write([(LedgerRow("c", "seed", "done", b"{}"),), (LedgerRow("d", "sead", "done", b"{}"),)])
        assert ledger.states() == before
        ledger.write([(LedgerRow("c", "seed", "done", b"{}"),)])
        assert "c" in ledger.states()


def test_groups_come_sorted_with_their_seeds(tmp_path: Path) -> None:
    with closing(Ledger(tmp_path / "l")) as ledger:
        for name in ("é", "b", "a10", "a2"):
            ledger.write([(LedgerRow(name, "seed", "done", name.encode()), LedgerRow(name, "validate", "done", b"g"))])
        ledger.write([(LedgerRow("a", "seed", "done", b"a"), LedgerRow("a", "validate", "rejected"))])
        assert list(ledger.groups()) == [(name, name.encode(), b"g") for name in ("a10", "a2", "b", "é")]


def test_another_format_version_is_refused_in_words(tmp_path: Path) -> None:
    with closing(Ledger(tmp_path / "l")) as ledger:
        ledger.set_meta({"format_version": "0"})
    with pytest.raises(RunError, match="has ledger format 0; this version reads format 1") as caught:
        Ledger(tmp_path / "l")
    assert "--fresh" in caught.value.todo


def test_a_database_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "l")) as other:
        other.execute("CREATE TABLE recipe (name TEXT)")
    before = (tmp_path / "l").read_bytes()
    with pytest.raises(RunError, match="is not a ledger"):
        Ledger(tmp_path / "l")
    assert (tmp_path / "l").read_bytes() == before


def test_a_damaged_ledger_is_named_in_words(tmp_path: Path) -> None:
    (tmp_path / "l").write_bytes(b"not a database, but long enough to be looked at" * 100)
    with pytest.raises(RunError, match="is damaged"):
        Ledger(tmp_path / "l")


def test_a_ledger_whose_making_was_cut_short_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "l").touch()
    with closing(Ledger(tmp_path / "l")) as ledger:
        assert ledger.states() == {}


def test_a_ledger_that_can_not_be_opened_says_so(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="unable to open"):
        Ledger(tmp_path / "none" / "l")
