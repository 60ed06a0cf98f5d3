"""Lines that can't be read: one sentence each, and the run goes on."""

import json
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracelift_groups.errors import SourceError
from tracelift_groups.files.jsonl import LINE_LIMIT, RAW_LIMIT, SourceRow, json_rows, read_lines, row_id
from tracelift_groups.records.stage import Drop

GOOD = b'{"a": 1}'


def read(path: Path, content: bytes) -> list[SourceRow | Drop]:
    path.write_bytes(content)
    return list(json_rows(path))


@pytest.mark.parametrize(
    ("line", "rule", "words"),
    [
        (b'{"a": 1', "malformed-json", "delimiter"),
        (b'{"a": "\xff"}', "not-utf-8", "byte 8"),
        (b"[1, 2]", "wrong-type", "not a JSON object"),
        (b'{"a": NaN}', "not-finite", "NaN"),
        (b'{"a": -Infinity}', "not-finite", "-Infinity"),
        (b'{"a": 1e999}', "not-finite", "too large"),
        (b'{"a": 1, "a": 2}', "duplicate-key", '"a" occurs twice'),
        (b'{"a": "\\ud800"}', "lone-surrogate", "\\ud800"),
        (b'{"\\uDFFF": 1}', "lone-surrogate", "\\udfff"),
        (b'{"a": ' + b"9" * 999_000 + b"}", "number-too-long", "999,000 digits"),
        (b'{"a": 0.' + b"9" * 5_000 + b"}", "number-too-long", "digits"),
        (b'{"a": ' + b"[" * 10_000 + b"]" * 10_000 + b"}", "nested-too-deep", "100 levels"),
        (b'{"a": ' + b"[" * 10_000, "nested-too-deep", "100 levels"),
        (b'{"a": "' + b"x" * LINE_LIMIT + b'"}', "line-too-long", "1,000,000 bytes"),
    ],
)
def test_a_line_that_cannot_be_read_is_dropped_in_words_and_the_next_one_is_read(
    tmp_path: Path, line: bytes, rule: str, words: str
) -> None:
    first, second = read(tmp_path / "some_rows.jsonl", line + b"\n" + GOOD)
    assert isinstance(first, Drop)
    assert (first.rule, first.place, first.problem_id) == (rule, "some_rows.jsonl:1", "some-rows-000000")
    assert words in first.reason
    assert len(first.raw) <= RAW_LIMIT
    json.dumps(first.to_json()).encode("ascii")
    assert isinstance(second, SourceRow)
    assert (second.values, second.place, second.problem_id) == ({"a": 1}, "some_rows.jsonl:2", "some-rows-000001")


def test_brackets_inside_text_are_not_nesting(tmp_path: Path) -> None:
    (row,) = read(tmp_path / "a.jsonl", json.dumps({"a": "[" * 500 + '\\"' + "{" * 500}).encode())
    assert isinstance(row, SourceRow)


def test_whole_numbers_keep_all_their_digits_and_pairs_of_surrogates_are_one_character(tmp_path: Path) -> None:
    (row,) = read(tmp_path / "a.jsonl", b'{"a": 123456789012345678901234567890, "b": "\\ud83d\\ude00"}')
    assert isinstance(row, SourceRow)
    assert row.values == {"a": 123456789012345678901234567890, "b": "😀"}


def test_byte_order_mark_crlf_blank_lines_and_a_missing_last_line_end_are_read(tmp_path: Path) -> None:
    rows = read(tmp_path / "a.jsonl", b"\xef\xbb\xbf" + GOOD + b"\r\n\r\n  \n" + GOOD)
    assert rows == [
        SourceRow("a-000000", "a.jsonl:1", '{"a": 1}', {"a": 1}),
        SourceRow("a-000003", "a.jsonl:4", '{"a": 1}', {"a": 1}),
    ]


def test_a_line_at_the_limit_is_read_whatever_its_end(tmp_path: Path) -> None:
    line = b'{"a": "' + b"x" * (LINE_LIMIT - 9) + b'"}'
    assert len(line) == LINE_LIMIT
    for end in (b"", b"\n"):
        (row,) = read(tmp_path / "a.jsonl", line + end)
        assert isinstance(row, SourceRow)


def test_a_long_line_is_skipped_without_being_held_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"x" * 30_000_000 + b"\n" + GOOD + b"\n")
    tracemalloc.start()
    numbers = [(line.number, line.data is None) for line in read_lines(path)]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert numbers == [(1, True), (2, False)]
    assert peak < 5_000_000


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "has no rows"),
        (b"\n\n", "has no rows"),
        (b"\x1f\x8b\x08rest", "gzip"),
        (b"PK\x03\x04rest", "zip"),
        (b"\xff\xfe{\x00", "UTF-16"),
        (b"PAR1rest", "Parquet"),
    ],
)
def test_a_file_of_another_kind_is_refused_with_what_to_do(tmp_path: Path, content: bytes, words: str) -> None:
    with pytest.raises(SourceError, match=words) as caught:
        read(tmp_path / "a.jsonl", content)
    assert caught.value.todo


def test_a_missing_file_a_folder_and_an_impossible_name_are_refused_with_what_to_do(tmp_path: Path) -> None:
    for path, words in ((tmp_path / "no.jsonl", "no file"), (tmp_path, "is a folder"), (Path("a\0b"), "can't be read")):
        with pytest.raises(SourceError, match=words) as caught:
            list(json_rows(path))
        assert caught.value.todo


def test_an_unreadable_file_is_refused_with_the_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(GOOD)

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    # A mode of 000 would not stop a superuser.
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(SourceError, match="Permission denied"):
        list(json_rows(path))


def test_ids_are_made_of_the_file_name_and_hold_nothing_that_a_shell_would_take_apart() -> None:
    assert row_id("gsm8k_train", 17) == "gsm8k-train-000017"
    assert row_id("a b$c", 1_234_567) == "a-b-c-1234567"
    assert row_id("\udcff", 0) == "--000000"


@given(
    st.one_of(
        st.binary(), st.lists(st.text(), max_size=5).map(lambda parts: "\n".join(parts).encode("utf-8", "replace"))
    )
)
def test_any_bytes_give_rows_drops_or_one_source_error(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.jsonl"
    path.write_bytes(content)
    try:
        rows = list(json_rows(path))
    except SourceError:
        return
    assert rows
