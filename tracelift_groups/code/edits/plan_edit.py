"""What has to be edited in a plan so that it reads as another: one sentence changed, or some lines gone or replaced."""

import re
from collections.abc import Sequence

from tracelift_groups.code.reference import ProgramReference

Replacement = tuple[int, int, str]
Edits = tuple[int, tuple[Replacement, ...], tuple[Replacement, ...]]  # step of the origin, origin, propagated

_WORD = re.compile(r"\w")


def common_ends(before: Sequence[object], after: Sequence[object]) -> tuple[int, int]:
    """How many items two sequences have in common at their beginning and, of the rest, at their end."""
    shorter = min(len(before), len(after))
    head = next((i for i in range(shorter) if before[i] != after[i]), shorter)
    tail = next((i for i in range(shorter - head) if before[-1 - i] != after[-1 - i]), shorter - head)
    return head, tail


def plan_edits(reference: ProgramReference, wanted: list[str]) -> Edits | None:
    """The edits that turn the reference into the lines wanted; None where those differ in more than one place."""
    ours = [sentence.text for sentence in reference.sentences]
    head, tail = common_ends(ours, wanted)
    before, after = ours[head : len(ours) - tail], wanted[head : len(wanted) - tail]
    if len(before) == len(after) == 1:
        return _in_line(reference, head, before[0], after[0])
    if before and not after:
        return lines_gone(reference, head, head + len(before))
    return None


def lines_gone(reference: ProgramReference, first: int, end: int) -> Edits | None:
    """The edits that delete the lines [first, end); None for a plan without them being empty."""
    if end - first == len(reference.sentences):
        return None
    removed, indent = _removed(reference, first, end)
    return first, tuple(removed), tuple(indent)


def lines_replaced(reference: ProgramReference, first: int, end: int, text: str) -> Edits:
    """The edits that put one bullet with this text in the place of the lines [first, end)."""
    start = reference.starts[first] + len("- ")
    stop = reference.starts[first] + len(reference.sentences[first].text.lstrip())
    removed, indent = _removed(reference, first + 1, end) if end > first + 1 else ([], [])
    return first, ((start, stop, text), *removed), tuple(indent)


def _removed(reference: ProgramReference, first: int, end: int) -> tuple[list[Replacement], list[Replacement]]:
    """Deletions of the lines [first, end), from bullet to bullet, and of indentation that is then too deep."""
    bullets = [*reference.starts, len(reference.text)]
    removed = [(bullets[i], bullets[i + 1], "") for i in range(first, end)]
    if end == len(reference.sentences):
        return removed, []
    extra = _indent(reference, first) - _indent(reference, end)
    return removed, [(bullets[first] - extra, bullets[first], "")] if extra > 0 else []


def _indent(reference: ProgramReference, line: int) -> int:
    text = reference.sentences[line].text
    return len(text) - len(text.lstrip())


def _in_line(reference: ProgramReference, line: int, before: str, after: str) -> Edits | None:
    """The smallest run of whole words that differs; None where the indentation does."""
    indent = _indent(reference, line)
    if not after.startswith(before[:indent] + "- "):
        return None
    before, after = before[indent:], after[indent:]
    head, tail = common_ends(before, after)
    while head and _WORD.match(before[head - 1]) and _within_word(before, after, head):
        head -= 1
    while tail and _WORD.match(before[-tail]) and _within_word(before[::-1], after[::-1], tail):
        tail -= 1
    start = reference.starts[line]
    return line, ((start + head, start + len(before) - tail, after[head : len(after) - tail]),), ()


def _within_word(before: str, after: str, at: int) -> bool:
    """Whether a word goes on at this position in one of the texts."""
    return any(at < len(text) and _WORD.match(text[at]) for text in (before, after))
