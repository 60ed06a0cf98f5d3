"""A trace: reason-only text, read as steps.

A text of several lines has one step a line; a text of one line has one step a sentence. Display math, LaTeX
environments and fenced blocks are never cut. What a step claims is another file's subject (reading.py).
"""

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

_BLOCK = re.compile(
    r"\\\[.*?\\\]|\$\$.*?\$\$|\\begin\{(\w+\*?)\}.*?\\end\{\1\}|```.*?```|\[asy\].*?\[/asy\]", re.DOTALL
)
_LINE_END = re.compile(r"\s*\n\s*")
_SENTENCE_END = re.compile(
    r"""(?<![\s.](?:[A-Z]|vs|Mr|Dr|Ms|St|hr|lb|oz|ft|in))(?<!Mrs)[.!?]['")\]]*\s+(?=["'($\\]?[A-Z0-9$\\])"""
)


@dataclass(frozen=True)
class Trace:
    """Steps in order, each with the white space that follows it; `text` is the steps joined, its end trimmed."""

    steps: tuple[str, ...]

    @staticmethod
    def read(text: str) -> "Trace":
        """Cut a text into steps. An empty text has no steps."""
        text = text.strip()
        blocks = [match.span() for match in _BLOCK.finditer(text)]
        cuts = _cuts(text, _LINE_END, blocks) or _cuts(text, _SENTENCE_END, blocks)
        bounds = [0, *cuts, len(text)]
        return Trace(tuple(text[a:b] for a, b in zip(bounds, bounds[1:], strict=False) if a < b))

    @cached_property
    def text(self) -> str:
        return "".join(self.steps).rstrip()

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """The character position in `text` at which each step begins."""
        return tuple(accumulate((len(step) for step in self.steps[:-1]), initial=0)) if self.steps else ()

    def step_at(self, position: int) -> int:
        """The index of the step that holds this character; the last step for a position past the end."""
        return max((i for i, start in enumerate(self.starts) if start <= position), default=0)


def _cuts(text: str, end: re.Pattern[str], blocks: list[tuple[int, int]]) -> list[int]:
    cuts = (match.end() for match in end.finditer(text))
    return [cut for cut in cuts if not any(a < cut < b for a, b in blocks)]
