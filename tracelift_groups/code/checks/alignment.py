"""Which sentence of a plan tells of which statement of the program: word for word, changed, as code, or not at all."""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property

from tracelift_groups.code.plan.narrate import Sentence

_BULLET = re.compile(r"^(?:[-*•]|\d+[.)])\s+")
_WORD = re.compile(r"\w+|[^\w\s]")
_NEAR = 0.6  # share of words that two sentences about the same statement have in common, at least


@dataclass(frozen=True)
class PlanAlignment:
    """`steps` are a plan's, without bullets; `expected` the sentences of the program. The maps are by index."""

    steps: tuple[str, ...]
    expected: tuple[Sentence, ...]
    program: str

    @cached_property
    def same(self) -> dict[int, int]:
        """Expected sentences that a step says word for word, with that step."""
        return dict(self._blocks("equal"))

    @cached_property
    def changed(self) -> dict[int, int]:
        """Expected sentences of which a step, at the same place, says most, with that step."""
        pairs = ((i, j) for i, j in self._blocks("replace") if i not in self.pasted)
        return {i: j for i, j in pairs if _likeness(_said(self.expected[i]), self.steps[j]) >= _NEAR}

    @cached_property
    def pasted(self) -> frozenset[int]:
        """Expected sentences whose statement stands in a step as code."""
        written = "".join("".join(self.steps).split())
        spans = ((i, "".join(self.program[s.start : s.end].split())) for i, s in enumerate(self.expected))
        return frozenset(i for i, code in spans if i not in self.same and len(code) > 1 and code in written)

    @cached_property
    def missing(self) -> list[int]:
        """Expected sentences that no step tells of."""
        return [i for i in range(len(self.expected)) if i not in {*self.same, *self.changed, *self.pasted}]

    @property
    def is_read(self) -> bool:
        """Whether most of the plan is in words that can be read: what isn't can't be told to be right or wrong."""
        read = len(self.same) + len(self.changed) + len(self.pasted)
        return bool(self.steps) and 2 * read >= min(len(self.steps), len(self.expected))

    def _blocks(self, tag: str) -> Iterator[tuple[int, int]]:
        for found, a, b, c, d in self._opcodes:
            if found == tag:
                yield from zip(range(a, b), range(c, d), strict=False)

    @cached_property
    def _opcodes(self) -> Sequence[tuple[str, int, int, int, int]]:
        said = [_said(sentence) for sentence in self.expected]
        return SequenceMatcher(None, said, list(self.steps), autojunk=False).get_opcodes()


def without_bullet(step: str) -> str:
    """A step without its bullet or number."""
    return _BULLET.sub("", step.strip())


def _said(sentence: Sentence) -> str:
    return without_bullet(sentence.text)


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, _WORD.findall(one), _WORD.findall(other), autojunk=False).ratio()


@dataclass(frozen=True)
class Flow:
    """What a sentence's statement reads and sets, and the sentences whose blocks it stands in, by index."""

    reads: frozenset[str]
    sets: frozenset[str]
    inside: tuple[int, ...]
    loops: bool


def flows(sentences: tuple[Sentence, ...]) -> list[Flow]:
    """The data flow of each sentence of a program, from its syntax tree."""
    found: list[Flow] = []
    open_heads: list[tuple[int, int]] = []  # indentation and index
    for index, sentence in enumerate(sentences):
        depth = len(sentence.text) - len(sentence.text.lstrip())
        open_heads = [(d, i) for d, i in open_heads if d < depth]
        reads, sets = _names(sentence.node)
        inside = tuple(i for _, i in open_heads)
        found.append(Flow(frozenset(reads), frozenset(sets), inside, isinstance(sentence.node, ast.For | ast.While)))
        open_heads.append((depth, index))
    return found


def _names(node: ast.AST) -> tuple[set[str], set[str]]:
    """The names that a statement's own part, without the statements inside of it, reads and sets."""
    if isinstance(node, ast.FunctionDef):
        return set(), {argument.arg for argument in node.args.args}
    parts: list[ast.AST] = [node]
    if isinstance(node, ast.For):
        parts = [node.target, node.iter]
    elif isinstance(node, ast.While | ast.If):
        parts = [node.test]
    elif isinstance(node, ast.Try | ast.With):
        parts = []
    names = [name for part in parts for name in ast.walk(part) if isinstance(name, ast.Name)]
    sets = {name.id for name in names if isinstance(name.ctx, ast.Store)}
    reads = {name.id for name in names if isinstance(name.ctx, ast.Load)}
    if isinstance(node, ast.AugAssign):
        reads |= sets
    sets |= _changed(node)
    return reads, sets


def _changed(node: ast.AST) -> set[str]:
    """Names whose value a statement changes in place: `xs.append(1)`, `grid[0] = 1`."""
    found = set()
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Attribute):
        found |= {n.id for n in ast.walk(node.value.func.value) if isinstance(n, ast.Name)}
    for name in ("targets", "target"):
        for goal in [getattr(node, name, [])] if name == "target" else getattr(node, name, []):
            if isinstance(goal, ast.Subscript | ast.Attribute):
                found |= {n.id for n in ast.walk(goal.value) if isinstance(n, ast.Name)}
    return found
