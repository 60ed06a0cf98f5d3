"""One change of a program, and what it changes in the plan that tells of it."""

import ast
from collections.abc import Iterator

from tracelift_groups.code.edits.plan_edit import common_ends, plan_edits
from tracelift_groups.code.plan.narrate import span
from tracelift_groups.code.reference import ProgramReference, told
from tracelift_groups.flaws.kind import Draft


def places(tree: ast.AST) -> Iterator[tuple[ast.AST, str, int | None, ast.AST]]:
    """Every node with its parent, the field of the parent that holds it, and its index there, in source order."""
    for name, value in ast.iter_fields(tree):
        if isinstance(value, ast.AST):
            yield tree, name, None, value
            yield from places(value)
        elif isinstance(value, list):
            for index, item in enumerate(value):
                if isinstance(item, ast.AST):
                    yield tree, name, index, item
                    yield from places(item)


def replaced(reference: ProgramReference, node: ast.expr | ast.stmt, new: ast.AST) -> Draft | None:
    """The draft in which `new` stands for a node of the program; None where the plan would not change in one place."""
    wanted = _dump_with(reference.tree, node, new)
    start, end = span(reference.program, node)
    plain = ast.unparse(new)
    for text in (plain, f"({plain})"):
        changed = reference.program[:start] + text + reference.program[end:]
        found = told(changed)
        if found and ast.dump(found[0]) == wanted:
            edits = plan_edits(reference, [sentence.text for sentence in found[1]])
            return Draft(*edits, _trimmed(start, reference.program[start:end], text)) if edits else None
    return None


def _dump_with(tree: ast.Module, node: ast.AST, new: ast.AST) -> str:
    """The dump of the tree with `new` in the place of a node; the tree itself stays as it is."""
    parent, name, index = next((p, n, i) for p, n, i, child in places(tree) if child is node)
    _put(parent, name, index, new)
    try:
        return ast.dump(tree)
    finally:
        _put(parent, name, index, node)


def _put(parent: ast.AST, name: str, index: int | None, node: ast.AST) -> None:
    if index is None:
        setattr(parent, name, node)
    else:
        getattr(parent, name)[index] = node


def _trimmed(start: int, before: str, after: str) -> tuple[int, int, str]:
    """The replacement without what both texts begin and end with."""
    head, tail = common_ends(before, after)
    return start + head, start + len(before) - tail, after[head : len(after) - tail]
