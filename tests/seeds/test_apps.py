"""APPS rows as seeds."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from code_rows import any_row
from hypothesis import HealthCheck, given, settings

from tracelift_groups.ingest.source import read_seeds
from tracelift_groups.pipeline.check_seeds import check_gold
from tracelift_groups.records.seed import Seed
from tracelift_groups.records.stage import Drop

QUESTION = (
    "Double it.\n\n-----Input-----\n\nA number.\n\n-----Examples-----\nInput\n4\n\nOutput\n8\n\n-----Note-----\n\nEasy."
)
ROW = {
    "id": 5,
    "question": QUESTION,
    "solutions": json.dumps(["print raw_input()", "print(int(input()) * 2)"]),
    "input_output": json.dumps({"inputs": ["4\n", "0\n", ["5", "6"]], "outputs": ["8\n", "0\n", ["10"]]}),
    "difficulty": "interview",
    "url": "https://example.org/5",
}
METHOD = {
    **ROW,
    "question": "Add. Example: add(1, [2]) returns 3.",
    "solutions": json.dumps(
        ["class Solution:\n    def add(self, a: int, b: List[int]) -> int:\n        return a + sum(b)\n"]
    ),
    "input_output": json.dumps({"fn_name": "add", "inputs": [[1, [2]], [1, []]], "outputs": [[3], 1]}),
}


def read(path: Path, *rows: dict[str, Any]) -> list[Seed | Drop]:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return list(read_seeds(f"apps:{path}"))


def test_the_first_solution_in_python_3_is_the_program_and_samples_are_told(tmp_path: Path) -> None:
    (seed,) = read(tmp_path / "a.jsonl", ROW)
    assert isinstance(seed, Seed)
    assert (seed.problem_id, seed.license, seed.program) == ("apps-5", "MIT", "print(int(input()) * 2)")
    assert [(test.input, test.tag) for test in seed.tests] == [("4\n", "sample"), ("0\n", "edge"), ("5\n6", "hidden")]
    assert check_gold(seed) is None


def test_a_method_gets_a_function_of_its_name_and_calls_become_assertions(tmp_path: Path) -> None:
    (seed,) = read(tmp_path / "a.jsonl", METHOD)
    assert isinstance(seed, Seed)
    assert seed.entry_point == "add"
    assert [(test.assertion, test.tag) for test in seed.tests] == [
        ("import json\n\nassert json.loads(json.dumps(add(1, [2]))) in ([3], 3)", "sample"),
        ("assert add(1, []) == 1", "edge"),
    ]
    assert check_gold(seed) is None


def test_results_and_outputs_are_compared_as_apps_does(tmp_path: Path) -> None:
    pairs = {"fn_name": "f", "inputs": [[1], [2]], "outputs": [[1, [2]], [[2, [3]]]]}
    calls = {**ROW, "solutions": json.dumps(["def f(x):\n    return x, (x + 1,)\n"]), "input_output": json.dumps(pairs)}
    printed = {"inputs": ["3", "4"], "outputs": ["0.3333333333 1", "4 0.25"]}
    texts = {**ROW, "input_output": json.dumps(printed)}
    texts["solutions"] = json.dumps(["n = int(input())\nprint(*([0.333333, 1] if n == 3 else [4, 0.2500001]))"])
    for row in (calls, texts):
        (seed,) = read(tmp_path / "a.jsonl", row)
        assert isinstance(seed, Seed)
        assert check_gold(seed) is None
        assert seed.program is not None
        for old, new in (("x + 1", "x + 2"), ("[4,", "[5,")):
            wrong = replace(seed, program=seed.program.replace(old, new))
            assert wrong == seed or check_gold(wrong) is not None


def test_without_tests_those_of_the_statement_are_taken(tmp_path: Path) -> None:
    (seed,) = read(tmp_path / "a.jsonl", {**ROW, "input_output": ""})
    assert isinstance(seed, Seed)
    assert [(test.input, test.output, test.tag) for test in seed.tests] == [("4\n", "8\n", "sample")]


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"question": ""}, "empty-field"),
        ({"solutions": "not json"}, "malformed-json"),
        ({"solutions": "{}"}, "wrong-type"),
        ({"input_output": "["}, "malformed-json"),
        ({"input_output": '{"inputs": ["1"], "outputs": []}'}, "wrong-type"),
        ({"input_output": '{"inputs": [1], "outputs": [1]}'}, "wrong-type"),
        ({"input_output": '{"inputs": [1], "outputs": [1], "fn_name": "f"}'}, "wrong-type"),
        ({"input_output": '{"fn_name": "no name"}'}, "no-entry-point"),
        ({"id": [1]}, "wrong-type"),
    ],
)
def test_a_row_that_can_not_be_used_is_dropped_by_rule(tmp_path: Path, change: dict[str, Any], rule: str) -> None:
    (drop,) = read(tmp_path / "a.jsonl", {**ROW, **change})
    assert isinstance(drop, Drop)
    assert (drop.rule, drop.place) == (rule, "a.jsonl:1")


@given(row=any_row(ROW) | any_row(METHOD))
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_row_is_a_seed_or_a_drop(tmp_path: Path, row: dict[str, Any]) -> None:
    assert len(read(tmp_path / "a.jsonl", row)) == 1
