"""GSM8K rows as seeds."""

import json
from pathlib import Path

import pytest
from repo_files import SHARED_DATA

from tracelift_groups.ingest.source import read_seeds
from tracelift_groups.records.seed import Seed
from tracelift_groups.records.stage import Drop

TRAIN = SHARED_DATA / "gsm8k_train.jsonl"


def read(path: Path, *rows: dict[str, object]) -> list[Seed | Drop]:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return list(read_seeds(f"gsm8k:{path}"))


def test_answer_and_solution_are_taken_apart_and_kept_as_written(tmp_path: Path) -> None:
    row = {"question": "How many?", "answer": "He has 2*500=<<2*500=1000>>1,000 nails.\n#### 1,000"}
    (seed,) = read(tmp_path / "gsm8k_train.jsonl", row)
    assert seed == Seed(
        problem_id="gsm8k-train-000000",
        domain="math",
        source="gsm8k",
        task_type="math",
        problem="How many?",
        answer="1,000",
        solution="He has 2*500=<<2*500=1000>>1,000 nails.",
        license="MIT",
    )


@pytest.mark.parametrize(
    "answer", ["72", "-3", "1,000", "3.50", ".5", "$12", "1/2", "25%", "+4", "1,234,567.89", "\u22125"]
)
def test_numbers_are_answers(tmp_path: Path, answer: str) -> None:
    (seed,) = read(tmp_path / "a.jsonl", {"question": "q", "answer": f"s\n#### {answer}"})
    assert isinstance(seed, Seed)
    assert seed.answer == answer


@pytest.mark.parametrize("answer", ["", "many", "1,00", "7 apples", "nan", "inf", "1.2.3", "--4", "1/", "$", "%"])
def test_an_answer_that_is_not_a_number_is_dropped(tmp_path: Path, answer: str) -> None:
    (drop,) = read(tmp_path / "a.jsonl", {"question": "q", "answer": f"s\n#### {answer}"})
    assert isinstance(drop, Drop)
    assert (drop.rule, drop.place) == ("not-a-number", "a.jsonl:1")


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ({"answer": "#### 1"}, "missing-field"),
        ({"question": "q"}, "missing-field"),
        ({"question": "q", "answer": 72}, "wrong-type"),
        ({"question": None, "answer": "#### 1"}, "wrong-type"),
        ({"question": " \n", "answer": "#### 1"}, "empty-field"),
        ({"question": "q", "answer": "It is 72."}, "missing-answer"),
        ({"question": "q", "answer": "#### " + "7" * 2_000}, "number-too-long"),
    ],
)
def test_a_row_of_another_shape_is_dropped_by_rule(tmp_path: Path, row: dict[str, object], rule: str) -> None:
    (drop,) = read(tmp_path / "a.jsonl", row)
    assert isinstance(drop, Drop)
    assert drop.rule == rule


def test_the_last_mark_counts_and_a_row_without_steps_has_no_solution(tmp_path: Path) -> None:
    first, second = read(
        tmp_path / "a.jsonl",
        {"question": "q", "answer": "Write #### first.\n#### 5"},
        {"question": "q", "answer": "#### 5"},
    )
    assert isinstance(first, Seed)
    assert isinstance(second, Seed)
    assert (first.solution, second.solution) == ("Write #### first.", None)


@pytest.mark.skipif(not TRAIN.exists(), reason="the GSM8K training file is not beside the checkout")
def test_the_whole_training_file_is_read() -> None:
    seeds = list(read_seeds(f"gsm8k:{TRAIN}"))
    assert len(seeds) == 7_473
    assert all(isinstance(seed, Seed) and seed.solution for seed in seeds)
    assert len({seed.problem_id for seed in seeds}) == 7_473
    assert seeds[17].problem_id == "gsm8k-train-000017"
