"""A program can't tell from process IDs which of its tests it runs."""

import pytest

from tracelift_groups.sandbox.guest import process_id


def test_a_number_of_ids_is_skipped_where_the_setting_cant_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []
    monkeypatch.setattr(process_id, "_setting", process_id._Setting(None))
    monkeypatch.setattr(process_id.os, "posix_spawn", lambda path, *_: tried.append(path))
    monkeypatch.setattr(process_id.os, "urandom", lambda _: b"\x0b")
    process_id.hide_test_number()
    assert tried == ["/"] * 3
