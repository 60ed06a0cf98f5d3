"""An item's own generator."""

from hypothesis import given
from hypothesis import strategies as st

from tracelift_groups.chance import random_for


@given(st.integers(), st.text(), st.text())
def test_the_same_item_and_purpose_give_the_same_numbers(seed: int, problem_id: str, purpose: str) -> None:
    assert random_for(seed, problem_id, purpose).random() == random_for(seed, problem_id, purpose).random()


def test_each_part_matters_and_no_two_parts_run_together() -> None:
    keys = [(0, "a", "b"), (1, "a", "b"), (0, "b", "b"), (0, "a", "a"), (0, "ab", ""), (0, "", "ab"), (10, "", "")]
    assert len({random_for(*key).random() for key in keys}) == len(keys)


def test_the_numbers_are_the_same_on_every_machine() -> None:
    assert random_for(0, "gsm8k-train-000017", "perturb").randrange(10**6) == 763607
