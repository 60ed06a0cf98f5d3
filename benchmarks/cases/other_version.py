"""Import, `--help`, a build of 800 GSM8K problems and its bytes, against another version installed beside this one."""

import sys
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path

from cases.same_bytes import digest
from figure import Figure, MissingDataError, Result, Setup
from process import checked

_PROBLEMS = 800
_STARTS = 20  # of each version for one value: a single start takes a fraction of a second


def measure(setup: Setup) -> Result:
    """Both alternately, ratios pair by pair; starts are measured after one pair that fills the caches."""
    if setup.other is None:
        raise MissingDataError("No other version is named. Name its environment: --other FOLDER")
    both = (Path(sys.prefix), setup.other)
    problems = setup.scratch / "problems.jsonl"
    with setup.file("gsm8k_train.jsonl").open(encoding="utf-8") as rows:
        problems.write_text("".join(islice(rows, _PROBLEMS)), encoding="utf-8")
    imports = [_starts(_import, both) for _ in range(setup.runs)]
    helps = [_starts(_help, both) for _ in range(setup.runs)]
    builds = []
    digests = set()
    for run in range(setup.runs):
        seconds = [0.0, 0.0]
        for side in (0, 1) if run % 2 else (1, 0):
            out = setup.scratch / f"{run}-{side}"
            command = str(both[side] / "bin" / "tracelift-groups")
            seconds[side] = checked([command, "build", f"gsm8k:{problems}", "--out", str(out)]).cpu_seconds
            digests.add(digest(out))
        builds.append(seconds)
    figures = (
        Figure("different results", "", (len(digests),), at_most=1),
        Figure("processor time of the build / the other's", "", _ratios(builds), at_most=1.03),
        Figure("import tracelift_groups / the other's", "", _ratios(imports), at_most=1.03),
        Figure("--help / the other's", "", _ratios(helps), at_most=1.03),
        Figure("processor time of the build", "s", tuple(ours for ours, _ in builds)),
        Figure("processor time of the other's build", "s", tuple(theirs for _, theirs in builds)),
        Figure("--help", "s", tuple(ours / _STARTS for ours, _ in helps)),
    )
    return Result("python benchmarks/run.py other_version --other FOLDER", figures)


def _ratios(pairs: list[list[float]]) -> tuple[float, ...]:
    return tuple(ours / theirs for ours, theirs in pairs)


def _starts(start: Callable[[Path], float], both: Sequence[Path]) -> list[float]:
    """Seconds of all starts of each version, in turn; which one begins changes too."""
    seconds = [0.0, 0.0]
    for index in range(1 + _STARTS):
        for side in (0, 1) if index % 2 else (1, 0):
            took = start(both[side])
            seconds[side] += took if index else 0.0
    return seconds


def _import(place: Path) -> float:
    return checked([str(place / "bin" / "python"), "-c", "import tracelift_groups"]).seconds


def _help(place: Path) -> float:
    return checked([str(place / "bin" / "tracelift-groups"), "--help"]).seconds
