"""The mapping from the columns of a table to the fields of a seed.

Written behind the path as in a web address: `file:train.jsonl?problem=question&answer=final.value&license=MIT`.

- Each seed field is read from the column of its own name unless the mapping names another. `solution=` leaves it out.
- `extra.answer` is the field `answer` of the object `extra`, unless a column is really named with the dot.
- `metadata.topic=subject` puts a column into the metadata.
- `domain`, `source`, `task_type` and `license` are words for the whole file, `@name` takes them from a column.
- Signs that have a meaning here (`&`, `=`, `%`) are written as in a web address: `%26`, `%3D`, `%25`.

Without a mapping, columns that no seed field claims are kept as they are; with one they are left out.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any  # JSON
from urllib.parse import unquote

from tracelift_groups.domain import domain_named
from tracelift_groups.errors import RecordError, SourceError, shorten, suggestion
from tracelift_groups.files.jsonl import SourceRow
from tracelift_groups.records.fields import json_type_name
from tracelift_groups.records.seed import Seed, needs_answer

WORDS = ("domain", "source", "task_type", "license")
SEED_COLUMNS = ("problem_id", "problem", "answer", "solution", "program", "entry_point", "tests", "metadata")

_OPTIONAL = ("solution", "program", "entry_point", "tests", "metadata", "license")
_START = re.compile(r"\?(?=[\w.]+=)")
_ABSENT = object()


@dataclass(frozen=True)
class FieldMap:
    """`columns` and `words` hold what the mapping says, by seed field; a column "" leaves the field out."""

    columns: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)

    @staticmethod
    def read(text: str) -> "FieldMap":
        """From `problem=question&license=MIT`. SourceError for a field that a seed does not have."""
        columns: dict[str, str] = {}
        words: dict[str, str] = {}
        for part in text.split("&") if text else ():
            name, equals, value = (unquote(side) for side in part.partition("="))
            if not equals:
                raise SourceError(f'"{shorten(part)}" is not a field of a mapping.', "Write field=column, joined by &.")
            if name in columns or name in words:
                raise SourceError(f'The mapping names "{name}" twice.', "Keep one.")
            if name in WORDS and not value.startswith("@"):
                words[name] = value
            elif name in WORDS or name in SEED_COLUMNS or re.fullmatch(r"metadata\..+", name):
                columns[name] = value.removeprefix("@") if name in WORDS else value
            else:
                todo = suggestion(name, (*WORDS, *SEED_COLUMNS))
                raise SourceError(f'A seed has no field "{shorten(name)}" to map to.', todo)
        return FieldMap(columns, words)

    def wanted(self, names: Sequence[str], place: str) -> list[str]:
        """Of a table's columns, those to read. SourceError when the mapping names one that is not there."""
        for target, column in self.columns.items():
            if column and column not in names and column.split(".")[0] not in names:
                raise SourceError(
                    f'{place} has no column "{shorten(column)}" for {target}.', suggestion(column, [*names])
                )
        if not self.columns and not self.words:
            return [*names]
        claimed = {self.columns.get(name, name) for name in (*WORDS, *SEED_COLUMNS)} | set(self.columns.values())
        return [name for name in names if name in claimed or any(c.startswith(f"{name}.") for c in claimed)]

    def seed(self, row: SourceRow, source: str) -> Seed:
        """The row as a seed; `source` is used when neither row nor mapping names one. RecordError: a missing field."""
        made: dict[str, Any] = {"source": source, "license": "unknown", "domain": "math"}
        for name in (*WORDS, *SEED_COLUMNS):
            value = self._value(row, name)
            if value is not None and not (value == "" and name in _OPTIONAL):
                made[name] = _text(value, name) if name in ("problem_id", "answer") else value
        made |= self.words
        made.setdefault("problem_id", row.problem_id)
        made.setdefault("task_type", made["domain"])
        for name in self.columns:
            if name.startswith("metadata.") and (value := self._value(row, name)) is not None:
                made["metadata"] = {**made.get("metadata", {}), name.removeprefix("metadata."): value}
        if needs_answer(made["domain"]) and "answer" not in made:
            raise self._missing("answer")
        if "problem" not in made:
            raise self._missing("problem")
        if not self.columns and not self.words:
            made = {**row.values, **made}
        seed = Seed.from_json(made)
        return domain_named(seed.domain).with_statement_tests(seed)

    def _value(self, row: SourceRow, name: str) -> object:
        """The value for a seed field; None when it is null, left out, or unnamed and absent."""
        column = self.columns.get(name, name)
        if not column or name in self.words:
            return None
        value = _lookup(row.values, column)
        if value is _ABSENT:
            if name in self.columns:
                raise self._missing(name)
            return None
        return value

    def _missing(self, name: str) -> RecordError:
        column = shorten(self.columns.get(name, name))
        what = f'Field "{column}" is missing or null.'
        todo = "Fix the row or the mapping." if name in self.columns else f"Name its column: …?{name}=COLUMN."
        return RecordError(what, todo, rule="missing-field")


def split_mapping(argument: str) -> tuple[str, FieldMap]:
    """Path and mapping of `PATH?field=column&…`; a question mark without a `field=` after it belongs to the path."""
    start = _START.search(argument)
    if start is None:
        return argument, FieldMap()
    return argument[: start.start()], FieldMap.read(argument[start.end() :])


def _lookup(values: Mapping[str, Any], column: str) -> object:
    if column in values:
        return values[column]
    found: object = values
    for name in column.split("."):
        if not isinstance(found, Mapping) or name not in found:
            return _ABSENT
        found = found[name]
    return found


def _text(value: object, name: str) -> str:
    """A number as its shortest text (72, 0.1, never 72.0 for 72); a text as it is. RecordError for all else."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise RecordError(f'Field "{name}" must be text or a number, not {json_type_name(value)}.', rule="wrong-type")
    if isinstance(value, int):
        return str(value)
    if not math.isfinite(value):
        raise RecordError(f'Field "{name}" is {value}, which is not a number.', "Fix the row.", rule="not-finite")
    return format(value, "f") if isinstance(value, Decimal) else repr(value)
