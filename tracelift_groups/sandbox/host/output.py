"""Compares the text that a program printed with the expected one. Runs outside the sandbox on hostile text."""

from tracelift_groups.errors import shorten
from tracelift_groups.sandbox.host.tolerance import near_words

_SHOWN = 80
_SPARE_CHARACTERS, _TIMES_LONGER = 2**20, 4


def longest_right(expected: int) -> int:
    """Length above which an output or a result is wrong without being parsed, given the length of the expected one."""
    return _SPARE_CHARACTERS + _TIMES_LONGER * expected


def plain_line_ends(text: str) -> str:
    r"""The text with \r\n and \r as \n."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def output_difference(
    expected: str,
    found: str,
    *,
    tokens: bool = False,
    tolerance: float | None = None,
    keep_line_ends: bool = False,
) -> str | None:
    r"""None if the output is right, else a description of the first difference.

    Compares line by line; ignores whitespace at the end of a line and empty lines at the end of the output. With
    `tokens`, compares only the words and ignores line breaks. With a `tolerance`, words are compared, per line or as
    tokens, and two numbers may differ by it, absolutely or relative to the expected one; two integers may not.
    A single \r ends a line too, unless `keep_line_ends`.
    """
    if not keep_line_ends:
        expected, found = plain_line_ends(expected), plain_line_ends(found)
    found = found.rstrip()
    if len(found) > longest_right(len(expected)):
        return f"{len(found)} characters instead of {len(expected)}"
    wanted, given = (_lines(text, tokens) for text in (expected, found))
    for index, (want, got) in enumerate(zip(wanted, given, strict=False)):
        if want != got and not (tolerance is not None and _near_lines(want, got, tolerance)):
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


def _near_lines(want: str, got: str, tolerance: float) -> bool:
    wanted, given = want.split(), got.split()
    return len(wanted) == len(given) and all(near_words(a, b, tolerance) for a, b in zip(wanted, given, strict=True))


def _shown(text: str) -> str:
    short = shorten(text, _SHOWN, "…")
    return repr(short) if short != text or "\n" in short or not short else short
