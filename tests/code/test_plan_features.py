"""What a plan's features count, on one problem; program and tests are never given."""

import pytest

from tracelift_groups.code.plan_features import CAP, plan_features

PROBLEM = "Write a function balanced(numbers) that returns how many cuts of the list have equal sums on both sides."
RIGHT = """- The function balanced takes numbers:
  - Set total to the sum of numbers.
  - Set before to 0.
  - Set cuts to 0.
  - For each value in numbers:
    - Add value to before.
    - If before times 2 equals total:
      - Add 1 to cuts.
  - Return cuts."""


def _found(text: str) -> dict[str, float]:
    found = plan_features(PROBLEM, text)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("before", "after", "feature"),
    [
        ("  - Set cuts to 0.\n", "", "changes a name that has no value"),
        ("Add value to before", "Add total to before", "loop whose name is not used"),
        ("times 2 equals total", "times 2 equals 7", "sets a name that is not used"),
        ("sum of numbers", "sum of one list", "takes a name that is not used"),
        ("Add 1 to cuts.", "Bring everything up to date.", "step without a name or a number"),
        ("Add 1 to cuts.", "cuts += 1", "line of code"),
        ("Set before to 0", "Set before to 17", "number that the problem does not have"),
        ("before times 2 equals total", "total equals total", "name with itself"),
        ("      - Add 1 to cuts.\n", "", "block without a step"),
        ("  - Return cuts.", "", "no result"),
        ("equals total", "differs from total", "says differs from; the problem: equal"),
    ],
)
def test_an_oddity_is_counted_that_the_right_plan_does_not_have(before: str, after: str, feature: str) -> None:
    changed = RIGHT.replace("in numbers", "in a list") if "sum of one" in after else RIGHT
    assert before in changed
    assert feature in _found(changed.replace(before, after))
    assert feature not in _found(RIGHT)


def test_a_count_ends_at_its_cap() -> None:
    assert _found("\n".join(f"Do thing {letter}." for letter in "abcdefg"))["step without a name or a number"] == CAP


def test_names_count_by_their_role_not_by_their_letters() -> None:
    renamed = RIGHT.replace("before", "running").replace("cuts", "found").replace("numbers", "items")
    assert _found(renamed) == _found(RIGHT)
    assert "add LOOP" in _found(RIGHT)
    assert "add CONSTANT" in _found(RIGHT.replace("Add value to before", "Add cuts to before"))


def test_a_plan_without_steps_has_no_features() -> None:
    assert plan_features(PROBLEM, " \n") is None
