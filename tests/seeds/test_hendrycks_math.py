r"""MATH rows as seeds: what the last \boxed holds."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from repo_files import SHARED_DATA
from tracelift_groups.seeds.hendrycks_math import boxed

from tracelift_groups.ingest.source import read_seeds
from tracelift_groups.records.seed import Seed
from tracelift_groups.records.stage import Drop

SAMPLE = SHARED_DATA / "math_train_sample.jsonl"


@pytest.mark.parametrize(
    ("solution", "answer"),
    [
        (r"so $\boxed{5}$.", "5"),
        (r"$\boxed{\frac{1}{2}}$", r"\frac{1}{2}"),
        (r"$\boxed{1}$ or rather $\boxed{2}$", "2"),
        (r"$\fbox{7}$", "7"),
        (r"$\boxed 52$.", "52"),
        (r"is \boxed 5.", "5"),
        (r"$\boxed{\left\{1, 2\right\}}$", r"\left\{1, 2\right\}"),
        (r"$\boxed{3}$ and $\boxed{4", "3"),
        (r"$\boxed{a \boxed{b}}$", "b"),
        (r"$\boxed {6}$", "6"),
        (r"$\boxed{(0, 1\}}$", r"(0, 1\}"),
        (r"{ $\boxed{ 8 }$", "8"),
        (r"\boxedness{1}", None),
        ("nothing", None),
    ],
)
def test_the_answer_is_what_the_last_balanced_box_holds(solution: str, answer: str | None) -> None:
    assert boxed(solution) == answer


@given(st.text(alphabet="ab12{}\\$ ."), st.text(alphabet="ab12 .$"))
def test_a_box_at_the_end_is_found_whatever_stands_before(before: str, inner: str) -> None:
    assert boxed(f"{before} \\boxed{{{inner}}}".replace("\\ ", " ")) == inner.strip()


def test_many_open_boxes_hold_nothing() -> None:
    assert boxed("\\boxed{" * 100_000) is None


def read(path: Path, row: dict[str, object]) -> Seed | Drop:
    path.write_text(json.dumps(row), encoding="utf-8")
    (found,) = read_seeds(f"math:{path}")
    return found


def test_level_and_type_are_metadata_and_the_solution_is_whole(tmp_path: Path) -> None:
    row = {"problem": "p", "level": "Level 3", "type": "Algebra", "solution": r"So $\boxed{5}$.", "_source_file": "x"}
    assert read(tmp_path / "math_train.jsonl", dict(row)) == Seed(
        problem_id="math-train-000000",
        domain="math",
        source="math",
        task_type="math",
        problem="p",
        answer="5",
        solution=r"So $\boxed{5}$.",
        license="MIT",
        metadata={"level": "Level 3", "topic": "Algebra"},
    )


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ({"solution": r"\boxed{1}"}, "missing-field"),
        ({"problem": "p"}, "missing-field"),
        ({"problem": "p", "solution": ["x"]}, "wrong-type"),
        ({"problem": "p", "solution": r"\boxed{1}", "level": 3}, "wrong-type"),
        ({"problem": "p", "solution": "It is 1."}, "missing-answer"),
        ({"problem": "p", "solution": r"\boxed{ }"}, "missing-answer"),
    ],
)
def test_a_row_of_another_shape_is_dropped_by_rule(tmp_path: Path, row: dict[str, object], rule: str) -> None:
    drop = read(tmp_path / "a.jsonl", row)
    assert isinstance(drop, Drop)
    assert drop.rule == rule


@pytest.mark.skipif(not SAMPLE.exists(), reason="the MATH sample is not beside the checkout")
def test_every_row_of_the_sample_is_a_seed() -> None:
    seeds = list(read_seeds(f"math:{SAMPLE}"))
    assert len(seeds) == 2_000
    assert all(isinstance(seed, Seed) and seed.answer for seed in seeds)
