"""Rows of CSV and Parquet."""

from pathlib import Path

import pytest

from tracelift_groups.errors import SourceError
from tracelift_groups.files.jsonl import LINE_LIMIT, SourceRow
from tracelift_groups.files.tables import csv_rows, parquet_rows
from tracelift_groups.ingest.field_mapping import FieldMap
from tracelift_groups.records.stage import Drop

PLAIN = FieldMap()


def read(path: Path, content: bytes) -> list[SourceRow | Drop]:
    path.write_bytes(content)
    return list(csv_rows(path, PLAIN.wanted))


def test_cells_are_exact_text_and_places_are_the_lines_that_rows_begin_on(tmp_path: Path) -> None:
    rows = read(tmp_path / "my_rows.csv", b'\xef\xbb\xbfa,b\r\n"1,\r\n000",007\r\n\r\nx,"say ""hi"""\r\n')
    assert [row.values for row in rows if isinstance(row, SourceRow)] == [
        {"a": "1,\r\n000", "b": "007"},
        {"a": "x", "b": 'say "hi"'},
    ]
    assert [(row.place, row.problem_id) for row in rows] == [
        ("my_rows.csv:2", "my-rows-000000"),
        ("my_rows.csv:5", "my-rows-000001"),
    ]


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        (b"1", "malformed-csv"),
        (b"1,2,3", "malformed-csv"),
        (b'"' + b"x" * 200_000 + b'",1', "malformed-csv"),
        (b"\xff,1", "not-utf-8"),
        (b"x" * (LINE_LIMIT + 1) + b",1", "line-too-long"),
    ],
)
def test_a_row_that_cannot_be_read_is_dropped_and_the_next_one_is_read(tmp_path: Path, line: bytes, rule: str) -> None:
    drop, row = read(tmp_path / "a.csv", b"a,b\n" + line + b"\n3,4\n")
    assert isinstance(drop, Drop)
    assert (drop.rule, drop.place) == (rule, "a.csv:2")
    assert drop.reason
    assert isinstance(row, SourceRow)
    assert (row.values, row.place) == ({"a": "3", "b": "4"}, "a.csv:3")


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "no rows"), (b"a,b\n", "no rows"), (b"a,a\n1,2\n", 'two columns named "a"'), (b"a,\xff\n1,2\n", "UTF-8")],
)
def test_a_table_without_rows_or_with_a_bad_header_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    with pytest.raises(SourceError, match=words):
        read(tmp_path / "a.csv", content)


def write_parquet(path: Path, columns: dict[str, object]) -> Path:
    import pyarrow
    from pyarrow import parquet

    parquet.write_table(pyarrow.table(columns), path)
    return path


def test_parquet_rows_keep_their_types_and_are_numbered(tmp_path: Path) -> None:
    path = write_parquet(tmp_path / "my_rows.parquet", {"a": [1, None], "b": [{"c": 0.5}, {"c": 2.0}]})
    rows = [row for row in parquet_rows(path, PLAIN.wanted) if isinstance(row, SourceRow)]
    assert [row.values for row in rows] == [{"a": 1, "b": {"c": 0.5}}, {"a": None, "b": {"c": 2.0}}]
    assert [row.place for row in rows] == ["my_rows.parquet:1", "my_rows.parquet:2"]
    assert rows[1].problem_id == "my-rows-000001"


def test_many_parquet_rows_are_numbered_across_batches(tmp_path: Path) -> None:
    path = write_parquet(tmp_path / "a.parquet", {"a": list(range(2_500))})
    rows = list(parquet_rows(path, PLAIN.wanted))
    assert [row.values["a"] for row in rows if isinstance(row, SourceRow)] == list(range(2_500))
    assert rows[-1].place == "a.parquet:2500"


def test_only_mapped_parquet_columns_are_read(tmp_path: Path) -> None:
    path = write_parquet(tmp_path / "a.parquet", {"q": ["x"], "r": [{"s": "1"}], "blob": [b"\0"]})
    (row,) = parquet_rows(path, FieldMap.read("problem=q&answer=r.s").wanted)
    assert isinstance(row, SourceRow)
    assert row.values == {"q": "x", "r": {"s": "1"}}


def test_parquet_text_that_is_not_utf8_drops_its_row_alone(tmp_path: Path) -> None:
    import pyarrow

    cells = pyarrow.array([b"good", b"\xff\xfe", b"fine"]).view(pyarrow.string())
    good, bad, fine = parquet_rows(write_parquet(tmp_path / "a.parquet", {"a": cells}), PLAIN.wanted)
    assert isinstance(bad, Drop)
    assert (bad.rule, bad.place) == ("not-utf-8", "a.parquet:2")
    assert isinstance(good, SourceRow)
    assert isinstance(fine, SourceRow)


def test_a_parquet_row_over_the_limit_is_dropped(tmp_path: Path) -> None:
    (drop,) = parquet_rows(write_parquet(tmp_path / "a.parquet", {"a": ["x" * LINE_LIMIT]}), PLAIN.wanted)
    assert isinstance(drop, Drop)
    assert drop.rule == "line-too-long"


def test_a_parquet_file_that_is_cut_off_missing_or_empty_is_refused(tmp_path: Path) -> None:
    whole = write_parquet(tmp_path / "a.parquet", {"a": [1]})
    cut = tmp_path / "cut.parquet"
    cut.write_bytes(whole.read_bytes()[:-10])
    empty = write_parquet(tmp_path / "empty.parquet", {"a": []})
    for path, words in ((cut, "as Parquet"), (tmp_path / "no.parquet", "no file"), (empty, "no rows")):
        with pytest.raises(SourceError, match=words):
            list(parquet_rows(path, PLAIN.wanted))
