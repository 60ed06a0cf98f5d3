"""What counts as the right result, and what comparing results costs."""

import json
import math
import sys
import tracemalloc
from random import Random
from typing import Any  # encoded values

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracelift_groups.sandbox.host.compare import value_difference
from tracelift_groups.sandbox.protocol.values import MAX_DEPTH, decode, encode


@pytest.mark.parametrize(
    ("expected", "found"),
    [
        (1, 1),
        (0.0, -0.0),
        (float("nan"), float("nan")),
        ({3, 1}, {1, 3}),
        ({"a": {1.5}}, {"a": {1.5}}),
        ({0.0}, {-0.0}),
    ],
)
def test_equal_results(expected: object, found: object) -> None:
    assert value_difference(encode(expected), encode(found)) is None


@pytest.mark.parametrize(
    ("expected", "found"),
    [
        (1, 1.0),
        (1, True),
        ([1], (1,)),
        ("1", 1),
        (0.1 + 0.2, 0.3),
        ({1}, {1, 2}),
        ({1: 2}, {1: 3}),
        ([[]], [()]),
        (b"a", "a"),
    ],
)
def test_results_of_another_type_or_value_are_wrong(expected: object, found: object) -> None:
    assert value_difference(encode(expected), encode(found))


def test_a_tolerance_holds_at_every_depth_but_not_in_sets() -> None:
    assert value_difference(encode([{"a": 0.1 + 0.2}]), encode([{"a": 0.3}]), 1e-9) is None
    assert value_difference(encode({0.1 + 0.2}), encode({0.3}), 1e-9)


@pytest.mark.parametrize("form", [None, {}, [], ["l", 3], ["S", 3], ["f", "x"], ["d", 1], "x", ["i"], [["i"]], ["b"]])
def test_a_form_that_is_none_is_a_wrong_result(form: object) -> None:
    for expected in (1, [1], {1}, {1: 1}, 1.0, True):
        assert value_difference(encode(expected), form)


_SCALARS = (
    st.none()
    | st.booleans()
    | st.sampled_from(
        [0, 1, -1, 2**70, "", "1", '"\\', b"", b"1", 0.0, -0.0, 1.0, math.nan, math.inf, 1j, complex(0, -0.0)]
    )
)
_KEYS = st.recursive(_SCALARS, lambda inner: st.tuples(inner, inner) | st.frozensets(inner, max_size=3), max_leaves=6)
VALUES = st.recursive(
    _KEYS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner)
        | st.sets(_KEYS, max_size=3)
        | st.dictionaries(_KEYS, inner, max_size=3)
    ),
    max_leaves=10,
)


def same(one: object, other: object) -> bool:
    """Python's comparison, with types at every depth and NaN equal to NaN."""
    if type(one) is not type(other):
        return False
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, set | frozenset) and isinstance(other, set | frozenset):
        return _paired(list(one), list(other))
    if isinstance(one, dict) and isinstance(other, dict):
        return _paired(list(one.items()), list(other.items()))
    if isinstance(one, complex) and isinstance(other, complex):
        return same(one.real, other.real) and same(one.imag, other.imag)
    return one == other or (one != one and other != other)


def _paired(some: list[object], others: list[object]) -> bool:
    """Whether each of `some` equals one of `others` that no other one equals."""
    for one in some:
        index = next((index for index, other in enumerate(others) if same(one, other)), None)
        if index is None:
            return False
        others.pop(index)
    return not others


def reordered(form: list[Any], chance: Random) -> list[Any]:
    """The form of an equal value, with members and keys in another order."""
    parts = [reordered(part, chance) if type(part) is list else part for part in form]
    if type(form[0]) is str and form[0] in ("S", "F", "d"):
        parts[1:] = chance.sample(parts[1:], len(parts) - 1)
    return parts


@given(VALUES, VALUES, st.randoms(use_true_random=False))
def test_results_are_compared_as_python_compares_them_with_their_types(
    one: object, other: object, chance: Random
) -> None:
    assert (value_difference(encode(one), encode(other)) is None) == same(one, other)
    assert value_difference(encode(one), reordered(encode(one), chance)) is None


_JUNK: list[Any] = [
    None,
    True,
    0,
    1.5,
    "l",
    "i",
    [],
    {},
    ["n"],
    ["l"],
    ["i", "ff"],
    ["f", "nan"],
    ["s", 1],
    ["o", 0, "x"],
]
_JUNK += [
    ["S", ["i", "1"], ["i", "1"]],
    ["d", ["n"]],
    ["d", [["n"], ["n"], ["n"]]],
    ["b"],
    ["f"],
    ["c", "0x0.0p+0"],
    10**30,
]


def mutated(form: list[Any], chance: Random) -> list[Any]:
    """A copy with one part replaced, added or taken out."""
    copy = node = json.loads(json.dumps(form))
    for _ in range(chance.randrange(5)):
        node = chance.choice([part for part in node if type(part) is list] or [node])
    place = chance.randrange(len(node) + 1)
    node[place : place + chance.randrange(2)] = [chance.choice(_JUNK)][: chance.randrange(2)]
    return copy


@settings(max_examples=400)
@given(VALUES, st.randoms(use_true_random=False))
def test_a_form_of_another_value_or_of_none_is_never_equal(value: object, chance: Random) -> None:
    form = encode(value)
    changed = mutated(form, chance)
    for loose, tolerance in ((False, 10.0), (True, None), (True, 10.0)):
        value_difference(form, changed, tolerance, loose)
    if value_difference(form, changed) is None:
        assert same(decode(changed), value)


def _nested(tag: str, form: list[Any], times: int) -> list[Any]:
    for _ in range(times):
        form = ["d", [form, ["n"]]] if tag == "d" else [tag, form]
    return form


_WIDE = st.sampled_from(["l", "t", "S", "F", "d"])


@settings(max_examples=60, deadline=None)
@given(VALUES, _WIDE, _WIDE, st.integers(0, MAX_DEPTH), st.integers(1, 40), st.booleans())
def test_a_comparison_costs_no_more_than_a_multiple_of_the_form(
    value: object, wide: str, deep: str, depth: int, width: int, as_key: bool
) -> None:
    inner = encode(value)
    members = [
        [["t", inner, ["i", f"{n:x}"]], ["n"]] if wide == "d" else ["t", inner, ["i", f"{n:x}"]] for n in range(width)
    ]
    form = _nested(deep, [wide, *members], depth)
    text = json.dumps(["d", [form, ["n"]]] if as_key else form)
    visits, peak = _cost(json.loads(text), json.loads(text))
    assert visits <= 20 * text.count("[") + 40
    assert peak <= 20 * len(text) + 300_000  # a frame for each of at most 100 levels


def _cost(expected: list[Any], found: list[Any]) -> tuple[int, int]:
    """Function calls and peak of memory of one comparison."""
    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event == "call"

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        value_difference(expected, found)
    finally:
        sys.setprofile(before)
    tracemalloc.start()
    try:
        value_difference(expected, found)
        return calls, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("tag", ["l", "t", "S", "F", "d"])
def test_the_depth_limit_holds_for_keys_and_members_too(tag: str) -> None:
    scalar = [["i", "1"], ["s", '"\\' * 1000]]
    for inner in scalar:
        for form in (_nested(tag, inner, MAX_DEPTH - 2), ["d", [_nested(tag, inner, MAX_DEPTH - 2), ["n"]]]):
            assert value_difference(form, form) is None
            assert _cost(form, form)[1] < 200_000
            assert "the result is" in (value_difference(encode(1), form) or "")
        for form in (_nested(tag, inner, MAX_DEPTH), ["d", [_nested(tag, inner, MAX_DEPTH), ["n"]]]):
            assert value_difference(encode(1), form) == "the result can't be read"


@pytest.mark.parametrize(
    ("expected", "found", "equal"),
    [
        ([1, [2]], (1, (2,)), True),
        (2, 2.0, True),
        (2.0, 2, True),
        (2, 2.5, False),
        (1, True, False),
        (1.0, True, False),
        (2**53 + 1, float(2**53), False),
        (10**400, math.inf, False),
        (10**400, 1.5, False),
        (math.nan, math.nan, True),
        ({"1": "a"}, {1: "a"}, True),
        ({"1": "a"}, {1.0: "a"}, True),
        ({"1.0": "a"}, {1.0: "a"}, True),
        ({"0.5": "a", "x": 1}, {"x": 1, 0.5: "a"}, True),
        ({"true": 1, "null": 2}, {None: 2, True: 1}, True),
        ({"1": "a"}, {True: "a"}, False),
        ({"1": "a"}, {"2": "a"}, False),
        ({"1": 2}, {1: 2.0}, True),
        ({"1": {"2": [3]}}, {1: {2: (3.0,)}}, True),
        ({str(10**200): 1}, {10**200: 1}, True),
        ({10**2000: 1}, {10**2000: 1.0}, True),
        ({"1e+22": 1, "nan": 2}, {10**22: 1, "nan": 2}, True),
        ({"1e+22": 1, "NaN": 2}, {1e22: 1, math.nan: 2}, True),
        ({"1e+999": 1}, {math.inf: 1}, False),
        ({(1, True): 1}, {(1.0, True): 1}, True),
        ({(1, True): 1}, {True: 1}, False),
        ({1.5, 2, "1.5"}, {2.0, 1.5, "1.5"}, True),
        ({(1, 2): 3}, {(1.0, 2): 3}, True),
        ({1, 2}, {1.0, 2.0}, True),
        ([1, 2], {1, 2}, False),
        ("1", 1, False),
        (None, "null", False),
        (b"a", "a", False),
    ],
)
def test_the_loose_comparison_is_that_of_json(expected: object, found: object, equal: bool) -> None:
    forms = encode(expected), encode(found)
    assert (value_difference(*forms, loose=True) is None) is equal
    assert type(expected) is type(found) or value_difference(*forms)


def test_a_loose_tolerance_is_for_numbers_of_which_one_is_a_float() -> None:
    assert value_difference(encode(3), encode(2.9999999), 1e-6, loose=True) is None
    assert value_difference(encode(3.0), encode(2), 1.0, loose=True) is None
    assert value_difference(encode(3), encode(2), 1.0, loose=True)
    assert value_difference(encode(10**400), encode(1.5), 1.0, loose=True) == "the result is 1.5"
    assert value_difference(encode(10**30), encode(10**30 + 1), 1e-9, loose=True)


@given(VALUES, st.randoms(use_true_random=False))
def test_what_is_equal_is_loosely_equal(value: object, chance: Random) -> None:
    assert value_difference(encode(value), reordered(encode(value), chance), loose=True) is None
