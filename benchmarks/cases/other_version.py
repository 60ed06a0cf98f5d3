"""Import, `--help`, a build of 800 GSM8K problems and its bytes, against another version installed beside this one."""

import sys
from itertools import islice
from pathlib import Path

from cases.same_bytes import digest
from figure import Figure, MissingDataError, Result, Setup
from process import checked

_PROBLEMS = 800
_STARTS = 5  # for each run: single starts take a fraction of a second


def measure(setup: Setup) -> Result:
    """Both alternately; ratios are taken pair by pair, after one pair that fills the caches."""
    if setup.other is None:
        raise MissingDataError("No other version is named. Name its environment: --other FOLDER")
    both = (Path(sys.prefix), setup.other)
    problems = setup.scratch / "problems.jsonl"
    with setup.file("gsm8k_train.jsonl").open(encoding="utf-8") as rows:
        problems.write_text("".join(islice(rows, _PROBLEMS)), encoding="utf-8")
    imports = [[_import(place) for place in both] for _ in range(1 + _STARTS * setup.runs)][1:]
    helps = [[_help(place) for place in both] for _ in range(1 + _STARTS * setup.runs)][1:]
    builds = []
    digests = set()
    for run in range(setup.runs):
        seconds = []
        for index, place in enumerate(both):
            out = setup.scratch / f"{run}-{index}"
            build = [str(place / "bin" / "tracelift-groups"), "build", f"gsm8k:{problems}", "--out", str(out)]
            seconds.append(checked(build).cpu_seconds)
            digests.add(digest(out))
        builds.append(seconds)
    figures = (
        Figure("different results", "", (len(digests),), at_most=1),
        Figure("processor time of the build / the other's", "", _ratios(builds), at_most=1.03),
        Figure("import tracelift_groups / the other's", "", _ratios(imports), at_most=1.03),
        Figure("--help / the other's", "", _ratios(helps), at_most=1.03),
        Figure("processor time of the build", "s", tuple(ours for ours, _ in builds)),
        Figure("processor time of the other's build", "s", tuple(theirs for _, theirs in builds)),
        Figure("--help", "s", tuple(ours for ours, _ in helps)),
    )
    return Result("python benchmarks/run.py other_version --other FOLDER", figures)


def _ratios(pairs: list[list[float]]) -> tuple[float, ...]:
    return tuple(ours / theirs for ours, theirs in pairs)


def _import(place: Path) -> float:
    return checked([str(place / "bin" / "python"), "-c", "import tracelift_groups"]).seconds


def _help(place: Path) -> float:
    return checked([str(place / "bin" / "tracelift-groups"), "--help"]).seconds
