"""The benchmark pages say what the result files say, and each benchmark can be loaded."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from repo_files import ROOT

BENCHMARKS = ROOT / "benchmarks"
NAMES = sorted(path.stem for path in (BENCHMARKS / "cases").glob("*.py"))
RESULTS = sorted((BENCHMARKS / "results").glob("*.json"))
PAGES = sorted((BENCHMARKS / "results").glob("*.md"))
TABLE = ROOT / "docs" / "benchmarks.md"


def _python(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    # Scripts of a folder that is no package: run as such.
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, cwd=BENCHMARKS, capture_output=True, text=True)


def test_every_benchmark_has_a_result_and_a_page_and_nothing_else_has() -> None:
    assert len(NAMES) >= 5
    assert [path.stem for path in RESULTS] == NAMES
    assert [path.stem for path in PAGES] == NAMES


def test_every_benchmark_can_be_loaded() -> None:
    code = "import importlib, sys; [importlib.import_module(f'cases.{name}').measure for name in sys.argv[1:]]"
    done = _python(code, *NAMES)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("path", RESULTS, ids=lambda path: path.stem)
def test_a_page_is_printed_from_its_result(path: Path) -> None:
    code = "import json, report, sys; sys.stdout.write(report.page(json.load(open(sys.argv[1], encoding='utf-8'))))"
    done = _python(code, str(path))
    assert done.returncode == 0, done.stderr
    assert path.with_suffix(".md").read_text(encoding="utf-8") == done.stdout, "run: python benchmarks/report.py"


def test_the_table_is_printed_from_the_results_in_40_lines_with_a_row_for_each() -> None:
    code = """
import json, report, sys
sys.stdout.write(report.table([json.load(open(name, encoding="utf-8")) for name in sys.argv[1:]]))
"""
    done = _python(code, *map(str, RESULTS))
    assert done.returncode == 0, done.stderr
    assert TABLE.read_text(encoding="utf-8") == done.stdout, "run: python benchmarks/report.py"
    assert done.stdout.count("\n") <= 40
    assert sorted(re.findall(r"^\| \[(\w+)\]", done.stdout, re.MULTILINE)) == NAMES


def test_every_link_of_a_page_leads_somewhere() -> None:
    links = [(page, link) for page in PAGES for link in re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8"))]
    assert len(links) == 2 * len(NAMES)
    assert not [(page.name, link) for page, link in links if not (page.parent / link).exists()]


def test_the_table_shows_a_missed_bar_else_a_bar_else_the_first_figure_and_missed_cases_first() -> None:
    code = """
from figure import Figure, Result
from report import table
plain, held = Figure("plain", "", (7,)), Figure("held", "s", (1.0, 2.0, 3.0), at_most=2)
missed, worse = Figure("missed", "%", (4,), at_least=5), Figure("worse", "", (9,), at_most=1)
cases = {
    "all_held": (plain, held, held),
    "none": (plain, plain),
    "one_held": (plain, held),
    "one_missed": (missed,),
    "two_missed": (plain, held, missed, worse),
}
rows = [{"name": name, **Result("command", figures).to_json()} for name, figures in cases.items()]
print(table(rows))
"""
    done = _python(code)
    rows = [line.replace("../benchmarks/results/", "") for line in done.stdout.splitlines() if line.startswith("| [")]
    assert rows == [
        "| [one_missed](one_missed.md) | missed: 4 % | ≥ 5 % | **no** |",
        "| [two_missed](two_missed.md) | missed: 4 % | ≥ 5 % | **no**: 2 of 3 not held |",
        "| [all_held](all_held.md) | held: 1 / 2 / 3 s | ≤ 2 s | yes: 2 of 2 |",
        "| [none](none.md) | plain: 7 |  | no bar |",
        "| [one_held](one_held.md) | held: 1 / 2 / 3 s | ≤ 2 s | yes |",
    ], done.stderr


def test_a_run_writes_its_page_and_the_table_and_removes_the_page_of_no_result(tmp_path: Path) -> None:
    results = tmp_path / "benchmarks" / "results"
    results.mkdir(parents=True)
    (tmp_path / "docs").mkdir()
    (results / "gone.md").write_text("", encoding="utf-8")
    code = """
import run, sys
from figure import Figure, Result
from pathlib import Path
from types import SimpleNamespace
def measure(setup):
    return Result("command", (Figure("share", "%", (3,), at_least=5),))
sys.modules["cases.made"] = SimpleNamespace(measure=measure, __doc__="Made for the test.")
run.HERE = Path(sys.argv[1]) / "benchmarks"
run.run("made", SimpleNamespace(data=Path(), runs=1, note="", run=None, other=None))
"""
    done = _python(code, str(tmp_path))
    assert sorted(path.name for path in results.iterdir()) == ["made.json", "made.md"], done.stderr
    assert "| share | 3 % | ≥ 5 % | **no** |" in (results / "made.md").read_text(encoding="utf-8")
    assert "(../benchmarks/results/made.md)" in (tmp_path / "docs" / "benchmarks.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", RESULTS, ids=lambda path: path.stem)
def test_a_result_names_machine_and_versions_and_no_path(path: Path) -> None:
    row = json.loads(path.read_text(encoding="utf-8"))
    assert {"cores", "memory", "system", "python"} <= row["machine"].keys()
    assert "tracelift-groups" in row["versions"]
    assert not [value for value in row["machine"].values() if "/" in value]


def test_a_missing_data_file_is_one_sentence(tmp_path: Path) -> None:
    command = [sys.executable, str(BENCHMARKS / "run.py"), "reading", "--data", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1
    assert f"There is no gsm8k_train.jsonl in {tmp_path}. Name its folder: --data DIR" in done.stdout
    assert not done.stderr


def test_spread_and_bar_are_shown_and_judged_by_the_median() -> None:
    code = """
from figure import Figure
many = Figure("wall", "s", (3.0, 1.0, 2.5), at_most=2.4)
one = Figure("share", "%", (92.724,), at_least=90)
print(many.spread, many.bar, many.held, one.spread, one.bar, one.held, Figure("n", "", (1000,)).held, sep="|")
"""
    assert _python(code).stdout.strip() == "1 / 2.50 / 3 s|≤ 2.40 s|False|92.72 %|≥ 90 %|True|None"


def test_a_grid_is_kept_in_the_result_file_and_shown_with_its_columns() -> None:
    code = """
import json
from figure import Result
from report import _grid
made = Result("command", (), grids={"by kind": {"a": {"pooled": 0.51239, "why": "x"}, "b": {"pooled": 1.0, "why": ""}}})
back = Result.from_json(json.loads(json.dumps(made.to_json())))
print(*_grid("by kind", back.grids["by kind"]), back == made, "grids" in Result("command", ()).to_json(), sep="\\n")
"""
    rows = ["| by kind | pooled | why |", "|---|---:|---:|", "| a | 0.512 | x |", "| b | 1 |  |", "True", "False"]
    done = _python(code)
    assert done.stdout.splitlines() == rows, done.stderr
