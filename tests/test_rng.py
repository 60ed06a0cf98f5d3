"""An item's own generator."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from tracelift_groups.rng import rng_for, unit_hash, weighted_order


@given(st.integers(), st.text(), st.text())
def test_the_same_item_and_purpose_give_the_same_numbers(seed: int, problem_id: str, purpose: str) -> None:
    assert rng_for(seed, problem_id, purpose).random() == rng_for(seed, problem_id, purpose).random()


def test_each_part_matters_and_no_two_parts_run_together() -> None:
    keys = [(0, "a", "b"), (1, "a", "b"), (0, "b", "b"), (0, "a", "a"), (0, "ab", ""), (0, "", "ab"), (10, "", "")]
    assert len({rng_for(*key).random() for key in keys}) == len(keys)


def test_the_numbers_are_the_same_on_every_machine() -> None:
    assert rng_for(0, "gsm8k-train-000017", "perturb").randrange(10**6) == 763607


@given(st.lists(st.integers(), max_size=20), st.integers(0, 9))
def test_every_item_is_drawn_once(items: list[int], seed: int) -> None:
    assert sorted(weighted_order(items, [1.0 + i for i in range(len(items))], Random(seed))) == sorted(items)


def test_a_heavy_item_comes_first_more_often() -> None:
    first = [next(weighted_order("ab", [9.0, 1.0], Random(seed))) for seed in range(1000)]
    assert 870 < first.count("a") < 930


def test_a_hash_to_the_unit_interval_is_uniform_and_the_same_everywhere() -> None:
    assert unit_hash(7, "p-1") == unit_hash("7", "p-1") == 0.43313222590630907
    values = [unit_hash("split", index) for index in range(4000)]
    assert all(0 <= value < 1 for value in values)
    assert abs(sum(values) / len(values) - 0.5) < 0.02
