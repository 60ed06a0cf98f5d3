"""A sub-step that a test needs is left out: a statement, a condition, or something done to a value."""

import ast
from collections.abc import Iterator
from random import Random

from tracelift_groups.code.edits.sites import drafts
from tracelift_groups.code.reference import ProgramReference
from tracelift_groups.flaws.kind import Draft, kind

_SIMPLE = (ast.Assign, ast.AugAssign, ast.Expr, ast.Return, ast.Break, ast.Continue)
_UNWRAPPED = frozenset(["abs", "sorted", "set", "reversed", "int", "round", "str", "float"])


@kind(
    "missing_logic",
    breaks="action_support",
    also=("plan_quality",),
    answer="changes",
    checker="fails_test",
    difference="removed",
    needs="a statement, condition or call that can be left out of a plan and that a test needs",
    domains=("code",),
)
def missing_logic(reference: ProgramReference, rng: Random) -> Iterator[Draft]:
    """A needed sub-step left out."""

    def changed(parent: ast.AST, name: str, node: ast.AST) -> Iterator[ast.AST]:
        if isinstance(node, ast.stmt):
            if _can_go(parent, name, node):
                yield ast.Pass()
        elif isinstance(node, ast.BoolOp) and len(node.values) > 1:
            for gone in rng.sample(node.values, len(node.values)):
                rest = [value for value in node.values if value is not gone]
                yield ast.BoolOp(node.op, rest) if len(rest) > 1 else rest[0]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _UNWRAPPED:
            if len(node.args) == 1 and not node.keywords:
                yield node.args[0]
        elif isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp):
            yield from _without_condition(node)

    yield from drafts(reference, rng, changed)


def _can_go(parent: ast.AST, name: str, node: ast.stmt) -> bool:
    """Whether a block still has something to say without the statement."""
    block = getattr(parent, name)
    told = [one for one in block if not (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))]
    guard = isinstance(node, ast.If) and not node.orelse
    return node in told and len(told) > 1 and (isinstance(node, _SIMPLE) or guard)


def _without_condition(node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> Iterator[ast.AST]:
    for index, loop in enumerate(node.generators):
        if loop.ifs:
            bare = ast.comprehension(loop.target, loop.iter, loop.ifs[1:], loop.is_async)
            loops = [bare if i == index else other for i, other in enumerate(node.generators)]
            yield type(node)(node.elt, loops)
