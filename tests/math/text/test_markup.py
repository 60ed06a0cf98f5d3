"""Boxes and other marks of a final answer in a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracelift_groups.math.text.markup import boxes, leaked_markup, step_artifact, unboxed


def held(text: str) -> list[str]:
    return [text[box.inner : box.inner_end] for box in boxes(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (r"\boxed{5}", ["5"]),
        (r"\fbox {5} and \boxed{\frac{1}{2}}", ["5", r"\frac{1}{2}"]),
        (r"\boxed{\boxed{5}}", ["5", r"\boxed{5}"]),
        (r"\boxed 5.", ["5."]),
        (r"\boxed{\{1, 2\}}", [r"\{1, 2\}"]),
        (r"\boxed{5", []),
        (r"\boxedx{5}", []),
        (r"{\boxed{5}", ["5"]),
    ],
)
def test_balanced_boxes_are_found_in_the_order_in_which_they_end(text: str, found: list[str]) -> None:
    assert held(text) == found


def test_unboxing_takes_off_the_outermost_box_and_leaves_the_rest() -> None:
    assert unboxed(r"So $\boxed{5}$ and \fbox{\boxed{6}} or \boxed{7") == r"So $5$ and \boxed{6} or \boxed{7"


@given(st.text(alphabet="ab {}\\$", max_size=40))
def test_whatever_a_box_holds_is_found_again_and_taken_off_whole(inner: str) -> None:
    text = f"x \\boxed{{{inner}}} y"
    for box in boxes(text):
        assert text[box.start] == "\\"
        assert box.start < box.inner <= box.inner_end <= box.end <= len(text)
    balanced = inner.replace("\\", "").replace("{", "").replace("}", "")
    assert unboxed(f"x \\boxed{{{balanced}}} y") == f"x {balanced} y"


def test_an_announcement_counts_anywhere_in_a_trace_and_at_the_start_of_a_step() -> None:
    assert leaked_markup("We see that the final answer is: 5") == "final answer is"
    assert step_artifact("We see that the final answer is: 5") == ""
    assert step_artifact("**Final answer:** 5") == "**Final answer:"
    assert leaked_markup("3 + 4 = 7") == step_artifact("3 + 4 = 7") == ""
    assert [leaked_markup(mark) for mark in ("#### 5", r"\BOXED{5}", "<answer>5")] == ["####", r"\BOXED", "<answer>"]
