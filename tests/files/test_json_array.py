"""Files that are one JSON array."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tracelift_groups.errors import SourceError
from tracelift_groups.files.json_array import rows_of
from tracelift_groups.files.jsonl import SourceRow
from tracelift_groups.records.stage import Drop


def test_rows_have_the_line_on_which_they_begin(tmp_path: Path) -> None:
    path = tmp_path / "a b.json"
    path.write_text('\n[{"x": 1},\n\n {"x": {"y": "]"}},\n 3, {"x": NaN}, {"x"\n', encoding="utf-8-sig")
    first, second, number, not_a_number, broken = rows_of(path)
    assert isinstance(first, SourceRow)
    assert isinstance(second, SourceRow)
    assert (first.place, first.problem_id, first.values) == ("a b.json:2", "a-b-000000", {"x": 1})
    assert (second.place, second.values) == ("a b.json:4", {"x": {"y": "]"}})
    drops = [drop for drop in (number, not_a_number, broken) if isinstance(drop, Drop)]
    assert [(drop.rule, drop.place) for drop in drops] == [
        ("wrong-type", "a b.json:5"),
        ("not-finite", "a b.json:5"),
        ("malformed-json", "a b.json:5"),
    ]


def test_lines_are_read_as_lines_and_an_empty_array_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('{"x": 1}\n{"x": 2}\n')
    assert [row.place for row in rows_of(path)] == ["a.json:1", "a.json:2"]
    path.write_text("[]")
    with pytest.raises(SourceError, match="no rows"):
        list(rows_of(path))


@given(
    content=st.binary().map(lambda data: b"[" + data) | st.text(alphabet='[]{}",:1 \n').map(lambda t: f"[{t}".encode())
)
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_give_rows_drops_or_a_source_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "any.json"
    path.write_bytes(content)
    try:
        found = list(rows_of(path))
    except SourceError:
        return
    assert all(isinstance(row, SourceRow | Drop) for row in found)
