"""Groups as Parquet files with plain columns, opened by every `datasets` from 2.19 on, polars, DuckDB and pandas.

What differs from row to row (perturbation, certificate, provenance, annotations, and the group's metadata) is JSON
text: as structs, rows with different keys would be merged and `{}` could not be written at all.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any  # JSON

import orjson

from tracelift_groups.errors import RecordError

if TYPE_CHECKING:
    import pyarrow

# A row group is one read of a consumer; of 250 groups it is some 10 MB.
ROWS_A_ROW_GROUP = 250

Features = Mapping[str, Any]
"""Features as every `datasets` reads them from a schema; a list is written `[item]`, which no version renamed."""


def features(dimensions: Sequence[str]) -> Features:
    """The features of a group that is scored on these dimensions."""
    scored = {
        "label": _value("string"),
        "rubric": {name: _value("int64") for name in dimensions} | {"total": _value("float64")},
        "rubric_label": _value("string"),
        "rubric_score_raw": _value("float64"),
        "rubric_reason": _value("string"),
    }
    positive = {"reasoning": _value("string")} | scored
    negative = {
        "reasoning": _value("string"),
        "negative_kind": _value("string"),
        "negative_index": _value("int64"),
    } | scored
    json_text = _value("string")
    made = {"provenance": json_text, "annotations": json_text}
    texts = ("problem_id", "source", "task_type", "problem", "reference_solution", "tests_or_constraints")
    return {name: _value("string") for name in texts} | {
        "positive_pool": [positive | {"metadata": made}],
        "negative_bank": [negative | {"metadata": {"perturbation": json_text, "certificate": json_text} | made}],
        "metadata": json_text,
    }


class ParquetFile:
    """A file being written, group by group; nothing but a row group is held in memory."""

    def __init__(self, path: Path, columns: Features) -> None:
        import pyarrow
        import pyarrow.parquet

        self._columns = columns
        note = orjson.dumps({"info": {"features": columns}})
        self._schema = pyarrow.schema(
            [(name, arrow_type(of)) for name, of in columns.items()], metadata={b"huggingface": note}
        )
        self._rows: list[dict[str, Any]] = []
        self._writer = pyarrow.parquet.ParquetWriter(path, self._schema, compression="zstd")

    def __enter__(self) -> "ParquetFile":
        return self

    def __exit__(self, *error: object) -> None:
        if error[0] is None:
            self._flush()
        self._writer.close()

    def add(self, group: Mapping[str, Any]) -> None:
        """Take one group. RecordError for a field that the features don't know: it would be lost."""
        self._rows.append(_stored(group, self._columns, str(group["problem_id"])))
        if len(self._rows) == ROWS_A_ROW_GROUP:
            self._flush()

    def _flush(self) -> None:
        import pyarrow

        if self._rows:
            table = pyarrow.Table.from_pylist(self._rows, schema=self._schema)
            self._writer.write_table(table, row_group_size=ROWS_A_ROW_GROUP)
            self._rows = []


def same_rows(jsonl: Path, files: Sequence[Path]) -> bool:
    """Whether Parquet files, in this order, hold the groups of a JSON Lines file and nothing else."""
    with jsonl.open("rb") as lines:
        groups = (orjson.loads(line) for line in lines if line.strip())
        return all(
            group is not None and found is not None and _is_row_of(group, *found)
            for group, found in zip_longest(groups, chain.from_iterable(map(_rows, files)))
        )


def _rows(file: Path) -> Iterator[tuple[dict[str, Any], Features]]:
    """Every row, with the features that the file declares."""
    from pyarrow import parquet

    with parquet.ParquetFile(file) as opened:
        columns = orjson.loads((opened.schema_arrow.metadata or {}).get(b"huggingface", b"{}"))["info"]["features"]
        for batch in opened.iter_batches(ROWS_A_ROW_GROUP):
            yield from ((row, columns) for row in batch.to_pylist())


def _is_row_of(group: Mapping[str, Any], row: Mapping[str, Any], columns: Features) -> bool:
    return bool(_stored(group, columns, str(group["problem_id"])) == row)


def arrow_type(of: Any) -> "pyarrow.DataType":
    """The Arrow type of a feature."""
    import pyarrow

    if isinstance(of, list):
        return pyarrow.list_(arrow_type(of[0]))
    if of.get("_type") == "Value":
        return pyarrow.type_for_alias(of["dtype"])
    return pyarrow.struct([(name, arrow_type(inner)) for name, inner in of.items()])


def _value(dtype: str) -> dict[str, str]:
    return {"dtype": dtype, "_type": "Value"}


def _stored(value: Any, of: Any, place: str) -> Any:
    """The value as its column takes it: an object or a list in a column of text becomes JSON text."""
    if value is None:
        return None
    if isinstance(of, list):
        return [_stored(item, of[0], place) for item in value]
    if of.get("_type") == "Value":
        return orjson.dumps(value).decode() if isinstance(value, dict | list) else value
    if unknown := value.keys() - of.keys():
        raise RecordError(f"Group {place} has fields that its Parquet columns don't: {', '.join(sorted(unknown))}.")
    return {name: _stored(value.get(name), inner, place) for name, inner in of.items()}
