"""Rows of a file that is one JSON array of objects, within the limits of jsonl.py.

A row's place is the line on which it begins, its id counts from 0. Rows after a broken row can't be separated any
more: it is dropped with it.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from tracelift_groups.errors import RecordError, SourceError, shorten
from tracelift_groups.files.jsonl import (
    LINE_LIMIT,
    RAW_LIMIT,
    Line,
    SourceRow,
    dropped,
    json_row,
    json_rows,
    no_rows,
    opened,
    row_id,
)
from tracelift_groups.records.stage import Drop

FILE_LIMIT = 200_000_000  # bytes; larger ones are better written as JSON Lines

_START = re.compile(rb"(?:\xef\xbb\xbf)?\s*\[")
_SPACE = re.compile(r"[\s,]*")
# Only to find where a row ends, so numbers stay text and any size will do.
_DECODER = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str)


def rows_of(path: Path) -> Iterator[SourceRow | Drop]:
    """Rows of a JSON array, or of JSON Lines where the file does not begin with `[`."""
    with opened(path) as file:
        is_array = _START.match(file.peek(64))
    return _array_rows(path) if is_array else json_rows(path)


def _array_rows(path: Path) -> Iterator[SourceRow | Drop]:
    with opened(path) as file:
        data = file.read(FILE_LIMIT + 1)
    if len(data) > FILE_LIMIT:
        todo = "Write it as JSON Lines, one object a line."
        raise SourceError(f"{shorten(str(path), RAW_LIMIT)} has more than {FILE_LIMIT:,} bytes.", todo)
    text = data.decode("utf-8", "surrogateescape")
    at = text.index("[") + 1
    index, number, counted = -1, 1, 0
    while True:
        at = _end(text, at)
        if text[at : at + 1] in ("]", ""):
            break
        index += 1
        number, counted = number + text.count("\n", counted, at), at
        problem_id, place = row_id(path.stem, index), f"{shorten(path.name)}:{number}"
        try:
            _, end = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError) as cause:
            what = f"From here on the file is not valid JSON: {shorten(str(cause))}."
            error = RecordError(what, "Fix this row; the rows after it can then be read.", rule="malformed-json")
            yield dropped(problem_id, place, text[at : at + RAW_LIMIT], error)
            return
        yield _row(problem_id, place, number, text[at:end])
        at = end
    if index < 0:
        raise no_rows(str(path))


def _row(problem_id: str, place: str, number: int, text: str) -> SourceRow | Drop:
    raw = shorten(text, RAW_LIMIT)
    data = text.encode("utf-8", "surrogateescape")
    try:
        return SourceRow(problem_id, place, raw, json_row(Line(number, data if len(data) <= LINE_LIMIT else None, raw)))
    except RecordError as cause:
        return dropped(problem_id, place, raw, cause)


def _end(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at
