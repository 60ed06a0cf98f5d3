"""A condition says the opposite of what it should."""

import ast
from collections.abc import Iterator
from random import Random

from tracelift_groups.code.edits.sites import compared, drafts
from tracelift_groups.code.reference import ProgramReference
from tracelift_groups.flaws.kind import Draft, kind

_OPPOSITE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.GtE,
    ast.GtE: ast.Lt,
    ast.Gt: ast.LtE,
    ast.LtE: ast.Gt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}


@kind(
    "inverted_condition",
    breaks="step_coherence",
    also=("action_support",),
    answer="changes",
    checker="fails_test",
    difference="condition",
    needs="a condition or comparison whose opposite fails a test",
    domains=("code",),
)
def inverted_condition(reference: ProgramReference, rng: Random) -> Iterator[Draft]:
    """Comparison or branch reversed."""

    def changed(parent: ast.AST, name: str, node: ast.AST) -> Iterator[ast.AST]:
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            yield compared(node, 0, _OPPOSITE[type(node.ops[0])]())
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            yield node.operand
        elif isinstance(node, ast.Name | ast.Call) and _is_condition(parent, name):
            yield ast.UnaryOp(ast.Not(), node)

    yield from drafts(reference, rng, changed)


def _is_condition(parent: ast.AST, name: str) -> bool:
    if isinstance(parent, ast.If | ast.While | ast.IfExp):
        return name == "test"
    return (isinstance(parent, ast.comprehension) and name == "ifs") or isinstance(parent, ast.BoolOp)
