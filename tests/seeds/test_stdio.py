"""Programs from text to text as seeds: files, and the layout of code_contests through `datasets`."""

import json
from pathlib import Path
from typing import Any

import pytest
from code_rows import any_row, checked
from hypothesis import HealthCheck, given, settings
from repo_files import SHARED_DATA

from tracelift_groups.ingest.source import read_seeds
from tracelift_groups.records.seed import FROM_STATEMENT, TEST_LIMIT, Seed, Test
from tracelift_groups.records.stage import Drop

DATA = SHARED_DATA / "codecontests_stdio.jsonl"
STATEMENT = (
    "Double a number.\n\nInput\n\nOne integer.\n\nOutput\n\nIts double.\n\nExamples\n\nInput\n\n4\n\nOutput\n\n8\n"
)
ROW = {
    "id": "1_a_double",
    "problem": f"# 1_A. Double\n\n**ID:** 1_a_double\n\n## Description\n\n{STATEMENT}\n## Examples\n\n7\n",
    "solution": "print(int(input()) * 2)\r\n",
    "tags": "math\nimplementation",
    "tests": [{"input": "4", "output": "8"}, {"input": "0", "output": "0"}, {"input": "7 \n8", "output": "14"}],
}
CONTEST = {
    "name": "1_A. Double",
    "description": STATEMENT,
    "public_tests": {"input": ["4\n"], "output": ["8\n"]},
    "private_tests": {"input": ["-1\n"], "output": ["-2\n"]},
    "generated_tests": {"input": ["5\n6", "9" * TEST_LIMIT], "output": ["10\n", "0"]},
    "solutions": {"language": [1, 3, 3], "solution": ["print input()*2", "print(", "print(2 * int(input()))"]},
    "cf_rating": 800,
    "input_file": "",
    "output_file": "",
    "incorrect_solutions": {"language": [3], "solution": ["x"]},
}


def read(path: Path, *rows: dict[str, Any]) -> list[Seed | Drop]:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return list(read_seeds(f"stdio:{path}"))


def test_a_page_is_cut_down_to_its_description_and_samples_are_told(tmp_path: Path) -> None:
    (seed,) = read(tmp_path / "s.jsonl", ROW)
    assert isinstance(seed, Seed)
    assert (seed.problem_id, seed.source, seed.license) == ("1_a_double", "code_contests", "CC-BY-4.0")
    assert seed.problem == STATEMENT.strip()
    assert seed.program == "print(int(input()) * 2)\n"
    assert [test.tag for test in seed.tests] == ["sample", "edge", "hidden"]
    assert seed.metadata == {"topics": ["math", "implementation"], "compare": "tokens"}


def test_a_row_of_ones_own_says_its_license_and_gets_the_examples_of_its_statement(tmp_path: Path) -> None:
    (seed,) = read(tmp_path / "own.jsonl", {"problem": STATEMENT, "solution": "print(8)", "license": "CC0"})
    assert isinstance(seed, Seed)
    assert (seed.problem_id, seed.source, seed.license) == ("own-000000", "stdio", "CC0")
    (test,) = seed.tests
    assert test == Test("4\n", "8\n", tag="sample", source=FROM_STATEMENT)
    assert not test.rewards


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"problem": None}, "wrong-type"),
        ({"solution": 3}, "wrong-type"),
        ({"id": []}, "wrong-type"),
        ({"tests": [3]}, "wrong-type"),
        ({"tests": [{"input": "1"}]}, "missing-field"),
    ],
)
def test_a_row_that_can_not_be_used_is_dropped_by_rule(tmp_path: Path, change: dict[str, Any], rule: str) -> None:
    (drop,) = read(tmp_path / "s.jsonl", {**ROW, **change})
    assert isinstance(drop, Drop)
    assert (drop.rule, drop.place) == (rule, "s.jsonl:1")


@given(row=any_row(ROW))
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_row_is_a_seed_or_a_drop(tmp_path: Path, row: dict[str, Any]) -> None:
    assert len(read(tmp_path / "s.jsonl", row)) == 1


def contests(folder: Path, *rows: dict[str, Any]) -> list[Seed | Drop]:
    folder.mkdir()
    (folder / "train.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return list(read_seeds(f"stdio:hf:{folder}"))


def test_code_contests_is_streamed_and_its_first_python_3_solution_taken(tmp_path: Path) -> None:
    files = {**CONTEST, "name": "2_B", "input_file": "in.txt"}
    other = {**CONTEST, "name": "3_C", "solutions": {"language": [2], "solution": ["int main() {}"]}}
    seed, needs_files, no_program = contests(tmp_path / "code_contests", CONTEST, files, other)
    assert isinstance(seed, Seed)
    assert (seed.problem_id, seed.source, seed.license) == ("1_A. Double", "code_contests", "CC-BY-4.0")
    assert seed.program == "print(2 * int(input()))"
    assert [test.tag for test in seed.tests] == ["sample", "edge", "hidden"]
    assert isinstance(needs_files, Drop)
    assert isinstance(no_program, Drop)
    assert (needs_files.rule, no_program.rule) == ("needs-files", "no-program")
    assert needs_files.place == "code_contests-train:2"


@pytest.mark.slow
@pytest.mark.skipif(not DATA.exists(), reason="codecontests_stdio.jsonl is not beside the checkout")
def test_nearly_all_solutions_of_code_contests_are_accepted() -> None:
    good, count = checked(f"stdio:{DATA}")
    assert count == 170
    assert good >= 168
