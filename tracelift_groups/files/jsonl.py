"""Rows of JSON Lines, one at a time and within limits.

A line that can't be used becomes a Drop with its place and the run goes on; a file that can't be read is a SourceError.
Places name the file without its folder, so that rejected.jsonl is the same wherever the file lies.
"""

import json
import math
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from itertools import accumulate
from pathlib import Path
from typing import Any  # JSON

from tracelift_groups.errors import RecordError, SourceError, shorten
from tracelift_groups.records.stage import Drop

LINE_LIMIT = 1_000_000  # bytes
DEPTH_LIMIT = 100  # objects and lists inside one another; orjson writes at most 254
DIGIT_LIMIT = 1_000  # of one number; Python itself refuses to read more than 4,300
RAW_LIMIT = 2_000  # characters of a dropped line that rejected.jsonl keeps

_BOM = b"\xef\xbb\xbf"
_NOT_TEXT = {
    b"\x1f\x8b": ("is compressed with gzip", "Unpack it first: gunzip"),
    b"BZh": ("is compressed with bzip2", "Unpack it first: bunzip2"),
    b"\xfd7zX": ("is compressed with xz", "Unpack it first: unxz"),
    b"\x28\xb5\x2f\xfd": ("is compressed with zstd", "Unpack it first: unzstd"),
    b"PK\x03\x04": ("is a zip archive", "Unpack it first: unzip"),
    b"\xff\xfe": ("is UTF-16 text", "Save it as UTF-8"),
    b"\xfe\xff": ("is UTF-16 text", "Save it as UTF-8"),
    b"PAR1": ("is a Parquet file", "Read it with file:PATH, its name ending in .parquet"),
}
_NOT_IN_ID = re.compile(r"[^\w.-]|_")
_JSON_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)


@dataclass(frozen=True)
class SourceRow:
    """The fields of one row, with the id it gets when it brings none, its place (`file:line`) and its raw text."""

    problem_id: str
    place: str
    raw: str
    values: dict[str, Any]

    def drop(self, cause: RecordError) -> Drop:
        """The row as a line of rejected.jsonl."""
        return dropped(self.problem_id, self.place, self.raw, cause)


@dataclass(frozen=True)
class Line:
    """One line with its end. `data` is None when the line is longer than LINE_LIMIT; `raw` is its beginning."""

    number: int
    data: bytes | None
    raw: str


def dropped(problem_id: str, place: str, raw: str, cause: RecordError) -> Drop:
    """A row of a source that can't be a seed."""
    return Drop("seed", problem_id, cause.rule, str(cause), raw=shorten(raw, RAW_LIMIT), place=place)


def row_id(stem: str, index: int) -> str:
    """`gsm8k_train`, 17 → `gsm8k-train-000017`; white space and signs become hyphens too."""
    return f"{_NOT_IN_ID.sub('-', stem)}-{index:06d}"


def file_path(argument: str, source: str) -> Path:
    """The path in a spec, `~` expanded."""
    if not argument.strip():
        raise SourceError(f"Source {source} needs a file.", f"Write {source}:PATH.")
    try:
        return Path(argument).expanduser()
    except RuntimeError as cause:
        raise SourceError(f"{shorten(argument)}: there is no such home folder.", "Write the path in full.") from cause


def json_rows(path: Path) -> Iterator[SourceRow | Drop]:
    """Rows of a JSON Lines file; blank lines count for ids and places, and are skipped."""
    empty = True
    for line in read_lines(path):
        if line.data is not None and not line.data.strip():
            continue
        empty = False
        problem_id, place = row_id(path.stem, line.number - 1), f"{shorten(path.name)}:{line.number}"
        try:
            yield SourceRow(problem_id, place, line.raw, json_row(line))
        except RecordError as cause:
            yield dropped(problem_id, place, line.raw, cause)
    if empty:
        raise no_rows(str(path))


def read_lines(path: Path) -> Iterator[Line]:
    """Lines, never more than LINE_LIMIT bytes of one in memory. A byte order mark at the start is removed."""
    with opened(path) as file:
        head = file.peek(4)
        for magic, (what, todo) in _NOT_TEXT.items():
            if head.startswith(magic):
                raise SourceError(f"{shorten(str(path), RAW_LIMIT)} {what}.", f"{todo}.")
        if head.startswith(_BOM):
            file.read(len(_BOM))
        number = 0
        while data := file.readline(LINE_LIMIT + 1):
            number += 1
            raw = data[: 4 * RAW_LIMIT].decode("utf-8", "replace").rstrip("\r\n")[:RAW_LIMIT]
            if len(data.rstrip(b"\r\n")) <= LINE_LIMIT and (data.endswith(b"\n") or len(data) <= LINE_LIMIT):
                yield Line(number, data, raw)
                continue
            while data and not data.endswith(b"\n"):
                data = file.readline(LINE_LIMIT)
            yield Line(number, None, raw)


@contextmanager
def opened(path: Path) -> Iterator[BufferedReader]:
    """The file, open for reading bytes. SourceError when it is missing, a folder or not readable."""
    try:
        if path.is_dir():
            raise SourceError(f"{shorten(str(path), RAW_LIMIT)} is a folder.", "Give the file itself.")
        with path.open("rb") as file:
            yield file
    except FileNotFoundError as cause:
        raise SourceError(f"There is no file {shorten(str(path), RAW_LIMIT)}.", "Check the path.") from cause
    except (OSError, ValueError) as cause:  # a ValueError: the path holds a zero byte
        reason = cause.strerror if isinstance(cause, OSError) and cause.strerror else str(cause)
        raise SourceError(
            f"{shorten(str(path), RAW_LIMIT)} can't be read: {reason}.", "Check the file and its permissions."
        ) from cause


def no_rows(place: str) -> SourceError:
    """For a file or data set without rows."""
    return SourceError(f"{shorten(place)} has no rows.", "Check that this is the right one.")


def too_long(length: str) -> RecordError:
    """For a line over the limit."""
    return RecordError(f"The line is longer than {length}.", "Shorten it or leave it out.", rule="line-too-long")


def json_row(line: Line) -> dict[str, Any]:
    """The object that a line holds. RecordError for anything else, and for what is over a limit."""
    if line.data is None:
        raise too_long(f"{LINE_LIMIT:,} bytes")
    try:
        text = line.data.decode("utf-8")
    except UnicodeDecodeError as cause:
        raise not_utf8(f"byte {cause.start + 1} of the line") from cause
    if _depth(line.data) > DEPTH_LIMIT:
        raise RecordError(f"The line nests more than {DEPTH_LIMIT} levels deep.", "Flatten it.", rule="nested-too-deep")
    try:
        row = json.loads(text, object_pairs_hook=_pairs, parse_int=_int, parse_float=_float, parse_constant=_not_finite)
    except json.JSONDecodeError as cause:
        reason = f"{cause.msg} at character {cause.pos + 1}"
        raise RecordError(f"The line is not valid JSON: {reason}.", "Fix the line.", rule="malformed-json") from cause
    if not isinstance(row, dict):
        raise RecordError("The line is not a JSON object.", 'Write one object a line: {"…": …}.', rule="wrong-type")
    if b"\\ud" in line.data.lower():
        _refuse_lone_surrogates(row)
    return row


def not_utf8(where: str) -> RecordError:
    """For bytes that are not UTF-8."""
    return RecordError(f"The text is not UTF-8 ({where}).", "Save the file as UTF-8.", rule="not-utf-8")


def _depth(data: bytes) -> int:
    """How deep objects and lists lie in one another; exact only where it could pass DEPTH_LIMIT."""
    if data.count(b"[") + data.count(b"{") <= DEPTH_LIMIT:
        return 0
    signs = re.findall(rb"[\[{\]}]", _JSON_STRING.sub(b"", data))
    return max(accumulate(1 if sign in b"[{" else -1 for sign in signs), default=0)


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    row = dict(pairs)
    if len(row) < len(pairs):
        name = Counter(key for key, _ in pairs).most_common(1)[0][0]
        raise RecordError(f'Key "{shorten(name)}" occurs twice in one object.', "Keep one.", rule="duplicate-key")
    return row


def _int(digits: str) -> int:
    _check_length(digits)
    return int(digits)


def _float(digits: str) -> float:
    _check_length(digits)
    value = float(digits)
    return value if math.isfinite(value) else _not_finite(f"{digits[:20]} (too large for a float)")


def _check_length(digits: str) -> None:
    if len(digits) > DIGIT_LIMIT:
        raise number_too_long(len(digits))


def number_too_long(digits: int) -> RecordError:
    """For a number with more digits than DIGIT_LIMIT."""
    return RecordError(
        f"A number has {digits:,} digits; at most {DIGIT_LIMIT:,} are read.", "Check the row.", rule="number-too-long"
    )


def _not_finite(token: str) -> float:
    raise RecordError(f"{token} is not a number.", "Write null or leave the field out.", rule="not-finite")


def _refuse_lone_surrogates(row: dict[str, Any]) -> None:
    try:
        json.dumps(row, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as cause:
        half = f"\\u{ord(cause.object[cause.start]):04x}"
        raise RecordError(
            f"{half} is half a surrogate pair and stands for no character.", "Write both halves.", rule="lone-surrogate"
        ) from cause
