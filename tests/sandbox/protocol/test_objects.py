"""Values with exact semantics cross as themselves; identity, shared parts, cycles and changes cross as well."""

import datetime
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from decimal import Decimal
from fractions import Fraction
from typing import Any  # forms

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracelift_groups.sandbox.protocol.objects import Exchange, Party
from tracelift_groups.sandbox.protocol.values import ValueRefusedError, dumps, loads

Point = namedtuple("Point", "x y")
_KEYS = st.text(max_size=3) | st.integers() | st.decimals(allow_nan=False) | st.fractions() | st.dates()
_LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.complex_numbers(allow_nan=False)
    | st.text()
    | st.binary()
    | st.binary().map(bytearray)
    | st.decimals(allow_nan=False)
    | st.fractions()
    | st.dates()
    | st.times()
    | st.datetimes(timezones=st.none() | st.just(datetime.UTC))
    | st.timedeltas()
    | st.builds(range, st.integers(-5, 5), st.integers(-5, 5), st.integers(1, 3))
    | st.sets(_KEYS, max_size=3)
    | st.frozensets(_KEYS, max_size=3)
)
VALUES = st.recursive(
    _LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.lists(inner, max_size=4).map(lambda items: deque(items, 9))
        | st.dictionaries(_KEYS, inner, max_size=4)
        | st.dictionaries(_KEYS, inner, max_size=4).map(OrderedDict)
        | st.dictionaries(_KEYS, inner, max_size=4).map(lambda pairs: defaultdict(list, pairs))
        | st.dictionaries(_KEYS, st.integers(), max_size=4).map(Counter)
        | st.builds(Point, inner, inner)
    ),
    max_leaves=20,
)


class Nobody(Party):
    """An end that hands over no objects."""

    def hand_over(self, value: object) -> list[Any]:
        raise ValueRefusedError(type(value).__name__)

    def attributes_of(self, _value: object) -> list[Any] | None:
        return None


def _crossed(value: object) -> object:
    return Exchange(Nobody()).decode(loads(dumps(Exchange(Nobody()).encode(value))))


@given(VALUES)
def test_a_value_comes_back_as_it_was(value: object) -> None:
    again = _crossed(value)
    assert again == value
    assert type(again) is type(value) or isinstance(value, Point)


@pytest.mark.parametrize(
    "value",
    [
        Decimal("1.50"),
        Decimal("-0"),
        Fraction(1, 3),
        datetime.timezone(datetime.timedelta(hours=2), "there"),
        deque([1, 2], 3),
        Ellipsis,
        int,
        ValueError,
    ],
)
def test_what_is_equal_to_others_keeps_its_own_form(value: object) -> None:
    assert repr(_crossed(value)) == repr(value)


def test_views_of_a_dict_are_views() -> None:
    table = {"a": 1, "b": 2}
    assert _crossed(table.keys()) == table.keys()
    assert _crossed(table.items()) == table.items()
    assert list(_crossed(table.values())) == [1, 2]  # type: ignore[call-overload]
    assert _crossed(table.keys()) & {"a"} == {"a"}  # type: ignore[operator]


def test_a_default_factory_crosses() -> None:
    again = _crossed(defaultdict(list))
    assert isinstance(again, defaultdict)
    assert again["new"] == []


def test_shared_parts_and_cycles_stay() -> None:
    row: list[object] = [1]
    table = [row, row]
    table.append(table)
    again: Any = _crossed(table)
    assert again[0] is again[1]
    assert again[2] is again


def _function(arguments: tuple[Any, ...], call: Any) -> tuple[Any, Any]:
    """What a test has after `call(*arguments)`: its arguments and the result."""
    ours, theirs = Exchange(Nobody()), Exchange(Nobody())
    given = theirs.decode(ours.encode(arguments))
    before = theirs.snapshot()
    result = call(*given)
    changes = theirs.changes(before)
    form = theirs.encode(result)
    ours.apply(loads(dumps(changes)))
    return arguments, ours.decode(loads(dumps(form)))


def test_a_function_may_return_what_it_was_given() -> None:
    items = [2, 1]
    _, result = _function((items,), lambda items: (items.sort(), items)[1])
    assert result is items
    assert items == [1, 2]


def test_a_change_deep_inside_reaches_every_holder() -> None:
    row = [1]
    table = {"a": (row,), "b": row}
    _function((table,), lambda table: table["b"].append({"new"}))
    assert row == [1, {"new"}]
    assert table["a"][0] is row is table["b"]


@pytest.mark.parametrize(
    ("value", "change"),
    [
        (Counter("aab"), lambda each: each.update("b")),
        (OrderedDict(a=1, b=2), lambda each: each.move_to_end("a")),
        (defaultdict(list), lambda each: each["x"].append(1)),
        (deque([1, 2], 2), lambda each: each.append(3)),
        (bytearray(b"ab"), lambda each: each.reverse()),
        ({1, 2}, lambda each: each.discard(1)),
    ],
)
def test_every_container_changes_as_it_would_in_one_process(value: Any, change: Any) -> None:
    here = value.copy()
    change(here)
    _function((value,), change)
    assert value == here
    assert list(value) == list(here)


@given(VALUES)
def test_what_is_not_changed_is_not_sent(value: object) -> None:
    exchange = Exchange(Nobody())
    exchange.decode(Exchange(Nobody()).encode([value, value]))
    assert exchange.changes(exchange.snapshot()) == []


@pytest.mark.parametrize(
    "form",
    [
        None,
        [],
        "i",
        ["r", 0],
        ["r", -1],
        ["l", ["r", 7]],
        ["x", "system", ["s", "true"]],
        ["x", "Decimal", ["s", "many"]],
        ["x", "date", ["i", "0"], ["i", "0"], ["i", "0"]],
        ["B", "eval"],
        ["B", "nothing"],
        ["N", "P", ["class"], ["i", "1"]],
        ["N", "P;import os", ["x"], ["i", "1"]],
        ["D", -1],
        ["S", ["l"]],
        ["Y", "x"],
        ["G"],
        ["o", 0, "A"],
        ["e", "m", "C"],
    ],
)
def test_a_form_that_is_none_is_refused(form: object) -> None:
    with pytest.raises(ValueRefusedError):
        Exchange(Nobody()).decode(form)


def test_depth_is_bounded() -> None:
    value: list[Any] = []
    for _ in range(200):
        value = [value]
    with pytest.raises(ValueRefusedError, match="nested"):
        Exchange(Nobody()).encode(value)
