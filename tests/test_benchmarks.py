"""BENCHMARKS.md says what the result files say; each benchmark can be loaded and says when its data is missing."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from repo_files import ROOT

BENCHMARKS = ROOT / "benchmarks"
NAMES = sorted(path.stem for path in (BENCHMARKS / "cases").glob("*.py"))
RESULTS = sorted((BENCHMARKS / "results").glob("*.json"))


def _python(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    # Scripts of a folder that is no package: run as such.
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, cwd=BENCHMARKS, capture_output=True, text=True)


def test_the_page_is_printed_from_the_results() -> None:
    done = _python("import report, sys; sys.stdout.write(report.page())")
    assert done.returncode == 0, done.stderr
    assert (ROOT / "BENCHMARKS.md").read_text(encoding="utf-8") == done.stdout, "run: python benchmarks/report.py"


def test_every_benchmark_has_a_result_and_every_result_a_benchmark() -> None:
    assert len(NAMES) >= 5
    assert [path.stem for path in RESULTS] == NAMES


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
