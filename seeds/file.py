"""Seeds from a table: JSON Lines, CSV or Parquet, with a mapping of columns to seed fields (ingest/field_mapping.py).

`file:train.csv?problem=question&answer=final_answer&solution=rationale&license=MIT`; Seed rows, and rows that only have
`problem` and `answer`, need no mapping. A code problem without tests gets the examples of its statement as sample
tests.
"""

from collections.abc import Iterator

from tracelift_groups.errors import SourceError, shorten
from tracelift_groups.files.jsonl import RAW_LIMIT, SourceRow, file_path, json_rows
from tracelift_groups.files.tables import csv_rows, parquet_rows
from tracelift_groups.ingest.field_mapping import FieldMap, split_mapping
from tracelift_groups.ingest.source import seeds_from
from tracelift_groups.records.seed import Seed
from tracelift_groups.records.stage import Drop
from tracelift_groups.registry import SOURCES


@SOURCES.register("file")
def file(argument: str) -> Iterator[Seed | Drop]:
    """`file:PATH?problem=COLUMN&answer=COLUMN&solution=COLUMN&license=WORDS`: any .jsonl, .csv or .parquet file"""
    if file_path(argument, "file").is_file():  # a file name may contain text that looks like a mapping
        name, mapping = argument, FieldMap()
    else:
        name, mapping = split_mapping(argument)
    path = file_path(name, "file")
    rows: Iterator[SourceRow | Drop]
    match path.suffix.lower():
        case ".jsonl" | ".ndjson":
            rows = json_rows(path)
        case ".csv":
            rows = csv_rows(path, mapping.wanted)
        case ".parquet":
            rows = parquet_rows(path, mapping.wanted)
        case _:
            todo = "Use a .jsonl, .csv or .parquet file; unpack compressed files first."
            raise SourceError(f"{shorten(str(path), RAW_LIMIT)} has a file type that file: can't read.", todo)
    yield from seeds_from(rows, lambda row: mapping.seed(row, source=path.stem))
