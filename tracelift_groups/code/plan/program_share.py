"""How much of a program stands in a text, line by line."""

import ast

from tracelift_groups.code.python_source import tree_of

_SHORT = 6  # characters of a line that may stand in prose by chance


def program_share(program: str, text: str) -> float:
    """The share of the program's lines, in characters, that stand in the text as they are; 0 for text that has none.

    Layout and comments don't count: program and text are compared without blanks, the program as its tree unparses.
    """
    tree = tree_of(program)
    if tree is None:
        return 0.0
    written = "".join(text.split())
    lines = ["".join(line.split()) for line in ast.unparse(_without_notes(tree)).splitlines()]
    lines = [line for line in lines if len(line) >= _SHORT]
    found = sum(len(line) for line in lines if line in written)
    return found / total if (total := sum(map(len, lines))) else 0.0


def _without_notes(tree: ast.Module) -> ast.Module:
    """The tree without docstrings; a body that held nothing else stays as it is."""
    copy = ast.parse(ast.unparse(tree))
    for node in ast.walk(copy):
        body = getattr(node, "body", None)
        if isinstance(body, list) and len(body) > 1 and isinstance(body[0], ast.Expr):
            first = body[0].value
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                del body[0]
    return copy
