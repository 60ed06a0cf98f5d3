"""A variable starts with another value, or a base case returns another."""

import ast
from collections.abc import Iterator
from random import Random

from tracelift_groups.code.edits.sites import drafts
from tracelift_groups.code.reference import ProgramReference
from tracelift_groups.flaws.kind import Draft, kind


@kind(
    "wrong_base_or_init",
    breaks="action_support",
    also=("plan_quality",),
    answer="changes",
    checker="fails_test",
    difference="initial",
    needs="a literal that a variable is set to or that is returned, and that a test depends on",
    domains=("code",),
)
def wrong_base_or_init(reference: ProgramReference, rng: Random) -> Iterator[Draft]:
    """Wrong initial value or base case."""

    def changed(parent: ast.AST, name: str, node: ast.AST) -> Iterator[ast.AST]:
        given = isinstance(parent, ast.Assign | ast.AnnAssign | ast.Return) and name == "value"
        if given and isinstance(node, ast.Constant):
            yield from _others(node.value, rng)
        elif given and isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            yield ast.Constant(0)

    yield from drafts(reference, rng, changed)


def _others(value: object, rng: Random) -> Iterator[ast.expr]:
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int | float):
        near = [value + 1, *([value - 1] if value >= 1 else [])]
        yield from (ast.Constant(other) for other in rng.sample(near, len(near)))
