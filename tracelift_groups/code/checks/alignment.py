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
    """What a sentence's statement reads and sets, and the sentences whose blocks it stands in, by index.

    A result of a function is what sets the function's name. `leaves` is the index of the loop or function that the
    statement leaves, or goes on with the next round of; None for one that goes on with the next statement.
    """

    reads: frozenset[str]
    sets: frozenset[str]
    inside: tuple[int, ...]
    loops: bool
    leaves: int | None = None


def flows(sentences: tuple[Sentence, ...]) -> list[Flow]:
    """The data flow of each sentence of a program, from its syntax tree."""
    found: list[Flow] = []
    open_heads: list[tuple[int, int]] = []  # indentation and index
    for index, sentence in enumerate(sentences):
        depth = len(sentence.text) - len(sentence.text.lstrip())
        open_heads = [(d, i) for d, i in open_heads if d < depth]
        reads, sets = _names(sentence.node)
        inside = tuple(i for _, i in open_heads)
        left = _left(sentence.node, [(i, sentences[i].node) for i in inside])
        if left is not None and isinstance(function := sentences[left].node, ast.FunctionDef):
            sets.add(function.name)
        loops = isinstance(sentence.node, ast.For | ast.While)
        found.append(Flow(frozenset(reads), frozenset(sets), inside, loops, left))
        open_heads.append((depth, index))
    return found


def _left(node: ast.AST, around: list[tuple[int, ast.AST]]) -> int | None:
    """The loop that a break or continue leaves, the function that a return leaves."""
    if isinstance(node, ast.Break | ast.Continue):
        return next((i for i, head in reversed(around) if isinstance(head, ast.For | ast.While)), None)
    if isinstance(node, ast.Return):
        return next((i for i, head in reversed(around) if isinstance(head, ast.FunctionDef)), None)
    return None


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
    """Names whose value a statement may change in place: `xs.append(1)`, `heappush(xs, 1)`, `grid[0] = 1`."""
    found = set()
    if isinstance(node, ast.Expr) and isinstance(call := node.value, ast.Call):
        owner = [call.func.value] if isinstance(call.func, ast.Attribute) else []
        found |= {n.id for part in [*owner, *call.args] for n in ast.walk(part) if isinstance(n, ast.Name)}
    for name in ("targets", "target"):
        for goal in [getattr(node, name, [])] if name == "target" else getattr(node, name, []):
            if isinstance(goal, ast.Subscript | ast.Attribute):
                found |= {n.id for n in ast.walk(goal.value) if isinstance(n, ast.Name)}
    return found
