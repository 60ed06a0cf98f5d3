"""Writes a result of a program for display, from its encoded form. Costs no more than what is shown."""

from collections.abc import Iterator
from typing import Any  # encoded values

_SHOWN = 80
_SHOWN_DEPTH = 6
_BRACKETS = {"l": ("[", "]"), "t": ("(", ")"), "S": ("{", "}"), "F": ("frozenset({", "})"), "d": ("{", "}")}


def display_value(form: Any) -> str:
    """The value in Python notation, truncated if it is long or deep."""
    text = ""
    for piece in _pieces(form, _SHOWN_DEPTH):
        text += piece
        if len(text) > _SHOWN:
            break
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def _pieces(form: Any, depth: int) -> Iterator[str]:
    if depth == 0:
        yield "…"
        return
    tag, parts = form[0], form[1 : _SHOWN + 2]  # each part is at least one character
    if tag in _BRACKETS:
        start, end = _BRACKETS[tag]
        yield start
        for index, part in enumerate(parts):
            if index:
                yield ", "
            if tag == "d":
                yield from _pieces(part[0], depth - 1)
                yield ": "
            yield from _pieces(part[1] if tag == "d" else part, depth - 1)
        yield f",{end}" if tag == "t" and len(parts) == 1 else end
    elif tag == "n":
        yield "None"
    elif tag == "i":
        digits = parts[0]
        yield str(int(digits, 16)) if len(digits) < _SHOWN else f"a number of {len(digits)} hexadecimal digits"
    elif tag == "f":
        yield repr(float.fromhex(parts[0]))
    elif tag == "c":
        yield repr(complex(*map(float.fromhex, parts)))
    elif tag == "y":
        yield repr(bytes.fromhex(parts[0][: 2 * _SHOWN]))
    elif tag == "o":
        yield f"an object of type {parts[-1][: _SHOWN + 1]}"
    elif parts and type(parts[0]) is str:
        yield repr(parts[0][: _SHOWN + 1])
    else:
        yield repr(parts[0]) if parts and type(parts[0]) is bool else tag
