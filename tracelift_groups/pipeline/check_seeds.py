"""Seeds of a spec, each with its gold checked."""

from collections.abc import Callable, Mapping
from pathlib import Path

from tracelift_groups.domain import domain_named
from tracelift_groups.errors import InfrastructureError
from tracelift_groups.ingest.import_seeds import SeedReport, read_with_oracles
from tracelift_groups.records.seed import Seed
from tracelift_groups.records.stage import Drop


def check_gold(seed: Seed) -> Drop | None:
    """The stage that lets the gold of a seed pass its own check: None when it does, else the drop."""
    return domain_named(seed.domain).check_gold(seed)


def check_seeds(
    spec: str, oracles: Path | None = None, progress: Callable[[Mapping[str, int]], None] | None = None
) -> SeedReport:
    """Read everything and let each seed's gold pass its own check. `progress` gets the counts after each row.

    `oracles` is a file of tests that take the place of the seeds' own (oracle.py).
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
