"""BENCHMARKS.md from the result files: `python benchmarks/report.py`."""

import json
from pathlib import Path
from typing import Any  # JSON

from figure import Grid, Result, cell

HERE = Path(__file__).parent
PAGE = HERE.parent / "BENCHMARKS.md"

_HEAD = """# Benchmarks

Printed by `python benchmarks/report.py` from `benchmarks/results/`. To measure again:
`python benchmarks/run.py NAME --data DIR`, where DIR holds the data files. A figure taken several times is given as
min / median / max, and its bar is held when the median is within. Two things that are compared ran alternately in one
call.
"""


def page() -> str:
    """The whole of BENCHMARKS.md."""
    rows = [json.loads(path.read_text(encoding="utf-8")) for path in sorted((HERE / "results").glob("*.json"))]
    return "\n".join([_HEAD, *(_section(row) for row in rows)])


def _section(row: dict[str, Any]) -> str:
    result = Result.from_json(row)
    lines = [f"## {row['name']}", "", row["about"], "", f"`{result.command}`", ""]
    lines += ["| figure | value | bar | held |", "|---|---:|---:|---|"]
    held = {True: "yes", False: "**no**", None: ""}
    lines += [f"| {f.name} | {f.spread} | {f.bar} | {held[f.held]} |" for f in result.figures]
    for title, counts in result.tables.items():
        lines += ["", f"| {title} | count |", "|---|---:|", *(f"| {key} | {n:,} |" for key, n in counts.items())]
    for title, grid in result.grids.items():
        lines += ["", *_grid(title, grid)]
    told = "; ".join(f"{key} {value}" for key, value in (row["machine"] | row["versions"]).items())
    lines += ["", f"{row['date']}: {told}." + (f" Note: {row['note']}." if row["note"] else ""), ""]
    return "\n".join(lines)


def _grid(title: str, grid: Grid) -> list[str]:
    columns = list(next(iter(grid.values()), {}))
    lines = [f"| {' | '.join([title, *columns])} |", "|---" + "|---:" * len(columns) + "|"]
    for name, values in grid.items():
        lines.append(f"| {name} | {' | '.join(map(cell, values.values()))} |")
    return lines


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
