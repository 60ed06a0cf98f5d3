"""Answers of several parts: tuples, intervals, sets, unions, ratios, plain lists, both signs of ±.

Brackets and commas are counted, so that nesting of any depth needs no recursion.
"""

import re
from dataclasses import dataclass

_OPEN, _CLOSE = "([{⦃", ")]}⦄"
_WORD_BETWEEN = re.compile(r",?\s*(?<![A-Za-z\\])(?:and|or)(?![A-Za-z])")
_COLON = re.compile(r"\s*[0-9]+(?:\.[0-9]+)?(?:\s*:\s*[0-9]+(?:\.[0-9]+)?)+\s*")
_GROUPED = re.compile(r"[-+¤]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?(?![0-9,])[^,]*")
_PLUS_MINUS = re.compile(r"\\pm(?![A-Za-z])\s*")


@dataclass(frozen=True, slots=True)
class Listing:
    """`kind` is the pair of brackets, such as `[)`; or bare or ratio; or an unordered kind: set, either, union."""

    kind: str
    parts: tuple[str, ...]

    @property
    def ordered(self) -> bool:
        return self.kind not in ("set", "either", "union")


def read_listing(text: str) -> Listing | None:
    """The parts of a normalised text; None for a single value such as `5` or `(5)`."""
    if text in ("\\emptyset", "⦃⦄", "⦃ ⦄"):
        return Listing("set", ())
    if _COLON.fullmatch(text):
        return Listing("ratio", tuple(part.strip() for part in text.split(":")))
    union = _split(text, re.compile(r"\\cup(?![A-Za-z])"))
    if len(union) > 1:
        return Listing("union", union)
    either = _split(text, _WORD_BETWEEN)
    if len(either) > 1:
        first = _commas(either[0]) or (either[0],)
        return Listing("either", (*first, *either[1:]))
    if parts := _commas(text):
        return Listing("bare", parts)
    if text[:1] and text[0] in _OPEN and _matching(text) == len(text) - 1:
        inside = text[1:-1].strip()
        parts = _commas(inside, bracketed=True) or ((inside,) if inside else ())
        if text[0] == "⦃" or (text[0] == "{" and len(parts) > 1):
            either = tuple(part for one in parts for part in _signs(one) or (one,))
            return Listing("set", either)
        return Listing(text[0] + text[-1], parts) if len(parts) > 1 or text[0] == "[" else None
    signs = _signs(text)
    return Listing("either", signs) if signs else None


def without_brackets(text: str) -> str:
    """`(5)` → `5`: removes all round brackets and braces that enclose the whole text."""
    while text[:1] in ("(", "{") and text[-1:] in (")", "}") and _matching(text) == len(text) - 1:
        text = text[1:-1].strip()
    return text


def _signs(text: str) -> tuple[str, ...]:
    """`2 \\pm 3` → `2 + 3`, `2 - 3`."""
    pieces = _PLUS_MINUS.split(text)
    if len(pieces) != 2:
        return ()
    before = pieces[0].strip()
    return (f"{before} + {pieces[1]}" if before else pieces[1], f"{before} - {pieces[1]}".strip().replace("- ", "-", 1))


def _commas(text: str, *, bracketed: bool = False) -> tuple[str, ...]:
    """Parts between commas or semicolons; empty when there is no such mark or it separates thousands."""
    if not bracketed and _GROUPED.fullmatch(text):
        return ()
    for mark in (";", ", ", ","):
        parts = _split(text, re.compile(mark))
        if len(parts) > 1 and (mark != ", " or any(_GROUPED.fullmatch(part) for part in parts)):
            return parts
    return ()


def _split(text: str, mark: re.Pattern[str]) -> tuple[str, ...]:
    """The pieces between marks outside all brackets."""
    pieces, start, depth, seen = [], 0, 0, 0
    for found in mark.finditer(text):
        for character in text[seen : found.start()]:
            depth += (character in _OPEN) - (character in _CLOSE)
        seen = found.start()
        if depth == 0:
            pieces.append(text[start : found.start()].strip())
            start = found.end()
    return (*pieces, text[start:].strip())


def _matching(text: str) -> int:
    """The position where the first bracket of a text closes; -1 when it does not. `[1,2)` is one pair."""
    depth = 0
    for at, character in enumerate(text):
        depth += (character in _OPEN) - (character in _CLOSE)
        if depth == 0:
            return at
    return -1
