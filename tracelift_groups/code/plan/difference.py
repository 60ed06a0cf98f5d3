"""What differs between two programs: the one place in their syntax trees, and which kind of change it is."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

_OPPOSITE = {
    ast.Eq: ast.NotEq,
    ast.Lt: ast.GtE,
    ast.Gt: ast.LtE,
    ast.Is: ast.IsNot,
    ast.In: ast.NotIn,
}
_NEGATION = _OPPOSITE | {other: one for one, other in _OPPOSITE.items()}
_NEXT_TO = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}
_OPERATORS = (ast.operator, ast.boolop, ast.cmpop)
_BOUNDS = (ast.Slice, ast.Subscript, ast.Compare)


@dataclass(frozen=True)
class Difference:
    """`before` in the first tree stands where `after` is in the second; `around` are their parents, nearest first."""

    before: ast.AST
    after: ast.AST
    around: tuple[ast.AST, ...]

    @property
    def change(self) -> str:
        """boundary, condition, operator, variable, initial or removed; empty for any other change."""
        for name, holds in _CHANGES.items():
            if holds(self):
                return name
        return ""


def difference(before: ast.AST, after: ast.AST) -> Difference | None:
    """The smallest place that holds everything that differs; None where the trees are equal or differ in several."""
    places = list(_places(before, after, ()))
    return places[0] if len(places) == 1 else None


def _places(before: ast.AST, after: ast.AST, around: tuple[ast.AST, ...]) -> Iterator[Difference]:
    if type(before) is not type(after):
        yield Difference(before, after, around)
        return
    inner = (before, *around)
    for name in before._fields:
        ours, theirs = getattr(before, name, None), getattr(after, name, None)
        if isinstance(ours, ast.AST) and isinstance(theirs, ast.AST):
            yield from _places(ours, theirs, inner)
        elif isinstance(ours, list) and isinstance(theirs, list) and _are_nodes(ours, theirs):
            for one, other in zip(ours, theirs, strict=True):
                yield from _places(one, other, inner)
        elif _plain(ours) != _plain(theirs):
            yield Difference(before, after, around)
            return


def _are_nodes(ours: list[object], theirs: list[object]) -> bool:
    return len(ours) == len(theirs) and all(isinstance(node, ast.AST) for node in [*ours, *theirs])


def _plain(value: object) -> object:
    """A value that can be compared: nodes as their dump, and 1, 1.0 and True as different values."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return ast.dump(value) if isinstance(value, ast.AST) else (type(value), repr(value))


def _is_boundary(found: Difference) -> bool:
    before, after = found.before, found.after
    if isinstance(before, ast.cmpop):
        return _NEXT_TO.get(type(before)) is type(after)
    if not any(map(_bounds, found.around)):
        return False
    if isinstance(before, ast.Constant) and isinstance(after, ast.Constant):
        one, other = before.value, after.value
        return type(one) is int and type(other) is int and abs(one - other) == 1
    return _is_next_to(before, after) or _is_next_to(after, before)


def _bounds(node: ast.AST) -> bool:
    call = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range"
    return call or isinstance(node, _BOUNDS)


def _is_next_to(base: ast.AST, other: ast.AST) -> bool:
    """Whether `other` is `base + 1` or `base - 1`."""
    if not isinstance(other, ast.BinOp) or not isinstance(other.op, ast.Add | ast.Sub):
        return False
    one = isinstance(other.right, ast.Constant) and other.right.value == 1
    return one and ast.dump(other.left) == ast.dump(base)


def _is_condition(found: Difference) -> bool:
    before, after = found.before, found.after
    if isinstance(before, ast.cmpop):
        return _NEGATION.get(type(before)) is type(after)
    return _is_negated(before, after) or _is_negated(after, before)


def _is_negated(base: ast.AST, other: ast.AST) -> bool:
    negation = isinstance(other, ast.UnaryOp) and isinstance(other.op, ast.Not)
    return negation and ast.dump(other.operand) == ast.dump(base)  # type: ignore[attr-defined]  # a UnaryOp


def _is_operator(found: Difference) -> bool:
    if isinstance(found.before, _OPERATORS):
        return True
    return isinstance(found.before, ast.Name) and _is_called(found)


def _is_called(found: Difference) -> bool:
    parent = found.around[0] if found.around else None
    return isinstance(parent, ast.Call) and parent.func is found.before


def _is_variable(found: Difference) -> bool:
    return isinstance(found.before, ast.Name) and isinstance(found.after, ast.Name) and not _is_called(found)


def _is_initial(found: Difference) -> bool:
    parent = found.around[0] if found.around else None
    if isinstance(parent, ast.UnaryOp) and isinstance(parent.op, ast.USub):
        parent = found.around[1]
    literal = ast.Constant | ast.UnaryOp
    if not isinstance(parent, ast.Assign | ast.AnnAssign | ast.Return):
        return False
    return isinstance(found.before, literal) and isinstance(found.after, literal)


def _is_removed(found: Difference) -> bool:
    before, after = found.before, found.after
    if isinstance(after, ast.Pass):
        return True
    if isinstance(before, ast.comprehension) and isinstance(after, ast.comprehension):
        return len(after.ifs) < len(before.ifs)
    if isinstance(before, ast.BoolOp) and isinstance(after, ast.BoolOp):
        return len(after.values) < len(before.values)
    kept = ast.dump(after)
    return any(ast.dump(node) == kept for node in ast.walk(before) if node is not before)


# In this order: adding one to a bound is a boundary, though the shorter expression is a part of the longer.
_CHANGES = {
    "boundary": _is_boundary,
    "condition": _is_condition,
    "initial": _is_initial,
    "variable": _is_variable,
    "operator": _is_operator,
    "removed": _is_removed,
}
