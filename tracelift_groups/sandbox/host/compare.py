"""Compares the result of a call with the expected one, both in encoded form. Runs outside the sandbox on hostile data.

No object that the program defines is built. Each form is flattened once into a list of tokens, tags and scalars in a
fixed order: members of sets and keys of dicts are sorted by their own tokens, because hashing values that the program
chose could take hours. Equal values have equal tokens. Lists of tokens compare in one pass, so the comparison costs no
more than sorting the encoded form, at every depth.
"""

import json
import re
from collections.abc import Iterator
from operator import itemgetter
from typing import Any  # encoded values

from tracelift_groups.sandbox.host.tolerance import near
from tracelift_groups.sandbox.protocol.values import MAX_DEPTH

_SHOWN = 80
_SHOWN_DEPTH = 6
_BRACKETS = {"l": ("[", "]"), "t": ("(", ")"), "S": ("{", "}"), "F": ("frozenset({", "})"), "d": ("{", "}")}

_WHOLE_FLOAT = re.compile(r"-?\d+\.0", re.ASCII)
_DECIMAL_BITS = 10_000  # time grows with the square of the digits, and Python refuses more than 4300

Token = str | int | float  # at the same place of two lists that agree up to it, tokens have the same type


def value_difference(
    expected: list[Any], found: Any, tolerance: float | None = None, loose: bool = False
) -> str | None:
    """None if the encoded result equals the expected one, else a description of the difference.

    Types must match: 1, 1.0 and True differ, and so do a list and a tuple. 0.0 equals -0.0, NaN equals NaN. With a
    `tolerance` floats may differ by it, absolutely or relative to the expected one; in sets and keys they may not.

    `loose`: a list equals a tuple, an int equals a float of its value, and keys of dicts are compared as JSON writes
    them: 1 equals "1" and 1.0, None equals "null". A bool is no number; a tolerance is not for two integers.
    """
    try:
        wanted, given = (_tokens(form, MAX_DEPTH, loose) for form in (expected, found))
        return None if _same(wanted, given, tolerance or 0.0) else f"the result is {_shown(found)}"
    except (TypeError, ValueError, LookupError, OverflowError, RecursionError):
        return "the result can't be read"


def _same(wanted: list[Token], given: list[Token], tolerance: float) -> bool:
    return len(wanted) == len(given) and all(
        want == got or _near(want, got, tolerance) for want, got in zip(wanted, given, strict=True)
    )


def _near(want: Token, got: Token, tolerance: float) -> bool:
    """Whether two tokens are numbers, at least one of them a float, within the tolerance."""
    if type(want) is not float and type(got) is not float:
        return False
    if type(want) is not type(got) and not tolerance:  # an int compares exactly with a float
        return False
    try:
        return near(float(want), float(got), tolerance)
    except OverflowError:  # an int too large for a float
        return False


def _tokens(form: Any, depth: int, loose: bool, exact: bool = False) -> list[Token]:
    tokens: list[Token] = []
    _flatten(form, tokens, depth, loose, exact)
    return tokens


def _flatten(form: Any, tokens: list[Token], depth: int, loose: bool, exact: bool) -> None:
    """Add the tokens of `form`. `exact`: floats become text, so that they can be sorted and NaN equals NaN.

    Raises ValueError or another built-in exception for anything that is no encoded value of at most this depth.
    """
    if depth == 0 or type(form) is not list:
        raise ValueError("no encoded value, or nested too deeply")
    tag = form[0]
    if loose and tag in ("i", "f"):
        tokens += ("number", _number_text(_number(form)) if exact else _number(form))
    elif tag in ("i", "s", "y"):
        tokens += (tag, _text(form))
    elif tag in ("l", "t"):
        tokens += ("l" if loose else tag, len(form))
        for item in form[1:]:
            _flatten(item, tokens, depth - 1, loose, exact)
    elif tag in ("f", "c"):
        tokens += (tag, len(form))
        for text in form[1:]:
            number = float.fromhex(text)
            tokens.append(float.hex(number + 0.0) if exact else number)  # + 0.0: zero has no sign
    elif tag in ("S", "F"):
        tokens += (tag, len(form))
        if len(form) == 2:  # tokens of a chain of sets are not copied at each level
            _flatten(form[1], tokens, depth - 1, loose, exact=True)
            return
        for member in sorted(_tokens(item, depth - 1, loose, exact=True) for item in form[1:]):
            tokens += member
    elif tag == "d":
        tokens += (tag, len(form))
        pairs = [(_key(key, depth - 1, loose), item) for key, item in form[1:]]
        for tokens_of_key, item in sorted(pairs, key=itemgetter(0)):
            tokens += tokens_of_key
            _flatten(item, tokens, depth - 1, loose, exact)
    else:
        _flatten_other(form, tokens, depth, loose, exact)


def _flatten_other(form: list[Any], tokens: list[Token], depth: int, loose: bool, exact: bool) -> None:
    """Any other tag: its parts are scalars or encoded values and must be the same."""
    if type(form[0]) is not str:
        raise ValueError("no tag")
    tokens += (form[0], len(form))
    for part in form[1:]:
        if type(part) is str or type(part) is bool or type(part) is int:
            tokens += (type(part).__name__, part)
        else:
            _flatten(part, tokens, depth - 1, loose, exact)


def _key(form: Any, depth: int, loose: bool) -> list[Token]:
    """The tokens of a key. `loose`: a scalar is the text of its JSON key, a float without a fraction that of an int."""
    tag = form[0]
    if loose and tag == "s":
        text = _text(form)
        return ["key", text[:-2] if _WHOLE_FLOAT.fullmatch(text) else text]
    if loose and tag in ("i", "f"):
        return ["key", _number_text(_number(form))]
    if loose and form in (["n"], ["b", True], ["b", False]):
        return ["key", json.dumps(form[1] if tag == "b" else None)]
    return _tokens(form, depth, loose, exact=True)


def _text(form: list[Any]) -> str:
    _, text = form
    if type(text) is not str:
        raise ValueError("no text")
    return text


def _number(form: list[Any]) -> int | float:
    text = _text(form)
    return int(text, 16) if form[0] == "i" else float.fromhex(text)


def _number_text(number: int | float) -> str:
    """As JSON writes it; equal numbers have the same text. Integers of over 3000 digits are hexadecimal."""
    if isinstance(number, float) and number.is_integer():
        number = int(number)
    return f"{number:#x}" if isinstance(number, int) and number.bit_length() > _DECIMAL_BITS else json.dumps(number)


def _shown(form: Any) -> str:
    """An encoded value in Python notation, truncated if it is long. Costs no more than what is shown."""
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
        yield end
    elif tag == "n":
        yield "None"
    elif tag == "i":
        digits = parts[0]
        yield str(int(digits, 16)) if len(digits) < _SHOWN else f"a number of {len(digits)} hexadecimal digits"
    elif tag == "f":
        yield repr(float.fromhex(parts[0]))
    elif tag == "o":
        yield f"an object of type {parts[-1][: _SHOWN + 1]}"
    elif parts and type(parts[0]) is str:
        yield repr(parts[0][: _SHOWN + 1])
    else:
        yield repr(parts[0]) if parts and type(parts[0]) is bool else tag
