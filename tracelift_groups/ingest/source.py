"""Where seeds come from: a spec such as `gsm8k:train.jsonl` names a source and the file that it reads.

Each source is one file in `seeds/`, or a third party's entry point in group `tracelift_groups.sources`.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from inspect import getdoc
from pathlib import Path, PurePath

import orjson

from tracelift_groups.errors import RecordError, SourceError, UnknownNameError, shorten
from tracelift_groups.files.jsonl import DIGIT_LIMIT, SourceRow, number_too_long
from tracelift_groups.records.seed import Seed
from tracelift_groups.records.stage import Drop
from tracelift_groups.registry import SOURCES

Source = Callable[[str], Iterator[Seed | Drop]]
"""Text after the first colon of the spec → seeds in the order of the file; a row that is no valid seed becomes a Drop.

The smallest one is `lambda path: seeds_from(json_rows(Path(path)), lambda row: Seed.from_json(row.values))`. The first
line of its docstring is what `seeds list` prints: the form of the spec in backticks, a colon, a phrase.
"""


# A run of digits, or of groups of three between commas, longer than DIGIT_LIMIT.
_LONG_NUMBER = re.compile(rf"(?<!\d)(?:\d{{{DIGIT_LIMIT + 1}}}|\d{{1,3}}(?:,\d{{3}}){{{DIGIT_LIMIT // 3 + 1}}})[\d,]*")


@dataclass(frozen=True)
class SourceNote:
    """What `seeds list` shows of a source: its name, the form of its spec, and what it reads."""

    name: str
    form: str
    phrase: str


def read_seeds(spec: str) -> Iterator[Seed | Drop]:
    """Seeds and dropped rows of one spec. SourceError when it can't be read, UnknownNameError for an unknown source."""
    name, _, argument = spec.partition(":")
    try:
        source = SOURCES.get(name)
    except UnknownNameError as cause:
        if not Path(spec).is_file():
            raise
        forms = ", ".join(f"{known}:{spec}" for known in ("gsm8k", "math", "file"))
        raise SourceError(
            f"{spec} is a file, but the spec names no source to read it.", f"Write one of {forms}."
        ) from cause
    return source(argument)


def file_of_spec(spec: str) -> Path:
    """The path in a spec, without its mapping. Specs that name no file give a path that is not there."""
    return Path(spec.partition(":")[2].partition("?")[0])


def source_notes() -> list[SourceNote]:
    """All sources by name."""
    return [_note(name, SOURCES.get(name)) for name in SOURCES.names()]


def seeds_from(rows: Iterable[SourceRow | Drop], make: Callable[[SourceRow], Seed]) -> Iterator[Seed | Drop]:
    """Each row made into a seed; a row for which `make` raises RecordError, or whose seed can't be kept, is a Drop."""
    for row in rows:
        if isinstance(row, Drop):
            yield row
            continue
        try:
            yield _kept(replace(make(row), place=PurePath(row.place).name))
        except RecordError as cause:
            yield row.drop(cause)


def _kept(seed: Seed) -> Seed:
    """The seed, when later stages can work on it and it can be written."""
    for text in (seed.problem, seed.answer, seed.solution or ""):
        if long := _LONG_NUMBER.search(text):
            raise number_too_long(sum(sign.isdigit() for sign in long[0]))
    try:
        orjson.dumps(seed.to_json())
    except TypeError as cause:
        reason = shorten(str(cause))
        raise RecordError(f"The row can't be written as JSON: {reason}.", "Fix the row.", rule="not-json") from cause
    return seed


def _note(name: str, source: Source) -> SourceNote:
    first = (getdoc(source) or "").split("\n", 1)[0]
    told = re.fullmatch(r"`([^`]+)`:\s*(.*)", first)
    return SourceNote(name, *told.groups()) if told else SourceNote(name, f"{name}:…", first)
