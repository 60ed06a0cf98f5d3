"""Places of a program where a kind can apply, in a random order, and the drafts of changes there."""

import ast
from collections.abc import Callable, Iterable, Iterator
from random import Random

from tracelift_groups.code.edits.program_edit import places, replaced
from tracelift_groups.code.reference import ProgramReference
from tracelift_groups.flaws.kind import Draft

Site = tuple[ast.AST, str, ast.AST]  # parent, the field of the parent, node


def drafts(
    reference: ProgramReference, rng: Random, changed: Callable[[ast.AST, str, ast.AST], Iterable[ast.AST]]
) -> Iterator[Draft]:
    """A draft for each replacement that `changed` proposes for a node, given its parent and the field that holds it."""
    sites = [(parent, name, node) for parent, name, _, node in places(reference.tree)]
    rng.shuffle(sites)
    for parent, name, node in sites:
        if isinstance(node, ast.expr | ast.stmt):
            for new in changed(parent, name, node):
                if draft := replaced(reference, node, new):
                    yield draft


def compared(node: ast.Compare, index: int, sign: ast.cmpop) -> ast.Compare:
    """The comparison with another sign at one place."""
    return ast.Compare(node.left, [sign if i == index else op for i, op in enumerate(node.ops)], node.comparators)
