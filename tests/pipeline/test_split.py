import json
import os
import subprocess
import sys
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from repo_files import SHARED_DATA

from tracelift_groups.config import Config
from tracelift_groups.pipeline.split import assign
from tracelift_groups.validation.near_duplicates import families

GSM8K = SHARED_DATA / "gsm8k_train.jsonl"
TRAIN = "A train travels {} miles in {} hours. How many hours does it take to travel {} miles at the same rate?"
PROBLEMS = {
    "b": TRAIN.format(270, 3, 180),
    "a": TRAIN.format("1,360", 4, "12.5"),
    "c": "Amy has seven red apples and three green pears. How many pieces of fruit does Amy have in all?",
    "d": "What is 3 + 4?",
    "e": "What is 3 × 4?",
}


def test_other_numbers_make_one_family_named_by_its_smallest_id() -> None:
    keys = families(PROBLEMS, 0.8)
    assert keys == {"a": "a", "b": "a", "c": "c", "d": "d", "e": "e"}


def test_white_space_and_case_do_not_make_a_new_problem() -> None:
    assert len(set(families({"a": "How many\n APPLES are left?", "b": "how many apples are left?"}, 1.0).values())) == 1


def test_families_join_what_is_connected_and_only_above_the_threshold() -> None:
    words = [f"w{chr(97 + i)}" for i in range(26)]
    chain = {"1": " ".join(words[:22]), "2": " ".join(words[2:24]), "3": " ".join(words[4:26])}
    # 20 runs each: neighbours share 18 of 22, the ends share 16 of 24
    assert set(families(chain, 0.81).values()) == {"1"}
    assert set(families(chain, 0.82).values()) == {"1", "2", "3"}


def test_a_family_is_in_one_split() -> None:
    problems = {f"p{i}": TRAIN.format(i, i + 1, i + 2) for i in range(50)}
    assert len({placement.split for placement in assign(problems, Config()).values()}) == 1


@given(st.permutations(sorted(PROBLEMS)))
def test_the_order_of_the_problems_changes_nothing(order: list[str]) -> None:
    assert assign({name: PROBLEMS[name] for name in order}, Config()) == assign(PROBLEMS, Config())


def test_other_problems_change_nothing() -> None:
    alone = assign({"c": PROBLEMS["c"]}, Config())["c"]
    assert assign(PROBLEMS, Config())["c"] == alone


def test_another_seed_draws_again_and_an_empty_share_gets_nothing() -> None:
    problems = {str(i): f"word{chr(97 + i % 26)} {chr(97 + i // 26)}x y z" for i in range(300)}
    splits = {seed: assign(problems, Config(seed=seed)) for seed in (0, 1)}
    assert splits[0] != splits[1]
    only = assign(problems, Config(splits={"train": 1.0, "dev": 0.0, "test": 0.0, "rl": 0.0}))
    assert {placement.split for placement in only.values()} == {"train"}


def test_no_problem_at_all_is_no_placement() -> None:
    assert assign({}, Config()) == {}


_PROGRAM = """
import json, sys
from tracelift_groups.config import Config
from tracelift_groups.pipeline.split import assign
print(sorted((k, p.split, p.split_key) for k, p in assign(json.loads(sys.stdin.read()), Config()).items()))
"""


def test_another_process_with_another_hash_seed_agrees() -> None:
    problems = {str(i): TRAIN.format(i, i, i) if i % 7 else f"problem about {'x' * i} and y" for i in range(80)}
    printed = [
        subprocess.run(
            [sys.executable, "-c", _PROGRAM],
            input=json.dumps(problems),
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert printed[0] == printed[1]
    assert printed[0].count("train") > 0


@pytest.mark.skipif(not GSM8K.exists(), reason="needs the shared GSM8K file")
def test_gsm8k_has_four_twins_and_the_shares_that_were_asked_for() -> None:
    rows = GSM8K.read_text(encoding="utf-8").splitlines()
    problems = {f"gsm8k-train-{i:06d}": json.loads(row)["question"] for i, row in enumerate(rows)}
    placements = assign(problems, Config())
    assert len(placements) == 7473
    assert len({placement.split_key for placement in placements.values()}) == 7473 - 4
    counts = Counter(placement.split for placement in placements.values())
    assert {name: round(count / 7473, 1) for name, count in counts.items()} == dict(Config().splits)
