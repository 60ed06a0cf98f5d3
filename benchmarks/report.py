"""The pages of the result files and the table of all cases: `python benchmarks/report.py`.

`benchmarks/results/NAME.json` gives `benchmarks/results/NAME.md`; all of them give `docs/benchmarks.md`.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any  # JSON

from figure import Grid, Result, cell

ROOT = Path(__file__).parents[1]

_HEAD = """# Benchmarks

Printed by `python benchmarks/report.py` from the files in `benchmarks/results/`. To measure a case again:
`python benchmarks/run.py NAME --data DIR`, where DIR holds the data files.

Each case is shown with one figure: the first whose bar is not held, else the first with a bar, else the first. Its page
has all of them. A figure taken several times is given as min / median / max, and its bar is held when the median is
within. Cases with a bar that is not held stand first.

| case | figure | bar | held |
|---|---|---:|---|
"""


def page(row: dict[str, Any]) -> str:
    """The page of one result file."""
    result = Result.from_json(row)
    lines = [f"# {row['name']}", "", row["about"], "", f"`{result.command}`", ""]
    lines += ["| figure | value | bar | held |", "|---|---:|---:|---|"]
    held = {True: "yes", False: "**no**", None: ""}
    lines += [f"| {f.name} | {f.spread} | {f.bar} | {held[f.held]} |" for f in result.figures]
    for title, counts in result.tables.items():
        lines += ["", f"| {title} | count |", "|---|---:|", *(f"| {key} | {n:,} |" for key, n in counts.items())]
    for title, grid in result.grids.items():
        lines += ["", *_grid(title, grid)]
    machine = "; ".join(f"{key} {value}" for key, value in (row["machine"] | row["versions"]).items())
    lines += ["", f"{row['date']}: {machine}." + (f" Note: {row['note']}." if row["note"] else ""), ""]
    lines += ["A figure taken several times is given as min / median / max; its bar is held when the median is within."]
    lines += [f"Printed by `python benchmarks/report.py` from [{row['name']}.json]({row['name']}.json)."]
    lines += ["All cases: [docs/benchmarks.md](../../docs/benchmarks.md).", ""]
    return "\n".join(lines)


def table(rows: Sequence[dict[str, Any]]) -> str:
    """The whole of docs/benchmarks.md: one row a case, those with a missed bar first, then by name."""
    ordered = sorted(rows, key=lambda row: (not Result.from_json(row).missed, row["name"]))
    return _HEAD + "".join(_case(row["name"], Result.from_json(row)) for row in ordered)


def write(root: Path) -> None:
    """Write the pages and the table of a checkout; remove the pages that have no result file."""
    results = root / "benchmarks" / "results"
    rows = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(results.glob("*.json"))]
    for path in results.glob("*.md"):
        if not path.with_suffix(".json").exists():
            path.unlink()
    for row in rows:
        (results / f"{row['name']}.md").write_text(page(row), encoding="utf-8")
    (root / "docs" / "benchmarks.md").write_text(table(rows), encoding="utf-8")


def _case(name: str, result: Result) -> str:
    shown = result.headline
    link = f"[{name}](../benchmarks/results/{name}.md)"
    return f"| {link} | {shown.name}: {shown.spread} | {shown.bar} | {_held(result)} |\n"


def _held(result: Result) -> str:
    bars, missed = len(result.barred), len(result.missed)
    if not bars:
        return "no bar"
    if bars == 1:
        return "**no**" if missed else "yes"
    return f"**no**: {missed} of {bars} not held" if missed else f"yes: {bars} of {bars}"


def _grid(title: str, grid: Grid) -> list[str]:
    columns = list(next(iter(grid.values()), {}))
    lines = [f"| {' | '.join([title, *columns])} |", "|---" + "|---:" * len(columns) + "|"]
    for name, values in grid.items():
        lines.append(f"| {name} | {' | '.join(map(cell, values.values()))} |")
    return lines


if __name__ == "__main__":
    write(ROOT)
