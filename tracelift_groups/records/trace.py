"""A trace: reason-only text, read as steps.

A text of several lines has one step a line; a text of one line has one step a sentence. Display math, LaTeX
environments and fenced blocks are never cut. What a step claims is another file's subject (reading.py).
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise

_DELIMITER = re.compile(r"\\\[|\\\]|\$\$|\\(?:begin|end)\{\w{1,20}\*?\}|```|\[/?asy\]")
_CLOSED_BY = {"\\[": "\\]", "$$": "$$", "```": "```", "[asy]": "[/asy]"}
_LINE_END = re.compile(r"\n\s*")
_SENTENCE_END = re.compile(r"""[.!?]['")\]]{0,3}\s+(?=["'($\\]?[A-Z0-9$\\])""")
_ABBREVIATIONS = frozenset(["mr", "mrs", "ms", "dr", "st", "vs", "approx", "i.e", "e.g"])


@dataclass(frozen=True)
class Trace:
    """Steps in order, each with the white space that follows it; `text` is the steps joined, its end trimmed."""

    steps: tuple[str, ...]

    @staticmethod
    def read(text: str) -> "Trace":
        """Cut a text into steps. An empty text has no steps."""
        text = text.strip()
        blocks = list(_blocks(text))
        inner = (list(ends) for ends in (_line_ends(text), _sentence_ends(text)))
        cuts = next((kept for ends in inner if (kept := _outside(ends, blocks))), [])
        return Trace(tuple(text[a:b] for a, b in pairwise([0, *cuts, len(text)]) if a < b))

    @cached_property
    def text(self) -> str:
        return "".join(self.steps).rstrip()

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """The character position in `text` at which each step begins."""
        return tuple(accumulate((len(step) for step in self.steps[:-1]), initial=0)) if self.steps else ()

    def step_at(self, position: int) -> int:
        """The index of the step that holds this character; the last step for a position past the end."""
        return max(bisect_right(self.starts, position) - 1, 0)


def _line_ends(text: str) -> Iterator[int]:
    return (match.end() for match in _LINE_END.finditer(text))


def _sentence_ends(text: str) -> Iterator[int]:
    for match in _SENTENCE_END.finditer(text):
        word = text[max(0, match.start() - 10) : match.start()].split(" ")[-1].strip("(\"'")
        initial = len(word) == 1 and word.isupper()
        if not initial and word.lower() not in _ABBREVIATIONS:
            yield match.end()


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Spans between an opening delimiter and the one that closes it; one that is never closed opens nothing."""
    start, closer = 0, ""
    for match in _DELIMITER.finditer(text):
        mark = match[0]
        if closer and mark == closer:
            yield start, match.end()
            closer = ""
        elif not closer and (mark in _CLOSED_BY or mark.startswith("\\begin")):
            start, closer = match.start(), _CLOSED_BY.get(mark, mark.replace("begin", "end", 1))


def _outside(cuts: list[int], blocks: list[tuple[int, int]]) -> list[int]:
    starts = [start for start, _ in blocks]
    return [cut for cut in cuts if not (before := bisect_left(starts, cut)) or blocks[before - 1][1] <= cut]
