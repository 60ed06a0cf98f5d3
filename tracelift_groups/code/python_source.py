"""Parses untrusted Python without running it. Text that can't be parsed gives None, not an exception."""

import ast
import re
import warnings
from collections.abc import Iterator

DEPTH_LIMIT = 150  # nesting depth of nodes; recursive walks of a tree stay below Python's recursion limit

_INDENT = re.compile(r"^[ \t]+", re.MULTILINE)


def tree_of(code: str) -> ast.Module | None:
    """The syntax tree; None for text that is not Python or nested too deeply."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # invalid escapes and the like don't matter here
        try:
            tree = ast.parse(code)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
    return tree if _depth(tree) <= DEPTH_LIMIT else None


def _depth(tree: ast.AST) -> int:
    deepest, level = 0, [tree]
    while level:
        deepest += 1
        level = [child for node in level for child in ast.iter_child_nodes(node)]
    return deepest


def expression_of(code: str) -> ast.expr | None:
    """The syntax tree of a single expression; None for anything else."""
    tree = tree_of(f"({code.strip()}\n)")
    if tree is None or len(tree.body) != 1 or not isinstance(tree.body[0], ast.Expr):
        return None
    return tree.body[0].value


def is_literal(code: str) -> bool:
    """Whether the text is a literal: numbers, strings and containers of them."""
    found = expression_of(code)
    try:
        ast.literal_eval(found) if found is not None else ast.literal_eval("")
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
        return False
    return True


def tidy(code: str) -> str:
    """The code with `\\n` line ends and spaces for tabs: four per tab if that parses the same, else eight."""
    code = code.replace("\r\n", "\n").replace("\r", "\n")
    if "\t" not in code:
        return code
    before = tree_of(code)
    wide, narrow = (_INDENT.sub(lambda found: found[0].expandtabs(size), code) for size in (8, 4))  # noqa: B023
    after = tree_of(narrow)
    same = before is not None and after is not None and ast.dump(before) == ast.dump(after)
    return narrow if same else wide


def calls_of(tree: ast.AST, name: str) -> Iterator[ast.Call]:
    """Calls of a function by its plain name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
            yield node


def names_in(tree: ast.AST) -> set[str]:
    """Every plain name in the tree."""
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def defined_by(node: ast.stmt) -> set[str]:
    """The names that a module-level statement defines."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {node.name}
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
    return {found.id for found in ast.walk(node) if isinstance(found, ast.Name) and isinstance(found.ctx, ast.Store)}


def needed(code: str, program: ast.Module, entry_point: str) -> str:
    """The statements of the program that test code depends on, in order, without the entry point.

    Assertion code runs in a separate process, so everything else that it uses must be included.
    """
    wanted = names_in(tree_of(code) or ast.Module([], []))
    chosen: set[int] = set()
    grown = True
    while grown:
        grown = False
        for index, node in enumerate(program.body):
            names = defined_by(node)
            if index not in chosen and entry_point not in names and names & wanted:
                chosen.add(index)
                wanted |= names_in(node)
                grown = True
    return "\n".join(ast.unparse(program.body[index]) for index in sorted(chosen))
