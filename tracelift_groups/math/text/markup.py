"""Markup of worked solutions and of final answers: annotations, answer lines, drawings, boxes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

_ANNOTATION = re.compile(r"<<[^<>]*>>")
_ARTIFACT_LINE = re.compile(r"^[ \t]*####.*$\n?", re.MULTILINE)
_DRAWING = re.compile(r"\s*\[asy\].*?\[/asy\]\s*", re.DOTALL)
_BOX = re.compile(r"\\(?:boxed|fbox)(?![a-zA-Z])(?:\s*(?P<brace>\{)|\s*(?P<bare>[^\s${}\\]+))|\\.|[{}]", re.DOTALL)
_MARK = r"####|\\boxed|\\fbox|<answer>"
_ANNOUNCEMENT = r"final answer\b\W{0,8}(?:is|=|:)"
_LEAKED = re.compile(rf"{_MARK}|\b{_ANNOUNCEMENT}", re.IGNORECASE)
_STEP_ARTIFACT = re.compile(rf"{_MARK}|^\W*{_ANNOUNCEMENT}", re.IGNORECASE)


@dataclass(frozen=True)
class Box:
    """A `\\boxed` or `\\fbox` at [start, end) of a text and what it holds, at [inner, inner_end)."""

    start: int
    end: int
    inner: int
    inner_end: int
    braced: bool = True


def boxes(text: str) -> Iterator[Box]:
    """Balanced boxes, and those without braces (`\\boxed 5`), in the order in which they end.

    Escaped braces don't count. One pass, so a text of any length and depth costs linear time.
    """
    opened: list[tuple[int, int]] = []  # start of the box (-1: another brace), start of the content
    for sign in _BOX.finditer(text):
        if sign["bare"]:
            yield Box(sign.start(), sign.end(), sign.start("bare"), sign.end("bare"), braced=False)
        elif sign["brace"]:
            opened.append((sign.start(), sign.end()))
        elif sign[0] == "{":
            opened.append((-1, sign.end()))
        elif sign[0] == "}" and opened:
            start, inner = opened.pop()
            if start >= 0:
                yield Box(start, sign.end(), inner, sign.start())


def leaked_markup(text: str) -> str:
    """The first mark of a final answer in a text, or its announcement; empty when there is none."""
    found = _LEAKED.search(text)
    return found[0] if found else ""


def step_artifact(step: str) -> str:
    """The first mark of a final answer in a step, or the announcement that it begins with; empty when there is none."""
    found = _STEP_ARTIFACT.search(step)
    return found[0] if found else ""


@lru_cache(maxsize=32)  # every flaw of a problem is compared with it
def reference_text(solution: str) -> str:
    """A worked solution as reason-only text: no `<<…>>`, no `#### 72`, no drawing, `\\boxed{x}` as x."""
    text = _ANNOTATION.sub("", solution)
    text = _ARTIFACT_LINE.sub("", text)
    text = _DRAWING.sub("\n", text)
    return "\n".join(line.rstrip() for line in unboxed(text).strip().splitlines() if line.strip())


def unboxed(text: str) -> str:
    """The text with each balanced `\\boxed{x}` replaced by x; an unbalanced one stays, and so does a box in a box."""
    parts, end = [], 0
    outermost: list[Box] = []
    for box in boxes(text):
        if box.braced:
            while outermost and outermost[-1].start > box.start:
                outermost.pop()
            outermost.append(box)
    for box in outermost:
        parts += [text[end : box.start], text[box.inner : box.inner_end]]
        end = box.end
    return "".join([*parts, text[end:]])
