"""What tells a flaw from its reference with the problem unread, on the groups of GSM8K train.

Fitted probes are measured on 30 % of the problems, on pairs of a flaw and its reference; 0.5 is chance. Pooled is one
probe over all kinds, solo one for a kind alone.
"""

import time
from collections.abc import Mapping, Sequence
from importlib.metadata import version

from figure import Figure, Grid, Result, Setup
from process import COMMAND, checked

from tracelift_groups.audit.pair_accuracy import Accuracy
from tracelift_groups.audit.pair_statistics import (
    ALL,
    SEVERITIES,
    LengthDifference,
    broken_dimensions,
    first_differences,
    kind_shares,
    length_differences,
    severities,
)
from tracelift_groups.audit.probes import Probe, Tell, run_probes
from tracelift_groups.files.group_files import read_groups
from tracelift_groups.files.run_folder import RunFolder
from tracelift_groups.records.group import Group

_BARS = {"n-grams": 0.6, "length": 0.55, "numbers": 0.65}
_RECOGNISED = 0.75  # by the pooled n-gram probe; such a kind may be 10 % of the negatives at most
_TELLS = 3
_UNITS = ("characters", "words", "steps")


def measure(setup: Setup) -> Result:
    """One build, or the run that was given; every table over all its groups."""
    groups = _groups(setup)
    start = time.perf_counter()
    probes = {probe.name: probe for probe in run_probes(groups)}
    seconds = time.perf_counter() - start
    lengths = {unit: length_differences(groups, unit) for unit in _UNITS}
    shares = {kind: 100 * share for kind, share in kind_shares(groups).items()}
    recognised = [shares[kind] for kind, found in probes["n-grams"].kinds.items() if found.value > _RECOGNISED]
    figures = (
        *(Figure(f"{name}, pooled", "", (probe.pooled.value,), _BARS.get(name)) for name, probe in probes.items()),
        *(
            Figure(f"the longer trace in {unit} is the flaw", "", (lengths[unit][ALL].longer.value,), 0.55, 0.45)
            for unit in _UNITS
        ),
        Figure("largest share of a kind", "%", (max(shares.values()),), at_most=15),
        Figure("smallest share of a kind, of all negatives", "%", (min(shares.values()),)),
        Figure("largest share of a kind recognised above 0.75", "%", (max(recognised, default=0),), at_most=10),
        Figure("groups", "", (len(groups),)),
        Figure("negatives", "", (sum(len(group.negative_bank) for group in groups),)),
        Figure("time of all probes", "s", (seconds,)),
    )
    grids = {
        "n-grams": _with_bounds(probes["n-grams"], shares),
        "other probes": _side_by_side([probe for name, probe in probes.items() if name != "n-grams"]),
        "flaw minus reference": _lengths(lengths),
        "strongest n-grams of each solo probe; all: of the pooled one": _tells(probes["n-grams"]),
        "pairs by place of the first difference": _first_differences(groups),
        "flaws by total below the reference": _severities(groups),
        "flaws by dimension that falls most": _broken(groups),
    }
    command = (
        f"tracelift_groups.audit.probes.run_probes on a build of GSM8K train; scikit-learn {version('scikit-learn')}"
    )
    return Result(command, figures, grids=grids)


def _groups(setup: Setup) -> list[Group]:
    run = setup.run or setup.scratch / "run"
    if setup.run is None:
        checked([COMMAND, "build", f"gsm8k:{setup.file('gsm8k_train.jsonl')}", "--out", str(run)])
    RunFolder(run).require()
    return [group for file in RunFolder(run).group_files() for group in read_groups(file)]


def _with_bounds(probe: Probe, shares: Mapping[str, float]) -> Grid:
    rows: dict[str, dict[str, float | str]] = {}
    for kind, found in {ALL: probe.pooled, **probe.kinds}.items():
        alone = probe.solo.get(kind)
        rows[kind] = {
            "pooled": _shown(found.value),
            "95 %": _bounds(found),
            "solo": _shown(alone.value) if alone else "",
            "95 % ": _bounds(alone) if alone else "",
            "% of negatives": round(shares.get(kind, 100), 2),
            "pairs": found.pairs,
        }
    return rows


def _side_by_side(probes: Sequence[Probe]) -> Grid:
    rows: dict[str, dict[str, float | str]] = {ALL: {}}
    for probe in probes:
        for kind, found in {ALL: probe.pooled, **probe.kinds}.items():
            alone = probe.solo.get(kind)
            row = rows.setdefault(kind, {})
            row[probe.name] = _shown(found.value)
            row[f"{probe.name}, solo"] = _shown(alone.value) if alone else ""
    return rows


def _lengths(lengths: Mapping[str, Mapping[str, LengthDifference]]) -> Grid:
    rows: dict[str, dict[str, float | str]] = {}
    for unit, kinds in lengths.items():
        for kind, found in kinds.items():
            rows.setdefault(kind, {}).update(
                {
                    f"longer, {unit}": _shown(found.longer.value),
                    f"mean, {unit}": round(found.signed, 2) + 0.0,  # no -0
                    f"mean absolute, {unit}": round(found.absolute, 2),
                }
            )
    return rows


def _tells(probe: Probe) -> Grid:
    found = {ALL: probe.pooled_tells, **probe.tells}
    return {kind: {str(rank + 1): _tell(tells, rank) for rank in range(_TELLS)} for kind, tells in found.items()}


def _tell(tells: Sequence[Tell], rank: int) -> str:
    if rank >= len(tells):
        return ""
    of, _, shown = tells[rank].feature.partition(" ")
    return f"{'more' if tells[rank].weight > 0 else 'less'} {of} `{shown.replace('|', '&#124;')}`"


def _first_differences(groups: Sequence[Group]) -> Grid:
    places = first_differences(groups)
    return {kind: {f"{10 * i}–{10 * i + 10} %": n for i, n in enumerate(counts)} for kind, counts in places.items()}


def _severities(groups: Sequence[Group]) -> Grid:
    kinds = severities(groups)
    every = {name: sum(counts[name] for counts in kinds.values()) for name in SEVERITIES}
    return {ALL: every, **kinds}


def _broken(groups: Sequence[Group]) -> Grid:
    kinds = broken_dimensions(groups)
    names = sorted({name for counts in kinds.values() for name in counts})
    return {kind: {name: counts.get(name, 0) for name in names} for kind, counts in kinds.items()}


def _shown(value: float) -> float:
    return round(value, 4)


def _bounds(found: Accuracy) -> str:
    return f"{found.low:.3f}–{found.high:.3f}"
