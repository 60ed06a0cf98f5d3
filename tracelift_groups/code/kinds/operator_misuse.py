"""An operator, or min for max, is another one of its family."""

import ast
from collections.abc import Iterator
from random import Random

from tracelift_groups.code.edits.sites import compared, drafts
from tracelift_groups.code.reference import ProgramReference
from tracelift_groups.flaws.kind import Draft, kind

_OTHER: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub, ast.Mult),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Add, ast.Pow),
    ast.Div: (ast.FloorDiv, ast.Mult),
    ast.FloorDiv: (ast.Mod, ast.Div),
    ast.Mod: (ast.FloorDiv,),
    ast.Pow: (ast.Mult,),
    ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitXor, ast.BitAnd),
    ast.BitXor: (ast.BitOr,),
    ast.LShift: (ast.RShift,),
    ast.RShift: (ast.LShift,),
}
_CALLS = {"max": "min", "min": "max", "any": "all", "all": "any"}
_SIGNS: dict[type[ast.cmpop], type[ast.cmpop]] = {ast.Lt: ast.Gt, ast.Gt: ast.Lt, ast.LtE: ast.GtE, ast.GtE: ast.LtE}


@kind(
    "operator_misuse",
    breaks="action_support",
    answer="changes",
    checker="fails_test",
    difference="operator",
    needs="an operator that a test depends on",
    domains=("code",),
)
def operator_misuse(reference: ProgramReference, rng: Random) -> Iterator[Draft]:
    """Wrong arithmetic, logic or bit operator."""
    yield from drafts(reference, rng, _changed)


def _changed(parent: ast.AST, name: str, node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.BinOp):
        yield from (ast.BinOp(node.left, other(), node.right) for other in _OTHER.get(type(node.op), ()))
    elif isinstance(node, ast.AugAssign):
        yield from (ast.AugAssign(node.target, other(), node.value) for other in _OTHER.get(type(node.op), ()))
    elif isinstance(node, ast.BoolOp):
        yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    elif isinstance(node, ast.Compare):
        for index, sign in enumerate(node.ops):
            if type(sign) in _SIGNS:
                yield compared(node, index, _SIGNS[type(sign)]())
    elif isinstance(node, ast.Name) and isinstance(parent, ast.Call) and name == "func" and node.id in _CALLS:
        yield ast.Name(_CALLS[node.id], ast.Load())
