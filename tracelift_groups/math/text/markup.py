"""Markup of worked solutions, taken off: annotations, answer lines, drawings, boxes."""

import re
from functools import lru_cache

_ANNOTATION = re.compile(r"<<[^<>]*>>")


_ARTIFACT_LINE = re.compile(r"^[ \t]*####.*$\n?", re.MULTILINE)


_DRAWING = re.compile(r"\s*\[asy\].*?\[/asy\]\s*", re.DOTALL)


_BOX = re.compile(r"\\(?:boxed|fbox)\s*\{")


# What an answer is marked with, in any case of letters.
_LEAKED = re.compile(r"####|\\boxed|\\fbox|<answer>|\bfinal answer\b\W{0,8}(?:is|=|:)", re.IGNORECASE)


def leaked_markup(text: str) -> str:
    """The first markup of a final answer in a text; empty when there is none."""
    found = _LEAKED.search(text)
    return found[0] if found else ""


@lru_cache(maxsize=32)  # every flaw of a problem is compared with it
def reference_text(solution: str) -> str:
    """A worked solution as reason-only text: no `<<…>>`, no `#### 72`, no drawing, `\\boxed{x}` as x."""
    text = _ANNOTATION.sub("", solution)
    text = _ARTIFACT_LINE.sub("", text)
    text = _DRAWING.sub("\n", text)
    return "\n".join(line.rstrip() for line in unboxed(text).strip().splitlines() if line.strip())


def unboxed(text: str) -> str:
    """The text with each balanced `\\boxed{x}` replaced by x; an unbalanced one stays."""
    parts, end = [], 0
    for match in _BOX.finditer(text):
        close = _closing(text, match.end())
        if match.start() >= end and close is not None:
            parts += [text[end : match.start()], text[match.end() : close]]
            end = close + 1
    return "".join([*parts, text[end:]])


def _closing(text: str, start: int) -> int | None:
    depth = 1
    for at in range(start, min(len(text), start + 2000)):
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        if depth == 0:
            return at
    return None
