"""Reads a seed spec, separates valid seeds from rejected rows, and writes both."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson

from tracelift_groups.errors import SourceError
from tracelift_groups.files.atomic import atomic_write, refuse_inputs, remove_regular, reported_as_run_error
from tracelift_groups.ingest.source import file_of_spec, read_seeds
from tracelift_groups.records.seed import Seed
from tracelift_groups.records.stage import Drop

_REJECTED = ".rejected.jsonl"


@dataclass(frozen=True)
class SeedReport:
    """The number of valid seeds, and every rejected row, in order.

    `failures` are seeds without a verdict, because something outside of them broke.
    """

    seeds: int
    drops: tuple[Drop, ...]
    failures: tuple[Drop, ...] = ()

    @property
    def by_rule(self) -> dict[str, int]:
        """Rejected rows by rule, the most frequent first."""
        counted = Counter(drop.rule for drop in self.drops)
        return dict(sorted(counted.items(), key=lambda item: (-item[1], item[0])))


def import_seeds(spec: str, out: Path, oracles: Path | None = None) -> SeedReport:
    """Write the seeds as JSON Lines to `out`, and what was rejected to its twin ending in `.rejected.jsonl`.

    Both appear whole or not at all. Without a valid seed `out` is left as it was; without a rejected row an older
    twin is removed. The gold is not checked here; `check_seeds` and `build` do that. `oracles` is a file of
    tests that replace the seeds' own (oracle.py). RunError when `out` is the file that is read.
    """
    if out.suffix != ".jsonl" or out.name.endswith(_REJECTED):
        raise SourceError(f"Seeds can't be written to {out}.", "Name a .jsonl file.")
    for path in (out, rejected_path(out)):
        refuse_inputs(path, [file_of_spec(spec), *([oracles] if oracles else [])])
    drops: list[Drop] = []
    seeds = _write(out, (row.to_json() for row in _kept(read_with_oracles(spec, oracles), drops)))
    twin = rejected_path(out)
    if not _write(twin, (drop.to_json() for drop in drops)):
        remove_regular(twin)
    return SeedReport(seeds, tuple(drops))


def rejected_path(out: Path) -> Path:
    """Where `import_seeds` puts what it rejected: beside `out`."""
    return out.with_suffix(_REJECTED)


def read_with_oracles(spec: str, oracles: Path | None) -> Iterator[Seed | Drop]:
    """Seeds and dropped rows of a spec; the tests of a file of oracles take the place of the seeds' own."""
    if oracles is None:
        yield from read_seeds(spec)
        return
    from tracelift_groups.ingest.oracle import attached, read_oracles

    tests, drops = read_oracles(oracles)
    yield from drops
    yield from attached(read_seeds(spec), tests)


def _kept(rows: Iterator[Seed | Drop], drops: list[Drop]) -> Iterator[Seed]:
    for row in rows:
        if isinstance(row, Drop):
            drops.append(row)
        else:
            yield row


def _write(path: Path, rows: Iterator[dict[str, object]]) -> int:
    """How many rows were written; for none the path is not touched."""
    first = next(rows, None)
    if first is None:
        return 0
    count = 1
    with reported_as_run_error(path), atomic_write(path) as part, part.open("wb") as file:
        file.write(orjson.dumps(first) + b"\n")
        for row in rows:
            file.write(orjson.dumps(row) + b"\n")
            count += 1
    return count
