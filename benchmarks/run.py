"""Run benchmarks by name: `python benchmarks/run.py [NAME…] [--data DIR] [--runs N] [--note WORDS]`; no name: all.

Each is one file in `cases/`. What it finds is printed and written to `results/NAME.json`; the case's page
`results/NAME.md` and the table `docs/benchmarks.md` are written anew (see `report.py`).
"""

import argparse
import json
import sys
import tempfile
from datetime import date
from importlib import import_module
from pathlib import Path

import report
from figure import MissingDataError, Result, Setup, cell
from machine import machine, versions

HERE = Path(__file__).parent


def names() -> list[str]:
    """The benchmarks there are."""
    return sorted(path.stem for path in (HERE / "cases").glob("[!_]*.py"))


def run(name: str, given: argparse.Namespace) -> Result:
    """Run one; write its result file, its page and the table."""
    module = import_module(f"cases.{name}")
    with tempfile.TemporaryDirectory() as scratch:
        result: Result = module.measure(Setup(given.data, given.runs, Path(scratch), given.run, given.other))
    row = {
        "name": name,
        "about": (module.__doc__ or "").strip().splitlines()[0],
        "date": date.today().isoformat(),
        "note": given.note,
        "machine": machine(),
        "versions": versions(),
        **result.to_json(),
    }
    text = json.dumps(row, indent=1, ensure_ascii=False) + "\n"
    (HERE / "results").mkdir(exist_ok=True)
    (HERE / "results" / f"{name}.json").write_text(text, encoding="utf-8")
    report.write(HERE.parent)
    return result


def main() -> None:
    """Parse, run, print. Exit code 1 when a figure is beyond its bar."""
    parser = argparse.ArgumentParser(description="Run benchmarks and write their results.")
    parser.add_argument("name", nargs="*", choices=[[], *names()], help="which; default: all")
    parser.add_argument("--data", type=Path, default=HERE.parents[1] / "shared" / "data", help="folder of data files")
    parser.add_argument("--runs", type=int, default=5, help="repetitions, where a benchmark repeats (default: 5)")
    parser.add_argument("--run", type=Path, help="a finished GSM8K run, for benchmarks that only look at one")
    parser.add_argument("--other", type=Path, help="an environment with another version, to compare with")
    parser.add_argument("--note", default="", help="words to keep with the result, such as: other programs ran")
    given = parser.parse_args()
    print("; ".join(f"{key} {value}" for key, value in (machine() | versions()).items()))
    failed = False
    for name in given.name or names():
        print(f"\n{name}")
        try:
            result = run(name, given)
        except MissingDataError as error:
            print(f"  {error}")
            failed = True
            continue
        for figure in result.figures:
            bar = f"  (bar {figure.bar}: {'held' if figure.held else 'NOT held'})" if figure.bar else ""
            print(f"  {figure.name}: {figure.spread}{bar}", flush=True)
            failed |= figure.held is False
        for title, counts in result.tables.items():
            print(f"  {title}: " + ", ".join(f"{key} {count:,}" for key, count in counts.items()))
        for title, grid in result.grids.items():
            print(f"  {title}")
            for row, values in grid.items():
                print(f"    {row}: " + ", ".join(f"{key} {cell(value)}" for key, value in values.items()))
    sys.exit(failed)


if __name__ == "__main__":
    main()
