"""A bound of a loop, a slice, an index or a comparison is off by one."""

import ast
from collections.abc import Iterator
from random import Random

from tracelift_groups.code.edits.sites import compared, drafts
from tracelift_groups.code.reference import ProgramReference
from tracelift_groups.flaws.kind import Draft, kind

_NEXT_TO: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
}


@kind(
    "off_by_one_boundary",
    breaks="action_support",
    also=("step_coherence",),
    answer="changes",
    checker="fails_test",
    difference="boundary",
    needs="a range, slice, index or comparison whose bound matters to a test",
    domains=("code",),
)
def off_by_one_boundary(reference: ProgramReference, rng: Random) -> Iterator[Draft]:
    """Index, range or stop off by one."""

    def changed(parent: ast.AST, name: str, node: ast.AST) -> Iterator[ast.AST]:
        if isinstance(node, ast.Compare):
            for index, sign in enumerate(node.ops):
                if type(sign) in _NEXT_TO:
                    yield compared(node, index, _NEXT_TO[type(sign)]())
        elif isinstance(node, ast.expr) and _is_bound(parent, name, node):
            yield from _next_to(node, rng)

    yield from drafts(reference, rng, changed)


def _is_bound(parent: ast.AST, name: str, node: ast.expr) -> bool:
    if isinstance(parent, ast.Call):
        return isinstance(parent.func, ast.Name) and parent.func.id == "range" and name == "args"
    if isinstance(parent, ast.Slice):
        return name in ("lower", "upper")
    if isinstance(parent, ast.Compare):  # `s > ""` has no neighbour to be off by
        return isinstance(node, ast.Constant) and type(node.value) is int
    return isinstance(parent, ast.Subscript) and name == "slice" and not isinstance(node, ast.Slice | ast.Tuple)


def _next_to(node: ast.expr, rng: Random) -> Iterator[ast.AST]:
    """Expressions that are one more or one less, in a random order."""
    if isinstance(node, ast.Constant):
        if type(node.value) is int:
            near = [value for value in (node.value + 1, node.value - 1) if value >= 0]
            yield from (ast.Constant(value) for value in rng.sample(near, len(near)))
        return
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub) and _is_one(node.right):
        yield node.left
        return
    if isinstance(node, ast.Name | ast.Call | ast.BinOp):
        signs: list[ast.operator] = [ast.Add(), ast.Sub()]
        rng.shuffle(signs)
        yield from (ast.BinOp(node, sign, ast.Constant(1)) for sign in signs)


def _is_one(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value == 1
