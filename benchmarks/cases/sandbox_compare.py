"""What comparing a program's result costs, against json.loads of the same text: the worst forms of every tag.

The found form is that of an equal value, with members and keys in another order, so that nothing ends early. Time is
the median of several turns, with the garbage collector off; memory is the peak that tracemalloc sees. A figure's value
is that of the worst form.
"""

import gc
import json
import time
import tracemalloc
from collections.abc import Callable, Iterable
from random import Random
from statistics import median
from typing import Any  # encoded values

from figure import Figure, Result, Setup

from tracelift_groups.sandbox.host.compare import value_difference
from tracelift_groups.sandbox.protocol.values import MAX_DEPTH

SIZE = 8_000  # scalars in a form; the larger ones have four times as many
TURNS = 5
_DEEP = MAX_DEPTH - 3

Form = list[Any]
Turn = dict[str, float]


def measure(setup: Setup) -> Result:
    """Every form, of both sizes, compared strictly and loosely."""
    turns: dict[str, list[Turn]] = {name: [] for name in FORMS}
    memory = {}
    for _ in range(setup.runs):
        for name, make in FORMS.items():
            text, large = (json.dumps(make(size), separators=(",", ":")) for size in (SIZE, 4 * SIZE))
            turns[name] += _turns(text, large)
            memory[name] = _memory(text)
    grid = {
        name: {
            "time": _median(turn["time"] / turn["read"] for turn in found),
            "loose": _median(turn["loose"] / turn["read"] for turn in found),
            "growth": _median(turn["large"] / turn["read large"] * turn["read"] / turn["time"] for turn in found),
            "memory": round(memory[name], 2),
        }
        for name, found in turns.items()
    }
    worst = {column: max(row[column] for row in grid.values()) for column in ("time", "loose", "growth", "memory")}
    figures = (
        Figure("time of a comparison / json.loads", "", (worst["time"],), at_most=40),
        Figure("that ratio with a form four times larger / the first", "", (worst["growth"],), at_most=1.5),
        Figure("peak memory of a comparison / json.loads", "", (worst["memory"],), at_most=10),
        Figure("time of a loose comparison / json.loads", "", (worst["loose"],), at_most=40),
        Figure("forms", "", (len(FORMS),)),
    )
    return Result("library: value_difference", figures, grids={"form": grid})


def _median(values: Iterable[float]) -> float:
    return round(median(values), 2)


def _turns(text: str, large: str) -> list[Turn]:
    """Seconds of all ways in turns: what else the machine does hits all of one turn alike."""
    pair, large_pair = _forms(text), _forms(large)
    ways: dict[str, Callable[[], object]] = {
        "read": lambda: json.loads(text),
        "time": lambda: _compare(*pair),
        "loose": lambda: _compare(*pair, loose=True),
        "read large": lambda: json.loads(large),
        "large": lambda: _compare(*large_pair),
    }
    gc.disable()
    try:
        return [{name: _seconds(way) for name, way in ways.items()} for _ in range(TURNS)]
    finally:
        gc.enable()


def _forms(text: str) -> tuple[Form, Form]:
    """The expected form and the found one, both as they come from a text."""
    return json.loads(text), json.loads(json.dumps(_reordered(json.loads(text), Random(7))))


def _memory(text: str) -> float:
    pair = _forms(text)
    return _peak(lambda: _compare(*pair)) / _peak(lambda: json.loads(text))


def _compare(expected: Form, found: Form, loose: bool = False) -> None:
    if value_difference(expected, found, loose=loose) is not None:
        raise RuntimeError("equal forms differ")


def _seconds(act: Callable[[], object]) -> float:
    start = time.process_time()
    act()
    return time.process_time() - start


def _peak(act: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        act()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def _reordered(form: Form, chance: Random) -> Form:
    parts = [_reordered(part, chance) if type(part) is list else part for part in form]
    if type(form[0]) is str and form[0] in ("S", "F", "d"):
        parts[1:] = chance.sample(parts[1:], len(parts) - 1)
    return parts


def _int(number: int) -> Form:
    return ["i", f"{number:x}"]


def _float(number: int) -> Form:
    return ["f", float.hex(number / 7)]


def _nested(tag: str, form: Form, times: int = _DEEP) -> Form:
    for _ in range(times):
        form = ["d", [form, ["n"]]] if tag == "d" else [tag, form]
    return form


def _chain(form: Form) -> Form:
    """At every level a set of the level below and one more member."""
    for _ in range(_DEEP):
        form = ["F", form, ["n"]]
    return form


def _halved(size: int) -> Form:
    """Sets of two sets of two sets …"""
    level = [_int(number) for number in range(size)]
    while len(level) > 1:
        level = [["F", *level[index : index + 2]] for index in range(0, len(level), 2)]
    return level[0]


def _sharing(size: int, length: int) -> Form:
    """A set of tuples that differ in the last place."""
    return ["S", *(["t", *[_int(0)] * length, _int(number)] for number in range(size // length))]


SCALARS: dict[str, Callable[[int], Form]] = {
    "None": lambda _: ["n"],
    "bool": lambda number: ["b", number % 2 == 0],
    "int": _int,
    "float": _float,
    "complex": lambda number: ["c", *_float(number)[1:], *_float(-number)[1:]],
    "str": lambda number: ["s", f'"\\{number}'],
    "bytes": lambda number: ["y", f"{number:06x}"],
    "object": lambda number: ["t", ["o", number, "C"]],
}
FORMS: dict[str, Callable[[int], Form]] = {
    **{f"list of {name}": lambda size, make=make: ["l", *map(make, range(size))] for name, make in SCALARS.items()},
    **{f"set of {name}": lambda size, make=make: ["S", *map(make, range(size))] for name, make in SCALARS.items()},
    **{
        f"dict of {name}": lambda size, make=make: ["d", *([make(number), make(number)] for number in range(size // 2))]
        for name, make in SCALARS.items()
    },
    **{
        f"nested {tag}, many": lambda size, tag=tag: ["l", *(_nested(tag, _int(n)) for n in range(size // MAX_DEPTH))]
        for tag in "ltSFd"
    },
    **{
        f"nested {tag}, keys": lambda size, tag=tag: [
            "d",
            *([_nested(tag, _int(n)), ["n"]] for n in range(size // MAX_DEPTH)),
        ]
        for tag in "ltSFd"
    },
    **{
        f"nested {tag}, wide at the bottom": lambda size, tag=tag: _nested(tag, ["F", *map(_int, range(size))])
        for tag in "ltSFd"
    },
    "sets of a set and one more": lambda size: _chain(["F", *map(_int, range(size))]),
    "sets of two sets": _halved,
    "tuples alike in 4 places": lambda size: _sharing(size, 4),
    "tuples alike in 30 places": lambda size: _sharing(size, 30),
    "tuples alike in 400 places": lambda size: _sharing(size, 400),
    "empty lists": lambda size: ["l", *[["l"]] * size],
    "empty sets": lambda size: ["l", *[["S"]] * size],
    "empty dicts": lambda size: ["l", *[["d"]] * size],
    "quotes and backslashes": lambda size: ["s", '"\\' * size * 4],
    "quotes in a nested key": lambda size: ["d", [_nested("t", ["s", '"\\' * size * 4], _DEEP - 1), ["n"]]],
    "one long int": lambda size: ["i", "f" * size * 8],
    "long ints in a set": lambda size: ["S", *(["i", f"{'f' * 2400}{number:06x}"] for number in range(size // 200))],
    "ints of one hash": lambda size: ["S", *(_int(number * (2**61 - 1)) for number in range(size))],
    "ints of one hash as keys": lambda size: ["d", *([_int(n * (2**61 - 1)), ["n"]] for n in range(size))],
}
