"""A result is written for display, at a cost that does not grow with it."""

import tracemalloc
from typing import Any  # encoded values

import pytest

from tracelift_groups.sandbox.host.display import display_value
from tracelift_groups.sandbox.protocol.values import encode


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ([1, (2.5, None)], "[1, (2.5, None)]"),
        ({"a": {3}}, "{'a': {3}}"),
        (frozenset({True}), "frozenset({True})"),
        ([(1,), b"\xff", 1 - 2j], "[(1,), b'\\xff', (1-2j)]"),
        ("x" * 10**6, "'" + "x" * 79 + "…"),
        (16**90, "a number of 91 hexadecimal digits"),
        ([[[[[[[1]]]]]]], "[[[[[[…]]]]]]"),
    ],
)
def test_a_value_is_written_as_in_python_until_it_is_long_or_deep(value: object, shown: str) -> None:
    assert display_value(encode(value)) == shown


def test_a_wide_and_deep_value_is_written_in_few_characters_and_little_memory() -> None:
    form: list[Any] = ["s", "x" * 10**6]
    for tag in ("l", "S", "t", "F"):
        form = [tag, *[form] * 50]
    tracemalloc.start()
    try:
        shown = display_value(form)
        assert tracemalloc.get_traced_memory()[1] < 100_000
    finally:
        tracemalloc.stop()
    assert shown.startswith("frozenset({({['xxx")
    assert len(shown) == 81
