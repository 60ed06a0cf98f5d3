"""Uplift of reference over flawed traces, embedded executor that slips: bundled problems and 200 of GSM8K."""

import json
from pathlib import Path

from figure import Figure, Grid, Result, Setup
from process import COMMAND, Measured, checked

_SLIP, _DRAWS = 0.1, 4
_GSM8K = 200


def measure(setup: Setup) -> Result:
    """The lower bound of a difference has the bar: above 0, the interval excludes 0."""
    gsm8k = f"gsm8k:{setup.file('gsm8k_train.jsonl')}"
    runs = {"bundled": ["bundled"], "GSM8K": [gsm8k, "--limit", str(_GSM8K)]}
    figures: list[Figure] = []
    grids: dict[str, Grid] = {}
    for name, seeds in runs.items():
        run = setup.scratch / name
        checked([COMMAND, "build", *seeds, "--out", str(run)])
        first, again = (_measured(run) for _ in range(2))
        found = json.loads(first.output)
        changing, preserving = found["changing"], found["preserving"]
        figures += [
            Figure(f"{name}: problems", "", (found["problems"],)),
            Figure(f"{name}: right alone", "%", (100 * found["alone"]["mean"],)),
            Figure(f"{name}: right with the reference", "%", (100 * found["with_reference"]["mean"],)),
            Figure(f"{name}: reference above flaws that change the answer", "", (changing["mean"],)),
            Figure(f"{name}: lower bound of that", "", (changing["low"],), at_least=0.001),
            Figure(f"{name}: reference above flaws that keep it", "", (preserving["mean"],)),
            Figure(f"{name}: first time", "s", (first.seconds,)),
            Figure(f"{name}: again, all draws stored", "s", (again.seconds,)),
        ]
        grids[f"{name}, by kind"] = {
            kind["kind"]: {
                "answer": "stays" if kind["keeps_answer"] else "changes",
                "flaws": kind["flaws"],
                "problems": kind["below_reference"]["problems"],
                "reference above": kind["below_reference"]["mean"],
                "low": _bound(kind["below_reference"]["low"]),
                "high": _bound(kind["below_reference"]["high"]),
            }
            for kind in found["kinds"]
        }
    return Result(" ".join(["tracelift-groups", *_arguments(Path("RUN"))]), tuple(figures), grids=grids)


def _arguments(run: Path) -> list[str]:
    return ["measure-uplift", str(run), "--executor", f"exact:slip={_SLIP}", "--draws", str(_DRAWS), "--json"]


def _measured(run: Path) -> Measured:
    return checked([COMMAND, *_arguments(run)])


def _bound(value: float | None) -> float | str:
    return "" if value is None else value
