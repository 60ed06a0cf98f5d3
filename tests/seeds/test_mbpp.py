"""MBPP rows as seeds, of both files."""

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

DATA = SHARED_DATA
ROW = {
    "text": "Write a function to add.",
    "code": "def helper(a):\r\n\treturn a\r\ndef add(a, b):\r\n\treturn helper(a) + b",
    "task_id": 3,
    "test_setup_code": "",
    "test_list": ["assert add(1, 2) == 3", "assert add(0, 5) == 5", "assert math.floor(add(1, 7)) == helper(8)"],
    "challenge_test_list": ["assert add(20, 30) == 50"],
}
SANITIZED = {
    "prompt": ROW["text"],
    **{name: ROW[name] for name in ("code", "task_id", "test_list")},
    "test_imports": ["import math"],
}


def read(path: Path, *rows: dict[str, Any]) -> list[Seed | Drop]:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return list(read_seeds(f"mbpp:{path}"))


def test_the_first_assertion_names_the_function_in_the_statement(tmp_path: Path) -> None:
    (seed,) = read(tmp_path / "m.jsonl", ROW)
    assert isinstance(seed, Seed)
    assert (seed.problem_id, seed.entry_point, seed.license) == ("mbpp-3", "add", "CC-BY-4.0")
    assert seed.problem.endswith("The function is called add; this must hold:\n\nassert add(1, 2) == 3")
    assert [test.tag for test in seed.tests] == ["sample", "edge", "hidden", "hidden"]
    assert seed.program == "def helper(a):\n    return a\ndef add(a, b):\n    return helper(a) + b"


def test_a_sanitized_array_is_read_with_its_imports_and_helpers(tmp_path: Path) -> None:
    path = tmp_path / "sanitized-mbpp.json"
    path.write_text(json.dumps([SANITIZED, {**SANITIZED, "code": 3}], indent=1), encoding="utf-8")
    seed, drop = read_seeds(f"mbpp:{path}")
    assert isinstance(seed, Seed)
    assert seed.tests[2].assertion == (
        "def helper(a):\n    return a\nimport math\nassert math.floor(add(1, 7)) == helper(8)"
    )
    assert isinstance(drop, Drop)
    assert drop.place == f"sanitized-mbpp.json:{path.read_text().splitlines().index(' {', 2) + 1}"


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"text": ""}, "empty-field"),
        ({"code": "def f(:"}, "not-python"),
        ({"test_list": []}, "missing-test"),
        ({"test_list": [3]}, "wrong-type"),
        ({"test_list": ["assert minus(1) == 2"]}, "no-entry-point"),
        ({"task_id": None}, "wrong-type"),
    ],
)
def test_a_row_that_can_not_be_used_is_dropped_by_rule(tmp_path: Path, change: dict[str, Any], rule: str) -> None:
    (drop,) = read(tmp_path / "m.jsonl", {**ROW, **change})
    assert isinstance(drop, Drop)
    assert (drop.rule, drop.place) == (rule, "m.jsonl:1")


@given(row=any_row(ROW) | any_row(SANITIZED))
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_row_is_a_seed_or_a_drop(tmp_path: Path, row: dict[str, Any]) -> None:
    assert len(read(tmp_path / "m.jsonl", row)) == 1


@pytest.mark.skipif(not (DATA / "mbpp.jsonl").exists(), reason="mbpp.jsonl is not beside the checkout")
def test_every_row_of_both_files_is_read() -> None:
    assert sum(isinstance(seed, Seed) for seed in read_seeds(f"mbpp:{DATA / 'mbpp.jsonl'}")) == 974
    assert sum(isinstance(seed, Seed) for seed in read_seeds(f"mbpp:{DATA / 'mbpp_sanitized.json'}")) == 427


@pytest.mark.slow
@pytest.mark.skipif(
    not (DATA / "mbpp_sanitized.json").exists(), reason="mbpp_sanitized.json is not beside the checkout"
)
def test_nearly_all_sanitized_programs_are_accepted() -> None:
    good, count = checked(f"mbpp:{DATA / 'mbpp_sanitized.json'}")
    assert count == 427
    assert good >= 425
