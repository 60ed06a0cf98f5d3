"""What the constants that choose flaws change: each set lower and higher, on the first GSM8K problems."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from statistics import fmean
from types import ModuleType

import orjson
from figure import Figure, Result, Setup

from tracelift_groups import Config, Group, Perturbation, Seed, read_seeds
from tracelift_groups.flaws import ladder
from tracelift_groups.flaws.surface_balance import change, imbalance, rarer
from tracelift_groups.math.edits import propagate
from tracelift_groups.pipeline import assemble, perturb
from tracelift_groups.pipeline.job import Item, Job
from tracelift_groups.records.group import keeps_answer

_PROBLEMS = 300
# Each constant with a lower and a higher value than its own.
_OTHERS: tuple[tuple[ModuleType, str, tuple[float, ...]], ...] = (
    (perturb, "MAX_DRAFTS", (3, 24)),
    (perturb, "AHEAD", (1, 12)),
    (perturb, "AGAIN", (0, 4)),
    (perturb, "SPARE", (0, 6)),
    (assemble, "_BANKS", (1, 10, 160)),
    (ladder, "SHORTEST", (0.0, 0.5)),
    (ladder, "LONGEST", (1.5, 8.0)),
    (propagate, "MAX_RATIO", (4, 16)),
)


def measure(setup: Setup) -> Result:
    """The pipeline on the same problems once for each value."""
    seeds = (seed for seed in read_seeds(f"gsm8k:{setup.file('gsm8k_train.jsonl')}") if isinstance(seed, Seed))
    items = [Item(seed.problem_id, orjson.dumps(seed.to_json())) for seed in islice(seeds, _PROBLEMS)]
    own = _row(items)
    grid = {"as it is": own}
    for module, name, values in _OTHERS:
        for value in values:
            with _set(module, name, value):
                grid[f"{name.strip('_')} {value}, not {_BEFORE[name]}"] = _row(items)
    figures = (
        Figure("problems", "", (_PROBLEMS,)),
        Figure("groups", "", (own["groups"],)),
        Figure("negatives of a group", "", (own["negatives"],)),
    )
    return Result("python benchmarks/run.py selection", figures, grids={"setting": grid})


_BEFORE: dict[str, float] = {name: getattr(module, name) for module, name, _ in _OTHERS}


@contextmanager
def _set(module: ModuleType, name: str, value: float) -> Iterator[None]:
    before = getattr(module, name)
    setattr(module, name, value)
    yield
    setattr(module, name, before)


def _row(items: Sequence[Item]) -> dict[str, float]:
    start = time.process_time()
    done = [rows[-1] for rows in Job(Config()).run(items) if (rows[-1].stage, rows[-1].status) == ("validate", "done")]
    seconds = time.process_time() - start
    groups = [Group.from_json(orjson.loads(row.payload or b"")) for row in done]
    edits = [[flaw.metadata["perturbation"] for flaw in group.negative_bank] for group in groups]
    flaws = [flaw for group in groups for flaw in group.negative_bank]
    return {
        "groups": len(groups),
        "negatives": round(fmean(len(group.negative_bank) for group in groups), 3),
        "groups with a flaw that keeps the answer": sum(any(map(keeps_answer, g.negative_bank)) for g in groups),
        "kinds of a group": round(fmean(len({f.negative_kind for f in g.negative_bank}) for g in groups), 3),
        "imbalance of a bank": round(fmean(imbalance([change(row["edits"]) for row in bank]) for bank in edits), 3),
        "rarer numbers of a flaw": round(
            fmean(rarer(Perturbation.from_json(flaw.metadata["perturbation"])) for flaw in flaws), 3
        ),
        "processor seconds": round(seconds, 1),
    }
