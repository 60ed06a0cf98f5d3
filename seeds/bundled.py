"""The problems shipped with the package, as Seed rows in the JSON Lines files of this folder.

`bundled` is the math problems, which groups are made of; `bundled:code` is the code problems, `bundled:all` both.
"""

from collections.abc import Iterator
from importlib.resources import as_file, files

from tracelift_groups.errors import SourceError
from tracelift_groups.files.jsonl import json_rows
from tracelift_groups.ingest.source import seeds_from
from tracelift_groups.records.seed import Seed
from tracelift_groups.records.stage import Drop
from tracelift_groups.registry import SOURCES

_FILES = {"": ("math",), "math": ("math",), "code": ("code",), "all": ("math", "code")}


@SOURCES.register("bundled")
def bundled(argument: str) -> Iterator[Seed | Drop]:
    """`bundled`: math problems shipped with the package; bundled:code: code problems; bundled:all: both"""
    if argument not in _FILES:
        raise SourceError(
            f'There are no bundled problems named "{argument}".', "Use bundled, bundled:code or bundled:all."
        )
    for name in _FILES[argument]:
        with as_file(files("tracelift_groups.seeds") / f"{name}.jsonl") as path:
            yield from seeds_from(json_rows(path), lambda row: Seed.from_json(row.values))
