"""HumanEval rows as seeds."""

import json
from pathlib import Path
from typing import Any

import pytest
from code_rows import any_row, checked
from hypothesis import HealthCheck, given, settings
from repo_files import SHARED_DATA

from tracelift_groups.ingest.source import read_seeds
from tracelift_groups.records.seed import Seed
from tracelift_groups.records.stage import Drop

DATA = SHARED_DATA / "humaneval.jsonl"
ROW = {
    "task_id": "HumanEval/7",
    "prompt": 'import math\n\n\ndef root(x: float) -> float:\n    """The root.\n    >>> root(4.0)\n    2.0\n    """\n',
    "entry_point": "root",
    "canonical_solution": "    return math.sqrt(x)\n",
    "test": "METADATA = {}\n\n\ndef check(candidate):\n    assert candidate(4.0) == 2.0\n    assert candidate(0) == 0\n"
    "    assert math.isclose(candidate(9.0), 3.0), 'nine'\n",
}
LOOP = "def check(candidate):\n    for x in range(5):\n        assert candidate(x * x) == x\n"


def read(path: Path, *rows: dict[str, Any]) -> list[Seed | Drop]:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return list(read_seeds(f"humaneval:{path}"))


def test_each_assertion_becomes_a_test_with_what_it_needs_and_a_tag(tmp_path: Path) -> None:
    (seed,) = read(tmp_path / "h.jsonl", ROW)
    assert isinstance(seed, Seed)
    assert (seed.problem_id, seed.entry_point, seed.license) == ("HumanEval-7", "root", "MIT")
    assert seed.program == ROW["prompt"] + ROW["canonical_solution"]
    assert [(test.assertion, test.tag) for test in seed.tests] == [
        ("assert root(4.0) == 2.0", "sample"),
        ("assert root(0) == 0", "edge"),
        ("import math\nassert math.isclose(root(9.0), 3.0), 'nine'", "hidden"),
    ]


def test_a_check_with_more_than_assertions_stays_whole(tmp_path: Path) -> None:
    (seed,) = read(tmp_path / "h.jsonl", {**ROW, "test": LOOP})
    assert isinstance(seed, Seed)
    assert [test.assertion for test in seed.tests] == [f"{LOOP.strip()}\n\ncheck(root)"]


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"task_id": None}, "wrong-type"),
        ({"prompt": " "}, "empty-field"),
        ({"canonical_solution": "    return (\n"}, "not-python"),
        ({"test": "assert True"}, "missing-test"),
        ({"test": "def check(candidate):\n    assert True\n"}, "missing-test"),
        ({"test": "def check(:"}, "missing-test"),
    ],
)
def test_a_row_that_can_not_be_used_is_dropped_by_rule(tmp_path: Path, change: dict[str, Any], rule: str) -> None:
    (drop,) = read(tmp_path / "h.jsonl", {**ROW, **change})
    assert isinstance(drop, Drop)
    assert (drop.rule, drop.place) == (rule, "h.jsonl:1")


@given(row=any_row(ROW))
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_row_is_a_seed_or_a_drop(tmp_path: Path, row: dict[str, Any]) -> None:
    assert len(read(tmp_path / "h.jsonl", row)) == 1


@pytest.mark.slow
@pytest.mark.skipif(not DATA.exists(), reason="humaneval.jsonl is not beside the checkout")
def test_every_canonical_solution_is_accepted() -> None:
    assert checked(f"humaneval:{DATA}") == (164, 164)
