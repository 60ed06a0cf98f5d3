"""Compares the result of a call with the expected one, both in encoded form. Runs outside the sandbox on hostile data.

No object that the program defines is built. Each form is flattened once into a list of tokens, tags and scalars in a
fixed order: members of sets and keys of dicts are sorted by their own tokens, because hashing values that the program
chose could take hours. Equal values have equal tokens. Lists of tokens compare in one pass, so the comparison costs no
more than sorting the encoded form, at every depth.
"""

import json
import math
import re
from operator import itemgetter
from typing import Any  # encoded values

from tracelift_groups.sandbox.host.display import display_value
from tracelift_groups.sandbox.host.tolerance import near
from tracelift_groups.sandbox.protocol.values import MAX_DEPTH

_FLOAT_KEY = re.compile(r"-?\d{1,17}(\.0|(\.\d{1,17})?e\+[12]?\d\d)", re.ASCII)  # JSON of a float without a fraction
_HEX_DIGITS = 250  # writing an integer in decimal takes time that grows with the square of its digits
_OWN: dict[Any, type] = {"i": str, "s": str, "y": str, "b": bool}  # tags whose forms are their own tokens
_NONE, _MINUS_ZERO = ["n"], float.hex(-0.0)

Token = str | bool | int | float  # at the same place of two lists that agree up to it, tokens can be compared


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
        return None if _same(wanted, given, tolerance or 0.0) else f"the result is {display_value(found)}"
    except (TypeError, ValueError, LookupError, OverflowError, RecursionError):
        return "the result can't be read"


def _same(wanted: list[Token], given: list[Token], tolerance: float) -> bool:
    return len(wanted) == len(given) and all(
        want == got or _near(want, got, tolerance) for want, got in zip(wanted, given, strict=True)
    )


def _near(want: Token, got: Token, tolerance: float) -> bool:
    """Whether two tokens are numbers, at least one of them a float, within the tolerance."""
    if isinstance(want, float) and isinstance(got, float):
        return near(want, got, tolerance)
    if not isinstance(want, float) and not isinstance(got, float):
        return False
    one, other = (int(token, 16) if isinstance(token, str) else token for token in (want, got))
    try:
        return one == other or (tolerance > 0 and near(float(one), float(other), tolerance))
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
    if tag == "l" or tag == "t":
        tokens += ("l" if loose else tag, len(form))
        for item in form[1:]:
            if type(item) is list and len(item) == 2 and type(item[1]) is _OWN.get(item[0]) and depth > 1:
                tokens += item  # what _is_own says, without a call
            else:
                _flatten(item, tokens, depth - 1, loose, exact)
    elif tag == "d":
        tokens += (tag, len(form))
        if len(form) > 1:
            _flatten_pairs(form[1:], tokens, depth - 1, loose, exact)
    elif tag == "S" or tag == "F":
        tokens += (tag, len(form))
        if len(form) == 2:  # tokens of a chain of sets are not copied at each level
            _flatten(form[1], tokens, depth - 1, loose, exact=True)
        elif len(form) > 2:
            _flatten_members(form[1:], tokens, depth - 1, loose)
    elif _is_own(form):
        tokens += form
    elif tag == "f" and not exact and len(form) == 2:
        tokens += ("i" if loose else tag, float.fromhex(form[1]))
    elif tag == "f" or tag == "c":
        if len(form) != (2 if tag == "f" else 3):
            raise ValueError("no number")
        tokens.append("i" if loose and tag == "f" else tag)
        tokens += [_number_text(text, loose and tag == "f") if exact else float.fromhex(text) for text in form[1:]]
    else:
        _flatten_other(form, tokens, depth, loose, exact)


def _flatten_members(members: list[Any], tokens: list[Token], depth: int, loose: bool) -> None:
    """Add the members of a set in order: scalars by tag and value, of which Python sorts texts fastest, then others."""
    scalars: dict[Any, list[Any]] = {}
    others = []
    for member in members:
        found = _sortable(member, depth, loose)
        if len(found) == 2:
            scalars.setdefault(found[0], []).append(found[1])
        else:
            others.append(found)
    for tag in sorted(scalars):
        tokens += (tag, len(scalars[tag]))
        tokens += sorted(scalars[tag])
    for found in sorted(others):
        tokens += found


def _flatten_pairs(pairs: list[Any], tokens: list[Token], depth: int, loose: bool, exact: bool) -> None:
    """Add the items of a dict, ordered by key as members of a set are."""
    scalars: dict[Any, list[Any]] = {}
    others = []
    read = _json_key if loose else _sortable
    for key, item in pairs:
        found = read(key, depth, loose)
        if len(found) == 2:
            scalars.setdefault(found[0], []).append((found[1], item))
        else:
            others.append((found, item))
    for tag in sorted(scalars):
        tokens += (tag, len(scalars[tag]))
        for value, item in sorted(scalars[tag], key=itemgetter(0)):
            tokens.append(value)
            _flatten(item, tokens, depth, loose, exact)
    for found, item in sorted(others, key=itemgetter(0)):
        tokens += found
        _flatten(item, tokens, depth, loose, exact)


def _is_own(form: list[Any]) -> bool:
    """Whether a form of a scalar is its own list of tokens."""
    return type(form[1]) is _OWN.get(form[0]) if len(form) == 2 else form == _NONE


def _flatten_other(form: list[Any], tokens: list[Token], depth: int, loose: bool, exact: bool) -> None:
    """Any other tag: its parts are scalars or encoded values and must be the same."""
    if type(form[0]) is not str or form[0] in _OWN:
        raise ValueError("no tag, or a scalar without its value")
    tokens += (form[0], len(form))
    for part in form[1:]:
        if type(part) is str or type(part) is bool or type(part) is int:
            tokens += (type(part).__name__, part)
        else:
            _flatten(part, tokens, depth - 1, loose, exact)


def _sortable(form: Any, depth: int, loose: bool) -> list[Token]:
    """The tokens of a member of a set or of a key."""
    if type(form) is list and depth > 0:
        if _is_own(form):
            return form
        if form[0] == "f" and len(form) == 2 and not loose:
            return ["f", _number_text(form[1], loose)]
    return _tokens(form, depth, loose, exact=True)


def _json_key(form: Any, depth: int, loose: bool) -> list[Token]:
    """The tokens of a key in the loose comparison: a scalar is the text of its key in JSON, and 1.0 is 1."""
    tokens = _sortable(form, depth, loose)
    tag, value = tokens[0], tokens[-1]
    if tag == "s" and isinstance(value, str):
        return [
            "key",
            _json_number(_number_text(float.hex(float(value)), loose)) if _FLOAT_KEY.fullmatch(value) else value,
        ]
    if tag == "i" and isinstance(value, str):
        return ["key", _json_number(value)]
    if tag == "b":
        return ["key", "true" if value else "false"]
    return ["key", "null"] if tag == "n" else tokens


def _number_text(text: str, loose: bool) -> str:
    """The text of a float that is a key or a member: zero has no sign. `loose`: without a fraction, that of the int."""
    if type(text) is not str:
        raise ValueError("no number")
    if loose and (number := float.fromhex(text)).is_integer():
        return f"{int(number):x}"
    return text if text != _MINUS_ZERO else text[1:]


def _json_number(text: str) -> str:
    """The text in JSON of a hexadecimal number; a very long integer stays as it is."""
    if "." in text or "n" in text:  # "nan", "inf" or the text of a float with a fraction
        number = float.fromhex(text)
        return repr(number) if math.isfinite(number) else json.dumps(number)
    return str(int(text, 16)) if len(text) <= _HEX_DIGITS else text
