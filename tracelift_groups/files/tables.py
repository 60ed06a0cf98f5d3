"""Rows of CSV and Parquet files, within the limits of jsonl.py.

A CSV row's place is the line it begins on, a Parquet row's its number, both from 1; ids count rows from 0.
"""

import csv
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any  # JSON, and pyarrow, which has no types

from tracelift_groups.errors import RecordError, SourceError, shorten
from tracelift_groups.files.jsonl import (
    LINE_LIMIT,
    RAW_LIMIT,
    Line,
    SourceRow,
    dropped,
    no_rows,
    not_utf8,
    opened,
    read_lines,
    row_id,
    too_long,
)
from tracelift_groups.records.stage import Drop

_BATCH = 1_000  # rows
_UNDECODED = re.compile("[\udc80-\udcff]")  # what surrogateescape makes of bytes that are not UTF-8

Wanted = Callable[[Sequence[str], str], list[str]]
"""A table's column names and its name for messages → the columns to read. SourceError when a needed one is missing."""


def csv_rows(path: Path, wanted: Wanted) -> Iterator[SourceRow | Drop]:
    """Rows of a comma-separated file with a header line, every cell the exact text."""
    name = shorten(path.name)
    records = _records(path)
    number, header, _ = next(records, (1, [], ""))
    if isinstance(header, RecordError):
        raise SourceError(f"{name}:{number}: {header.what}", header.todo)
    _check_names(header, name)
    wanted(header, name)
    index = -1
    for index, (number, cells, raw) in enumerate(records):
        problem_id, place = row_id(path.stem, index), f"{name}:{number}"
        if not isinstance(cells, RecordError) and len(cells) != len(header):
            what = f"The row has {len(cells)} cells, the header {len(header)}."
            cells = RecordError(what, "Quote cells that hold commas.", rule="malformed-csv")
        if isinstance(cells, RecordError):
            yield dropped(problem_id, place, raw, cells)
        else:
            yield SourceRow(problem_id, place, raw, dict(zip(header, cells, strict=True)))
    if index < 0:
        raise no_rows(str(path))


def parquet_rows(path: Path, wanted: Wanted) -> Iterator[SourceRow | Drop]:
    """Rows of a Parquet file, read batch by batch, only the wanted columns."""
    index = -1
    for index, values in enumerate(_parquet_values(path, wanted)):
        yield table_row(values, row_id(path.stem, index), f"{shorten(path.name)}:{index + 1}")
    if index < 0:
        raise no_rows(str(path))


def table_row(values: dict[str, Any] | RecordError, problem_id: str, place: str) -> SourceRow | Drop:
    """A decoded row of a typed table; a Drop when it could not be decoded or is too long."""
    if isinstance(values, RecordError):
        return dropped(problem_id, place, "", values)
    raw = json.dumps(values, ensure_ascii=False, default=str)
    if len(raw) > LINE_LIMIT:
        return dropped(problem_id, place, raw, too_long(f"{LINE_LIMIT:,} characters"))
    return SourceRow(problem_id, place, shorten(raw, RAW_LIMIT), values)


def _records(path: Path) -> Iterator[tuple[int, list[str] | RecordError, str]]:
    """Line number, cells (or why there are none) and raw text of each CSV record; blank lines are skipped."""
    taken: list[Line] = []
    reader = csv.reader(_texts(read_lines(path), taken))
    cells: list[str] | RecordError
    while True:
        taken.clear()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as cause:
            cells = RecordError(f"The row is not valid CSV: {cause}.", "Check its quotes.", rule="malformed-csv")
        if any(line.data is None for line in taken):
            cells = too_long(f"{LINE_LIMIT:,} bytes")
        elif not isinstance(cells, RecordError) and any(_UNDECODED.search(cell) for cell in cells):
            cells = not_utf8("a cell")
        if cells != []:
            yield taken[0].number, cells, "\n".join(line.raw for line in taken)


def _texts(lines: Iterator[Line], taken: list[Line]) -> Iterator[str]:
    """The lines as text, each also put into `taken`; one that is too long is read as an empty line."""
    for line in lines:
        taken.append(line)
        yield "\n" if line.data is None else line.data.decode("utf-8", "surrogateescape")


def _parquet_values(path: Path, wanted: Wanted) -> Iterator[dict[str, Any] | RecordError]:
    from pyarrow import parquet

    with opened(path):
        pass  # raises SourceError for a missing file or a directory
    try:
        with parquet.ParquetFile(str(path)) as file:
            names = file.schema_arrow.names
            _check_names(names, shorten(path.name))
            columns = wanted(names, shorten(path.name))
            for batch in file.iter_batches(_BATCH, columns=columns):
                yield from _decoded(batch)
    except SourceError:
        raise
    except Exception as cause:  # pyarrow raises many types for a broken file
        what = f"{shorten(str(path), RAW_LIMIT)} can't be read as Parquet: {shorten(str(cause))}."
        raise SourceError(what, "Check that the file is whole.") from cause


def _decoded(batch: Any) -> list[dict[str, Any] | RecordError]:
    try:
        rows: list[dict[str, Any] | RecordError] = batch.to_pylist()
    except UnicodeDecodeError:
        if batch.num_rows == 1:
            return [not_utf8("a cell")]
        rows = [row for index in range(batch.num_rows) for row in _decoded(batch.slice(index, 1))]
    return rows


def _check_names(names: list[str], place: str) -> None:
    twice = next((name for name, count in Counter(names).items() if count > 1), None)
    if twice is not None:
        raise SourceError(f'{place} has two columns named "{shorten(twice)}".', "Rename one.")
