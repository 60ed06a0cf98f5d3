"""The exported files of a run, rebuilt from its ledger: groups/*.jsonl, data/*/*.parquet and rejected.jsonl.

Everything is written sorted by problem_id, beside its place, and moved there at the end. No row holds a time, a path or
a cost, so equal ledgers give equal bytes.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from itertools import groupby
from pathlib import Path
from typing import Any, BinaryIO  # JSON

import orjson

from tracelift_groups.config import SPLITS, Config
from tracelift_groups.files.atomic import atomic_write
from tracelift_groups.files.run_folder import RunFolder
from tracelift_groups.pipeline.ledger import SEPARATOR, Ledger
from tracelift_groups.pipeline.parquet import ParquetFile, features
from tracelift_groups.records.rubric import load_rubric
from tracelift_groups.records.stage import STAGES

# About 500 MB of Arrow memory: what readers are advised to expect of one file.
ROWS_A_FILE = 20_000


def export_rejected(ledger: Ledger, folder: RunFolder) -> int:
    """Write every drop, sorted by problem, stage and rule; returns how many."""
    count = 0
    with atomic_write(folder.rejected) as part, part.open("wb") as out:
        for _, rows in groupby(ledger.drops(), key=lambda row: row[0].partition(SEPARATOR)[0]):
            drops = [drop for _, content in rows for drop in orjson.loads(content)]
            for drop in sorted(drops, key=_drop_order):
                out.write(orjson.dumps(drop) + b"\n")
            count += len(drops)
    return count


def _drop_order(drop: Mapping[str, Any]) -> tuple[int, str, str, str, bytes]:
    return STAGES.index(drop["stage"]), drop["rule"], drop["kind"], drop["place"], orjson.dumps(drop)


def export_groups(
    ledger: Ledger, folder: RunFolder, config: Config, assign: Callable[..., Mapping[str, Any]]
) -> dict[str, dict[str, int]]:
    """Write every group to its split, remove files of earlier exports; returns groups by domain and split.

    `assign` gives each problem's placement for all problems (split.assign).
    """
    problems: dict[str, str] = {}
    domains: dict[str, str] = {}
    for name, seed, _ in ledger.groups():
        row = orjson.loads(seed)
        problems[name], domains[name] = row["problem"], row["domain"]
    placed = assign(problems, config)
    del problems
    sizes = Counter((domains[name], placed[name].split) for name in domains)
    with ExitStack() as stack:
        outputs = {where: stack.enter_context(_Output(folder, *where, size, config)) for where, size in sizes.items()}
        for name, _, content in ledger.groups():
            group = orjson.loads(content)
            group["metadata"] = {"split_key": placed[name].split_key} | group["metadata"]
            outputs[domains[name], placed[name].split].add(group)
    _remove_others(folder, {path for output in outputs.values() for path in output.paths})
    return {
        domain: {split: sizes[domain, split] for split in SPLITS} for domain in sorted({where[0] for where in sizes})
    }


class _Output:
    """The files of one domain and split, open for writing; they are moved into place when the block ends."""

    def __init__(self, folder: RunFolder, domain: str, split: str, size: int, config: Config) -> None:
        count = -(-size // ROWS_A_FILE)
        self._jsonl_path = folder.groups / f"{domain}_{split}.jsonl"
        self._parquet_paths = [
            folder.data / domain / f"{split}-{index:05d}-of-{count:05d}.parquet" for index in range(count)
        ]
        self._features = features(load_rubric(config.rubric or domain).names)
        self._stack = ExitStack()
        self._written = 0

    @property
    def paths(self) -> list[Path]:
        return [self._jsonl_path, *self._parquet_paths]

    def __enter__(self) -> "_Output":
        part = self._stack.enter_context(atomic_write(self._jsonl_path))
        self._jsonl: BinaryIO = self._stack.enter_context(part.open("wb"))
        return self

    def __exit__(self, *error: Any) -> None:
        self._stack.__exit__(*error)

    def add(self, group: Mapping[str, Any]) -> None:
        """Write one group to both layouts."""
        if self._written % ROWS_A_FILE == 0:
            part = self._stack.enter_context(atomic_write(self._parquet_paths[self._written // ROWS_A_FILE]))
            self._parquet = self._stack.enter_context(ParquetFile(part, self._features))
        self._jsonl.write(orjson.dumps(group) + b"\n")
        self._parquet.add(group)
        self._written += 1


def _remove_others(folder: RunFolder, kept: set[Path]) -> None:
    for pattern in ("groups/*.jsonl", "groups/.*.part", "data/*/*.parquet", "data/*/.*.part"):
        for path in folder.path.glob(pattern):
            if path not in kept:
                path.unlink()
