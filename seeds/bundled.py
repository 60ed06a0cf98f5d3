"""The problems that come with the package: our own, in Seed rows, in the JSON Lines files beside this one."""

from collections.abc import Iterator
from importlib.resources import as_file, files

from tracelift_groups.errors import SourceError
from tracelift_groups.outcome import Drop
from tracelift_groups.rows import json_rows
from tracelift_groups.seed import Seed
from tracelift_groups.source import SOURCES, seeds_from


@SOURCES.register("bundled")
def bundled(argument: str) -> Iterator[Seed | Drop]:
    """`bundled`: the problems of our own that come with the package"""
    if argument:
        raise SourceError(f'Source bundled takes no argument, but got "{argument}".', "Write bundled.")
    for file in sorted(files("tracelift_groups.seeds").iterdir(), key=lambda found: found.name):
        if file.name.endswith(".jsonl"):
            with as_file(file) as path:
                yield from seeds_from(json_rows(path), lambda row: Seed.from_json(row.values))
