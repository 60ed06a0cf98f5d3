"""What is read from a model's text, and what is not."""

import pytest

from tracelift_groups.errors import CallError
from tracelift_groups.models.structured import json_answer, program_of, unambiguous_number


@pytest.mark.parametrize("value", ["4", 4, 4.0, " Four", "+4", "4.0"])
def test_a_number_with_one_reading_is_read(value: object) -> None:
    assert unambiguous_number(value, 0, 10) == 4.0


@pytest.mark.parametrize(
    "value", ["4/5", "4 or 5", "4-5", True, "high", 11, -1, "11", None, [4], "", "nan", float("nan"), "٤x"]
)
def test_a_number_with_two_readings_or_none_is_missing(value: object) -> None:
    assert unambiguous_number(value, 0, 10) is None


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1}',
        'Here it is:\n```json\n{"a": 1}\n```\nDone.',
        '<think>maybe {"b": 2} or {x}</think> {"a": 1}',
        '{"a": 7} no, {"a": 1}',
    ],
)
def test_the_last_object_with_the_keys_is_the_answer(text: str) -> None:
    assert json_answer(text, ["a"]) == {"a": 1}


@pytest.mark.parametrize("text", ["", "a: 1", '{"b": 1}', '{"a": 1', "[1, 2]", '{"x": {"a": 1}}', "{" * 5000])
def test_without_such_an_object_there_is_no_answer(text: str) -> None:
    with pytest.raises(CallError) as caught:
        json_answer(text, ["a"])
    assert caught.value.failure == "unparsable"


def test_of_several_programs_the_last_counts() -> None:
    text = "First:\n```python\nx = 1\n```\nBetter:\n```py\nx = 2\n```\nOutput:\n```text\n2\n```\n"
    assert program_of(text) == "x = 2\n"
