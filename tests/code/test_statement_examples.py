"""Examples read from statements."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracelift_groups.code.statement_examples import called_examples, form_of, printed_examples, shown_calls


@pytest.mark.parametrize(
    "statement",
    [
        "Input\n\nA number.\n\nOutput\n\nA number.\n\nExamples\n\nInput\n\n4\n5\n\n\nOutput\n\n9\n\nNote\n\nEasy.",
        "Add.\n\n-----Examples-----\nInput\n4\n5\n\nOutput\n9\n\n-----Note-----\nEasy.",
        "Add.\n\nSample Input 1:\n4\n5\nSample Output 1:\n9\n\nThis is so because 4 + 5 = 9.",
        "Add.\n\n### Example 1\n\n**Input**:\n```\n4\n5\n```\n\n**Output**:\n```\n9\n```\nEasy.",
    ],
)
def test_inputs_and_outputs_are_found_in_usual_layouts(statement: str) -> None:
    assert printed_examples(statement) == [("4\n5\n", "9\n")]


def test_the_description_of_the_input_is_no_example() -> None:
    assert printed_examples("Input\n\nOne number.\n\nOutput\n\nIts double.") == []


@pytest.mark.parametrize(
    "statement",
    [
        ">>> f([1, 2], 3)\n6\n",
        "For example, f([1, 2], 3) == 6.",
        "f([1, 2], 3) ➞ 6",
        "def f(a, b):\n    # f([1, 2], 3) returns 6",
    ],
)
def test_calls_are_found_with_their_results(statement: str) -> None:
    assert called_examples(statement, "f") == [("f([1, 2], 3)", "6")]
    assert shown_calls(statement, "f") == {form_of("f( [1,2],3 )")}


def test_a_result_that_is_no_value_is_left_out() -> None:
    assert called_examples("f(1) returns the number itself", "f") == [("f(1)", "")]


@given(st.text() | st.text(alphabet="f()>=1 \n`Input:Output#*-Example"))
def test_any_text_has_some_examples_or_none(text: str) -> None:
    assert all(given.endswith("\n") and shown.strip() for given, shown in printed_examples(text))
    assert all("f" in call for call, _ in called_examples(text, "f"))
