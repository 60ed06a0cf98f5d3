"""Values cross as tagged JSON; what comes back is plain, whatever it was made from."""

import math
from collections import Counter, OrderedDict, namedtuple
from enum import IntEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracelift_groups.sandbox.protocol.values import MAX_BYTES, ValueRefusedError, decode, dumps, encode, loads

_LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary()
PLAIN = st.recursive(
    _LEAVES | st.complex_numbers(allow_nan=False),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers(), inner) | st.tuples(inner, inner),
    max_leaves=20,
)
Pair = namedtuple("Pair", "one other")


class Number(IntEnum):
    ONE = 1


@given(PLAIN)
def test_a_plain_value_comes_back_as_it_was(value: object) -> None:
    again = decode(loads(dumps(encode(value))))
    assert again == value
    assert type(again) is type(value)


@pytest.mark.parametrize(
    ("value", "base"),
    [
        (Counter("aab"), {"a": 2, "b": 1}),
        (OrderedDict(a=1), {"a": 1}),
        (Pair(1, 2), (1, 2)),
        (Number.ONE, 1),
        (frozenset({1}), frozenset({1})),
        ({1, 2}, {1, 2}),
        (bytearray(b"x"), b"x"),
        (-math.inf, -math.inf),
        ("\ud800\x00", "\ud800\x00"),
    ],
)
def test_a_subclass_crosses_as_its_base(value: object, base: object) -> None:
    again = decode(loads(dumps(encode(value))))
    assert again == base
    assert type(again) is type(base)


def test_a_number_of_any_length_crosses() -> None:
    assert decode(loads(dumps(encode(-(2**100_000))))) == -(2**100_000)


def test_nothing_that_a_subclass_overrides_is_asked() -> None:
    class Liar(int):
        def __index__(self) -> int:
            return 7

        __int__ = __index__

        def __format__(self, spec: str) -> str:
            return "7"

    assert decode(encode(Liar(3))) == 3


def test_what_has_no_tag_is_refused_or_kept() -> None:
    with pytest.raises(ValueRefusedError, match="object"):
        encode(object())
    assert encode([object()], lambda _: ["o", 0, "object"]) == ["l", ["o", 0, "object"]]


def test_cycles_depth_and_size_are_refused() -> None:
    cycle: list[object] = []
    cycle.append(cycle)
    with pytest.raises(ValueRefusedError, match="nested"):
        encode(cycle)
    with pytest.raises(ValueRefusedError, match="larger"):
        dumps(encode("x" * MAX_BYTES))
    with pytest.raises(ValueRefusedError):
        loads(b"[" * 100_000)
    with pytest.raises(ValueRefusedError):
        loads(b" " * (MAX_BYTES + 1))


@pytest.mark.parametrize(
    "form",
    [
        None,
        1,
        [],
        "i",
        ["i"],
        ["i", 5],
        ["i", "x"],
        ["f", "zz"],
        ["q", 1],
        ["b", 1],
        ["S", ["l"]],
        ["d", ["n"]],
        ["o", 0, "x"],
        {},
    ],
)
def test_a_form_that_is_none_is_refused(form: object) -> None:
    with pytest.raises(ValueRefusedError):
        decode(form)
