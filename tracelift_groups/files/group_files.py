"""Groups in JSON Lines files, the released layout: one group a line."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import orjson

from tracelift_groups.errors import RecordError
from tracelift_groups.files.atomic import atomic_write
from tracelift_groups.files.jsonl import opened
from tracelift_groups.records.group import Group


def read_groups(path: Path) -> Iterator[Group]:
    """Groups of a JSONL file, in file order. RecordError gives file:line and what is wrong; SourceError: no file."""
    with opened(path) as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                yield _group_at(line, f"{path}:{number}")


def write_groups(groups: Iterable[Group], path: Path) -> int:
    """Write one group a line, UTF-8; returns how many. The file appears whole or not at all."""
    count = 0
    with atomic_write(path) as part, part.open("wb") as out:
        for group in groups:
            out.write(orjson.dumps(group.to_json()) + b"\n")
            count += 1
    return count


def _group_at(line: bytes, place: str) -> Group:
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError as cause:
        raise RecordError(f"{place}: not valid JSON ({cause}).") from cause
    if not isinstance(row, dict):
        raise RecordError(f"{place}: a group must be a JSON object.")
    try:
        return Group.from_json(row)
    except RecordError as cause:
        raise RecordError(f"{place}: {cause.what}", cause.todo) from cause
