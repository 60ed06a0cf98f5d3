"""Checks the gold of every seed of a spec."""

from collections.abc import Callable, Mapping
from pathlib import Path

from tracelift_groups.domain import domain_named
from tracelift_groups.errors import InfrastructureError
from tracelift_groups.ingest.import_seeds import SeedReport, read_with_oracles
from tracelift_groups.records.seed import Seed
from tracelift_groups.records.stage import Drop


def check_gold(seed: Seed) -> Drop | None:
    """The first stage: None when the gold of a seed passes its own check, else the drop."""
    return domain_named(seed.domain).check_gold(seed)


def check_seeds(
    spec: str, oracles: Path | None = None, progress: Callable[[Mapping[str, int]], None] | None = None
) -> SeedReport:
    """Read a spec and check the gold of each seed. `progress` gets the counts after each row.

    `oracles` is a file of tests that replace the seeds' own (ingest/oracle.py).
    """
    seeds: int = 0
    drops: list[Drop] = []
    failures: list[Drop] = []
    for row in read_with_oracles(spec, oracles):
        try:
            drop = row if isinstance(row, Drop) else check_gold(row)
        except InfrastructureError as error:
            failures.append(Drop("seed", row.problem_id, "infrastructure", str(error), place=row.place))
        else:
            seeds += drop is None
            drops += [drop] if drop else []
        if progress:
            progress({"good": seeds, "rejected": len(drops), "failed": len(failures)})
    return SeedReport(seeds, tuple(drops), tuple(failures))
