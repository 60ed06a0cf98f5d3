"""Encodes values that cross between processes as type-tagged JSON, never as pickle or repr.

A value is a list whose first element is its tag: ["n"] None, ["b", true], ["i", "-ff"], ["f", "0x1.8p+1"],
["c", re, im], ["s", text], ["y", hex], ["l" | "t" | "S" | "F", items…] list, tuple, set, frozenset,
["d", [key, value]…], ["o", handle, type name] an object that stays in its process. An instance of a subclass is encoded
as the stored data of its base; its overridden methods are not called. The values to encode and the text to decode may
both come from a hostile program.
"""

import json
from collections.abc import Callable
from json.encoder import (  # type: ignore[attr-defined]  # the stubs leave the fast encoder out
    c_make_encoder,
    encode_basestring_ascii,
)
from typing import Any  # values of any program

MAX_DEPTH = 100
MAX_BYTES = 4 * 2**20  # decoding takes up to thirty times as much memory

Keep = Callable[[object], Any]


class ValueRefusedError(Exception):
    """A value that is nested too deeply, too large or of a type without a tag, or text that is not an encoded value."""


def encode(value: object, keep: Keep | None = None, depth: int = MAX_DEPTH) -> list[Any]:
    """The tagged form. `keep` encodes a value that has no tag; without it such a value raises ValueRefusedError."""
    if depth == 0:
        raise ValueRefusedError("A value is nested too deeply.")
    kind = type(value)
    if value is None:
        return ["n"]
    if kind is bool:
        return ["b", value]
    if kind is str:
        return ["s", value]
    if isinstance(value, int):
        return ["i", int.__format__(value, "x")]
    if isinstance(value, float):
        return ["f", float.hex(value)]
    if isinstance(value, complex):
        parts = (complex.real.__get__(value), complex.imag.__get__(value))
        return ["c", *map(float.hex, parts)]
    if isinstance(value, str):
        return ["s", str.__str__(value)]
    if isinstance(value, bytes):
        return ["y", bytes.hex(value)]
    if isinstance(value, bytearray):
        return ["y", bytearray.hex(value)]
    for base, tag in _SEQUENCES.items():
        if isinstance(value, base):
            return [tag, *(encode(item, keep, depth - 1) for item in base.__iter__(value))]
    if isinstance(value, dict):
        pairs = dict.items(value)
        return ["d", *([encode(key, keep, depth - 1), encode(item, keep, depth - 1)] for key, item in pairs)]
    if keep is None:
        raise ValueRefusedError(f"A value of type {kind.__name__} can't be handed over.")
    kept: list[Any] = keep(value)
    return kept


_SEQUENCES: dict[Any, str] = {  # Any: mypy finds no common type
    list: "l",
    tuple: "t",
    set: "S",
    frozenset: "F",
}
_MAKERS: dict[str, Callable[[Any], object]] = {tag: kind for kind, tag in _SEQUENCES.items()}


def decode(form: Any, fetch: Callable[[Any], object] | None = None, depth: int = MAX_DEPTH) -> object:
    """The value. `fetch` resolves the form of an object that was not copied. Raises ValueRefusedError for other forms.

    Call it only inside the sandbox: values chosen to collide in a set or dict take unbounded time.
    """
    if depth == 0:
        raise ValueRefusedError("A value is nested too deeply.")
    try:
        tag, *rest = form
        if tag in _MAKERS:
            return _MAKERS[tag](decode(item, fetch, depth - 1) for item in rest)
        if tag == "d":
            return {decode(key, fetch, depth - 1): decode(item, fetch, depth - 1) for key, item in rest}
        if tag == "o" and fetch is not None:
            return fetch(form)
        return scalar(tag, rest)
    except (TypeError, ValueError, KeyError, OverflowError) as cause:
        raise ValueRefusedError("A value can't be read.") from cause


def scalar(tag: str, rest: list[Any]) -> object:
    """The value of a form without parts. Raises ValueError for another form."""
    match tag, rest:
        case "n", []:
            return None
        case "b", [bool(value)]:
            return value
        case "i", [str(digits)]:
            return int(digits, 16)
        case "f", [str(digits)]:
            return float.fromhex(digits)
        case "c", [str(real), str(imaginary)]:
            return complex(float.fromhex(real), float.fromhex(imaginary))
        case "s", [str(text)]:
            return text
        case "y", [str(digits)]:
            return bytes.fromhex(digits)
    raise ValueError(tag)


# One of each for all messages: the functions of json make new ones each time, which every test would pay for.
_ENCODER = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"))
_DECODER = json.JSONDecoder()
_PARTS = c_make_encoder and c_make_encoder(
    None, _ENCODER.default, encode_basestring_ascii, None, ":", ",", False, False, True
)


def _json(form: Any) -> str:
    return "".join(_PARTS(form, 0)) if _PARTS else _ENCODER.encode(form)


def dumps(form: Any, most: int = MAX_BYTES) -> bytes:
    """JSON of an encoded value. Raises ValueRefusedError above `most` bytes."""
    text = _json(form).encode("ascii")
    if len(text) > most:
        raise ValueRefusedError(f"A value is larger than {most // 2**20} MiB.")
    return text


def loads(text: bytes, most: int = MAX_BYTES) -> Any:
    """Any JSON. Raises ValueRefusedError for text above `most` bytes, nested too deeply or not JSON."""
    if len(text) > most:
        raise ValueRefusedError(f"A value is larger than {most // 2**20} MiB.")
    try:
        words = text.decode("utf-8")
        found, end = _DECODER.raw_decode(words)
    except (ValueError, RecursionError) as cause:
        raise ValueRefusedError("A value can't be read.") from cause
    if end != len(words):
        raise ValueRefusedError("A value is followed by something else.")
    return found
