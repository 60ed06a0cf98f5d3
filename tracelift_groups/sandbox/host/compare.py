"""Compares a program's output and results with the expected ones. Runs outside the sandbox on hostile data.

Results are compared in encoded form, so no object that the program defines is built. Sets and dicts are compared by
sorting, because hashing values that the program chose could take hours.
"""

import json
import math
from typing import Any  # encoded values

from tracelift_groups.errors import shorten
from tracelift_groups.sandbox.protocol.values import MAX_DEPTH

_SHOWN = 80
_SPARE_CHARACTERS, _TIMES_LONGER = 2**20, 4  # output longer than both allow is rejected without parsing it


def output_difference(expected: str, found: str, *, tokens: bool = False, tolerance: float | None = None) -> str | None:
    """None if the output is right, else a description of the first difference.

    Compares line by line; ignores whitespace at the end of a line and empty lines at the end of the output. With
    `tokens`, compares only the words and ignores line breaks. With a `tolerance`, words are compared, per line or as
    tokens, and two that both parse as decimal numbers may differ by it, absolutely or relative to the expected one.
    """
    found = found.rstrip()
    if len(found) > _SPARE_CHARACTERS + _TIMES_LONGER * len(expected):
        return f"{len(found)} characters instead of {len(expected)}"
    wanted, given = (_lines(text, tokens) for text in (expected, found))
    for index, (want, got) in enumerate(zip(wanted, given, strict=False)):
        if want != got and not (tolerance is not None and _near_words(want, got, tolerance)):
            place = "word" if tokens else "line"
            return f"{place} {index + 1} is {_shown(got)}, not {_shown(want)}"
    if len(wanted) != len(given):
        return f"{len(given)} {'words' if tokens else 'lines'} instead of {len(wanted)}"
    return None


def _lines(text: str, tokens: bool) -> list[str]:
    if tokens:
        return text.split()
    lines = [line.rstrip() for line in text.split("\n")]
    while lines and not lines[-1]:
        lines.pop()
    return lines


def _near_words(want: str, got: str, tolerance: float) -> bool:
    wanted, given = want.split(), got.split()
    return len(wanted) == len(given) and all(
        a == b or _near_texts(a, b, tolerance) for a, b in zip(wanted, given, strict=True)
    )


def _near_texts(want: str, got: str, tolerance: float) -> bool:
    try:
        return _near(float(want), float(got), tolerance)
    except ValueError:
        return False


def _near(want: float, got: float, tolerance: float) -> bool:
    if math.isnan(want) or math.isnan(got):
        return math.isnan(want) and math.isnan(got)
    return want == got or (abs(want - got) <= tolerance * max(1.0, abs(want)) and math.isfinite(got))


def value_difference(expected: list[Any], found: Any, tolerance: float | None = None) -> str | None:
    """None if the encoded result equals the expected one, else a description of the difference.

    Types must match: 1, 1.0 and True differ, and so do a list and a tuple. 0.0 equals -0.0, NaN equals NaN. With a
    `tolerance` floats may differ by it, absolutely or relative to the expected one; in sets and keys they may not.
    """
    try:
        return None if _same(expected, found, tolerance, MAX_DEPTH) else f"the result is {_value(found)}"
    except (TypeError, ValueError, LookupError, OverflowError, RecursionError):
        return "the result can't be read"


def _same(want: Any, got: Any, tolerance: float | None, depth: int) -> bool:
    if depth == 0:
        raise ValueError("too deep")
    if type(got) is not list or want[0] != got[0] or len(want) != len(got):
        return False
    tag = want[0]
    if tag in ("f", "c"):
        pairs = zip(want[1:], got[1:], strict=True)
        return all(_near(float.fromhex(a), float.fromhex(b), tolerance or 0.0) for a, b in pairs)
    if tag in ("l", "t"):
        return all(_same(a, b, tolerance, depth - 1) for a, b in zip(want[1:], got[1:], strict=True))
    if tag in ("S", "F"):
        return sorted(map(_key, want[1:])) == sorted(map(_key, got[1:]))
    if tag == "d":
        wanted, given = ({_key(key): value for key, value in form[1:]} for form in (want, got))
        return wanted.keys() == given.keys() and all(
            _same(value, given[key], tolerance, depth - 1) for key, value in wanted.items()
        )
    return bool(want == got)


def _key(form: Any) -> str:
    """The same text for equal values: set members are sorted, zero has no sign."""
    if form[0] in ("S", "F"):
        return f"{form[0]}{json.dumps(sorted(map(_key, form[1:])))}"
    if form[0] in ("l", "t"):
        return f"{form[0]}{json.dumps([_key(item) for item in form[1:]])}"
    if form[0] == "f":
        return json.dumps(["f", float.hex(float.fromhex(form[1]) + 0.0)])
    return json.dumps(form)


def _value(form: Any) -> str:
    return _shown(_written(form))


def _written(form: Any, depth: int = 6) -> str:
    """An encoded value in Python notation, truncated if it is long."""
    if depth == 0:
        return "…"
    tag, *rest = form
    if tag in ("l", "t", "S", "F"):
        inner = ", ".join(_written(item, depth - 1) for item in rest[:_SHOWN])
        return {"l": "[{}]", "t": "({})", "S": "{{{}}}", "F": "frozenset({{{}}})"}[tag].format(inner)
    if tag == "d":
        pairs = (f"{_written(key, depth - 1)}: {_written(value, depth - 1)}" for key, value in rest[:_SHOWN])
        return "{" + ", ".join(pairs) + "}"
    if tag == "i":
        return str(int(rest[0], 16)) if len(rest[0]) < _SHOWN else f"a number of {len(rest[0])} hexadecimal digits"
    if tag == "f":
        return repr(float.fromhex(rest[0]))
    if tag == "n":
        return "None"
    if tag == "o":
        return f"an object of type {rest[-1]}"
    return repr(rest[0]) if rest else str(tag)


def _shown(text: str) -> str:
    short = shorten(text, _SHOWN, "…")
    return repr(short) if short != text or "\n" in short or not short else short
