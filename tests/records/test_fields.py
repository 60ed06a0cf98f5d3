"""Fields of decoded rows are checked in words."""

from typing import Any

import pytest

from tracelift_groups.errors import RecordError, shorten
from tracelift_groups.records.fields import (
    FLAG,
    INTEGER,
    LIST,
    NUMBER,
    OBJECT,
    TEXT,
    Types,
    json_type_name,
    require_fields,
    text_field,
)

VALUES: list[tuple[Any, list[Types]]] = [
    ("a", [TEXT]),
    (1, [NUMBER, INTEGER]),
    (1.5, [NUMBER]),
    (True, [FLAG]),
    ([], [LIST]),
    ({}, [OBJECT]),
    (None, []),
]


@pytest.mark.parametrize(("value", "right"), VALUES)
def test_a_value_passes_as_its_own_types_and_no_other(value: object, right: list[Types]) -> None:
    for types in (TEXT, NUMBER, INTEGER, FLAG, LIST, OBJECT):
        if types in right:
            require_fields({"a": value}, "a thing", {"a": types})
        else:
            with pytest.raises(RecordError, match='Field "a" of a thing must be') as caught:
                require_fields({"a": value}, "a thing", {"a": types})
            assert caught.value.rule == "wrong-type"


def test_a_required_field_must_be_there_and_an_optional_one_may_be_null_or_missing() -> None:
    with pytest.raises(RecordError, match='Field "a" of a thing is missing') as caught:
        require_fields({}, "a thing", {"a": TEXT})
    assert caught.value.rule == "missing-field"
    require_fields({"a": None}, "a thing", {}, {"a": TEXT, "b": TEXT})


def test_the_first_fault_is_told_in_the_order_of_the_fields_not_of_the_row() -> None:
    with pytest.raises(RecordError, match='"a"'):
        require_fields({"b": 1, "a": 1}, "a thing", {"a": TEXT, "b": TEXT})


def test_a_row_that_is_no_object_is_refused() -> None:
    with pytest.raises(RecordError, match="A thing must be an object, not a list"):
        require_fields([], "a thing", {})


def test_a_blank_text_counts_as_empty() -> None:
    assert text_field({"a": " x "}, "a", "a thing") == " x "
    with pytest.raises(RecordError, match="is empty") as caught:
        text_field({"a": " \n"}, "a", "a thing")
    assert caught.value.rule == "empty-field"


def test_values_are_named_as_json_names_them() -> None:
    named = [json_type_name(value) for value in (None, True, "", 1, 1.5, [], (), {}, b"")]
    assert named == [
        "null",
        "true or false",
        "text",
        "a whole number",
        "a number",
        "a list",
        "a list",
        "an object",
        "a bytes",
    ]


def test_shown_text_is_short_and_can_be_written() -> None:
    assert shorten("x" * 100) == "x" * 80
    assert shorten("a\udcffb") == "a?b"
