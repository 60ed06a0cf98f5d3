"""Compares the result of a call with the expected one, both in encoded form. Runs outside the sandbox on hostile data.

No object that the program defines is built. Each form is flattened once into a list of tokens, tags and scalars in a
fixed order: members of sets and keys of dicts are sorted by their own tokens, because hashing values that the program
chose could take hours. Equal values have equal tokens. Lists of tokens compare in one pass, so the comparison costs no
more than sorting the encoded form, at every depth.
"""

from collections.abc import Iterator
from operator import itemgetter
from typing import Any  # encoded values

from tracelift_groups.sandbox.host.tolerance import near
from tracelift_groups.sandbox.protocol.values import MAX_DEPTH

_SHOWN = 80
_SHOWN_DEPTH = 6
_BRACKETS = {"l": ("[", "]"), "t": ("(", ")"), "S": ("{", "}"), "F": ("frozenset({", "})"), "d": ("{", "}")}

Token = str | int | float  # at the same place of two lists that agree up to it, tokens have the same type


def value_difference(expected: list[Any], found: Any, tolerance: float | None = None) -> str | None:
    """None if the encoded result equals the expected one, else a description of the difference.

    Types must match: 1, 1.0 and True differ, and so do a list and a tuple. 0.0 equals -0.0, NaN equals NaN. With a
    `tolerance` floats may differ by it, absolutely or relative to the expected one; in sets and keys they may not.
    """
    try:
        return None if _same(_tokens(expected), _tokens(found), tolerance or 0.0) else f"the result is {_shown(found)}"
    except (TypeError, ValueError, LookupError, OverflowError, RecursionError):
        return "the result can't be read"


def _same(wanted: list[Token], given: list[Token], tolerance: float) -> bool:
    return len(wanted) == len(given) and all(
        want == got or (type(want) is float and type(got) is float and near(want, got, tolerance))
        for want, got in zip(wanted, given, strict=True)
    )


def _tokens(form: Any, depth: int = MAX_DEPTH, exact: bool = False) -> list[Token]:
    tokens: list[Token] = []
    _flatten(form, tokens, depth, exact)
    return tokens


def _flatten(form: Any, tokens: list[Token], depth: int, exact: bool = False) -> None:
    """Add the tokens of `form`. `exact`: floats become text, so that they can be sorted and NaN equals NaN.

    Raises ValueError or another built-in exception for anything that is no encoded value of at most this depth.
    """
    if depth == 0 or type(form) is not list:
        raise ValueError("no encoded value, or nested too deeply")
    tag = form[0]
    if tag in ("i", "s", "y"):
        (text,) = form[1:]
        if type(text) is not str:
            raise ValueError("no text")
        tokens += (tag, text)
    elif tag in ("l", "t"):
        tokens += (tag, len(form))
        for item in form[1:]:
            _flatten(item, tokens, depth - 1, exact)
    elif tag in ("f", "c"):
        tokens += (tag, len(form))
        for text in form[1:]:
            number = float.fromhex(text)
            tokens.append(float.hex(number + 0.0) if exact else number)  # + 0.0: zero has no sign
    elif tag in ("S", "F"):
        tokens += (tag, len(form))
        if len(form) == 2:  # tokens of a chain of sets are not copied at each level
            _flatten(form[1], tokens, depth - 1, exact=True)
            return
        for member in sorted(_tokens(item, depth - 1, exact=True) for item in form[1:]):
            tokens += member
    elif tag == "d":
        tokens += (tag, len(form))
        pairs = [(_tokens(key, depth - 1, exact=True), item) for key, item in form[1:]]
        for key, item in sorted(pairs, key=itemgetter(0)):
            tokens += key
            _flatten(item, tokens, depth - 1, exact)
    else:
        _flatten_other(form, tokens, depth, exact)


def _flatten_other(form: list[Any], tokens: list[Token], depth: int, exact: bool) -> None:
    """Any other tag: its parts are scalars or encoded values and must be the same."""
    if type(form[0]) is not str:
        raise ValueError("no tag")
    tokens += (form[0], len(form))
    for part in form[1:]:
        if type(part) is str or type(part) is bool or type(part) is int:
            tokens += (type(part).__name__, part)
        else:
            _flatten(part, tokens, depth - 1, exact)


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
