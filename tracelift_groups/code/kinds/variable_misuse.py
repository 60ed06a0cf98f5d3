"""Another variable of the same function is used."""

import ast
from collections.abc import Iterator
from random import Random

from tracelift_groups.code.edits.sites import drafts
from tracelift_groups.code.reference import ProgramReference
from tracelift_groups.flaws.kind import Draft, kind


@kind(
    "variable_misuse",
    breaks="step_coherence",
    also=("action_support",),
    answer="changes",
    checker="fails_test",
    difference="variable",
    needs="a function with two variables, of which a test depends on the one that is used",
    domains=("code",),
)
def variable_misuse(reference: ProgramReference, rng: Random) -> Iterator[Draft]:
    """Wrong or stale variable."""
    owners = _owners(reference.tree)

    def changed(parent: ast.AST, name: str, node: ast.AST) -> Iterator[ast.AST]:
        called = isinstance(parent, ast.Call) and name == "func"
        if not isinstance(node, ast.Name) or not isinstance(node.ctx, ast.Load) or called:
            return
        known = owners.get(node, [])
        others = [other for other in known if other != node.id] if node.id in known else []
        yield from (ast.Name(other, ast.Load()) for other in rng.sample(others, min(2, len(others))))

    yield from drafts(reference, rng, changed)


def _owners(tree: ast.Module) -> dict[ast.AST, list[str]]:
    """For each name in a function, the variables that are set in the function on an earlier line, its parameters first.

    Variables of a comprehension are known inside of it only, and are left out.
    """
    found: dict[ast.AST, list[str]] = {}
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        given = [argument.arg for argument in function.args.args]
        inner = {
            name for node in ast.walk(function) if isinstance(node, ast.comprehension) for name in ast.walk(node.target)
        }
        stored = [
            node
            for node in ast.walk(function)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node not in inner
        ]
        for node in ast.walk(function):
            if isinstance(node, ast.Name):
                earlier = [one.id for one in stored if one.lineno < node.lineno]
                found[node] = list(dict.fromkeys([*given, *earlier]))
    return found
