"""`stats`: prints the statistics of a run."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from tracelift_groups.report.stats import Stats

_TRIED = ("tried", "does not apply", "dropped", "made")


def stats(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="run folder")],
    as_json: Annotated[bool, typer.Option("--json", help="print one JSON object")] = False,
) -> None:
    """Print the statistics of a run. They cover stages, splits, kinds, scores and drops."""
    from tracelift_groups.report.stats import collect

    found = collect(run)
    if as_json:
        print(json.dumps(found.to_json(), ensure_ascii=False, indent=1))
        return
    _print(found)


def _print(stats: "Stats") -> None:
    from tracelift_groups.config import SPLITS
    from tracelift_groups.records.stage import STAGES, STATUSES

    counts = stats.stages
    if counts:
        table("Problems by stage", STATUSES, {s: [counts[s].get(status, 0) for status in STATUSES] for s in STAGES})
    for name, found in (("Groups", stats.groups), ("Negatives", stats.negatives)):
        table(name, SPLITS, {domain: [splits[split] for split in SPLITS] for domain, splits in found.items()})
    table(
        "Kinds",
        (*(_TRIED if counts else ()), "kept", "keeps answer", "mean fall"),
        {
            name: [
                *([k.tried, k.does_not_apply, k.dropped, k.made] if counts else ()),
                *(k.kept, k.keeps_answer, _mean(k.fall)),
            ]
            for name, k in stats.kinds.items()
        },
    )
    for domain, scores in stats.scores.items():
        means = {
            name: [_mean(scores.mean(scores.positive, name)), _mean(scores.mean(scores.negative, name))]
            for name in scores.positive
        }
        table(f"Mean labels (0–4), {domain}", ("positives", "negatives"), means)
    table("Drops", ("count",), {f"{d.stage} {d.rule} {d.kind}".rstrip(): [d.count] for d in stats.drops})


def _mean(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def table(title: str, columns: Sequence[str], lines: Mapping[str, Sequence[object]]) -> None:
    """Print a table of numbers."""
    print(title)
    cells = {name: [f"{v:,}" if isinstance(v, int) else str(v) for v in line] for name, line in lines.items()}
    first = max((len(name) for name in cells), default=0)
    widths = [max([len(column), *(len(line[i]) for line in cells.values())]) for i, column in enumerate(columns)]
    for name, line in {"": list(columns), **cells}.items():
        padded = (cell.rjust(width) for cell, width in zip(line, widths, strict=True))
        print(f"  {name.ljust(first)}", *padded, sep="  ")
    print()
