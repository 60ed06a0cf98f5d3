"""Import, `--help`, the README's first command and a build of 800 GSM8K problems, against another version."""

import sys
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path

from cases.same_bytes import digest
from figure import Figure, MissingDataError, Result, Setup
from process import checked

_PROBLEMS = 800
_BAR = 1.05  # of every ratio
_STARTS = 20  # of each version for one value: a single start takes a fraction of a second

Pair = tuple[float, float]  # of this version and the other


def measure(setup: Setup) -> Result:
    """Both alternately, ratios pair by pair; starts are measured after one pair that fills the caches.

    `--other` is an environment in which the other version is installed (not editable, as this one).
    """
    if setup.other is None:
        raise MissingDataError("No other version is named. Name its environment: --other FOLDER")
    both = (Path(sys.prefix), setup.other)
    problems = setup.scratch / "problems.jsonl"
    with setup.file("gsm8k_train.jsonl").open(encoding="utf-8") as rows:
        problems.write_text("".join(islice(rows, _PROBLEMS)), encoding="utf-8")
    imports = [_starts(_import, both) for _ in range(setup.runs)]
    helps = [_starts(_help, both) for _ in range(setup.runs)]
    builds: list[Pair] = []
    firsts: list[Pair] = []
    digests = set()
    for run in range(setup.runs):
        outs = [setup.scratch / f"{run}-{side}" for side in (0, 1)]
        first_side = run % 2
        firsts.append(_pair(first_side, lambda side, outs=outs: _first_command(both[side], outs[side] / "first")))
        builds.append(_pair(first_side, lambda side, outs=outs: _build(both[side], problems, outs[side] / "gsm8k")))
        digests |= {digest(out / "gsm8k") for out in outs}
    figures = (
        Figure("import tracelift_groups / the other's", "", _ratios(imports), at_most=_BAR),
        Figure("--help / the other's", "", _ratios(helps), at_most=_BAR),
        Figure(
            "processor time of the README's first command, per group / the other's", "", _ratios(firsts), at_most=_BAR
        ),
        Figure("processor time of the build / the other's", "", _ratios(builds), at_most=_BAR),
        Figure("different bytes of the build (1: equal)", "", (len(digests),)),
        Figure("--help", "s", tuple(ours / _STARTS for ours, _ in helps)),
        Figure("first command, per group", "s", tuple(ours for ours, _ in firsts)),
        Figure("processor time of the build", "s", tuple(ours for ours, _ in builds)),
        Figure("processor time of the other's build", "s", tuple(theirs for _, theirs in builds)),
    )
    return Result("python benchmarks/run.py other_version --other FOLDER", figures)


def _pair(first: int, seconds: Callable[[int], float]) -> Pair:
    """Seconds of both sides, measured one after the other from side `first` on."""
    measured = {side: seconds(side) for side in (first, 1 - first)}
    return measured[0], measured[1]


def _build(place: Path, problems: Path, out: Path) -> float:
    return checked([_command(place), "build", f"gsm8k:{problems}", "--out", str(out)]).cpu_seconds


def _first_command(place: Path, out: Path) -> float:
    """Processor seconds a group, the start included."""
    seconds = checked([_command(place), "build", "--out", str(out)]).cpu_seconds
    return seconds / sum(path.read_bytes().count(b"\n") for path in (out / "groups").glob("*.jsonl"))


def _command(place: Path) -> str:
    return str(place / "bin" / "tracelift-groups")


def _ratios(pairs: Sequence[Pair]) -> tuple[float, ...]:
    return tuple(ours / theirs for ours, theirs in pairs)


def _starts(start: Callable[[Path], float], both: Sequence[Path]) -> Pair:
    """Seconds of all starts of each version, in turn; which one begins changes too."""
    seconds = [0.0, 0.0]
    for index in range(1 + _STARTS):
        for side in (0, 1) if index % 2 else (1, 0):
            took = start(both[side])
            seconds[side] += took if index else 0.0
    return seconds[0], seconds[1]


def _import(place: Path) -> float:
    return checked([str(place / "bin" / "python"), "-c", "import tracelift_groups"]).seconds


def _help(place: Path) -> float:
    return checked([_command(place), "--help"]).seconds
