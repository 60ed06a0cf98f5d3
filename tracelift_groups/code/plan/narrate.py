"""A program as a plan: nested bullets, one sentence a statement, each tied to its span of the program.

    - The function count takes xs.
      - Set n to 0.
      - For each x in xs:
        - If x is greater than 0:
          - Add 1 to n.
      - Return n.

Comments, docstrings and `pass` have no sentence. The text depends on the syntax tree only.
"""

import ast
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from tracelift_groups.code.plan.expression import (
    UntoldError,
    condition,
    expression_words,
    listed,
    operator_words,
    part,
    range_words,
    target,
)

_CALLS = {
    ("append", 1): "Append {1} to {0}.",
    ("add", 1): "Put {1} into {0}.",
    ("extend", 1): "Append every item of {1} to {0}.",
    ("insert", 2): "Insert {2} into {0} at {1}.",
    ("remove", 1): "Remove the first {1} from {0}.",
    ("sort", 0): "Sort {0}.",
    ("reverse", 0): "Reverse {0}.",
    ("clear", 0): "Empty {0}.",
    ("pop", 0): "Take the last item off {0}.",
    ("popleft", 0): "Take the first item off {0}.",
}
_CHANGED = {
    ast.Add: "Add {1} to {0}.",
    ast.Sub: "Subtract {1} from {0}.",
    ast.Mult: "Multiply {0} by {1}.",
    ast.Div: "Divide {0} by {1}.",
}


@dataclass(frozen=True)
class Sentence:
    """One line of a plan, bullet and indentation included, and the span [start, end) of the program that it tells of.

    The span of a block (a loop, a condition) is its head, up to the first statement inside. `node` is the statement;
    several sentences of one statement (`else`) share it.
    """

    text: str
    start: int
    end: int
    node: ast.AST


def narrate(program: str, tree: ast.Module) -> list[Sentence]:
    """The sentences of a program whose tree is given. UntoldError for a statement that can't be told."""
    offsets = _Offsets(program)
    return [
        Sentence(f"{'  ' * depth}- {text}", offsets.at(*first), offsets.at(*last), node)
        for depth, text, first, last, node in _block(tree.body, 0)
    ]


def plan_text(sentences: Iterable[Sentence]) -> str:
    """The plan as a trace."""
    return "\n".join(sentence.text for sentence in sentences)


class _Offsets:
    """Character positions of the (line, byte column) pairs of a syntax tree."""

    def __init__(self, program: str) -> None:
        self._lines = program.splitlines(keepends=True)
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line))

    def at(self, line: int, column: int) -> int:
        text = self._lines[line - 1] if line <= len(self._lines) else ""
        return self._starts[line - 1] + len(text.encode()[:column].decode(errors="ignore"))


def span(program: str, node: ast.expr | ast.stmt) -> tuple[int, int]:
    """The character span [start, end) of a node in its program."""
    offsets = _Offsets(program)
    return offsets.at(node.lineno, node.col_offset), offsets.at(node.end_lineno or 0, node.end_col_offset or 0)


_Place = tuple[int, int]
_Told = tuple[int, str, _Place, _Place, ast.AST]


def _block(body: Sequence[ast.stmt], depth: int) -> Iterator[_Told]:
    for statement in body:
        if not isinstance(statement, ast.Pass) and not _is_note(statement):
            yield from _statement(statement, depth)


def _is_note(statement: ast.stmt) -> bool:
    """A docstring, or another literal without effect."""
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _statement(node: ast.stmt, depth: int) -> Iterator[_Told]:
    blocks = _blocks(node)
    if blocks is None:
        yield depth, _simple(node), _first(node), _last(node), node
        return
    before = _first(node)
    for head, body in blocks:
        end = _first(body[0])
        if isinstance(node, ast.If) and head == "Otherwise" and len(body) == 1 and isinstance(body[0], ast.If):
            inner = list(_statement(body[0], depth))
            lead = inner[0][1]
            yield depth, f"Otherwise, {lead[0].lower()}{lead[1:]}", before, inner[0][3], body[0]
            yield from inner[1:]
            return
        yield depth, f"{head}:", before, end, node
        yield from _block(body, depth + 1)
        before = _last(body[-1])


def _first(node: ast.stmt) -> _Place:
    return node.lineno, node.col_offset


def _last(node: ast.stmt) -> _Place:
    return node.end_lineno or node.lineno, node.end_col_offset or 0


def _blocks(node: ast.stmt) -> list[tuple[str, list[ast.stmt]]] | None:
    """Heads and bodies of a statement that holds others; None for a simple one."""
    if isinstance(node, ast.FunctionDef):
        return [(_function(node), node.body)]
    if isinstance(node, ast.For):
        each = range_words(node.iter) or f"in {expression_words(node.iter)}"
        return _with_else(f"For each {target(node.target)} {each}", node.body, node.orelse, "If that loop was not left")
    if isinstance(node, ast.While):
        forever = isinstance(node.test, ast.Constant) and node.test.value is True
        head = "Repeat until the loop is left" if forever else f"As long as {condition(node.test)}"
        return _with_else(head, node.body, node.orelse, "If that loop was not left")
    if isinstance(node, ast.If):
        return _with_else(f"If {condition(node.test)}", node.body, node.orelse, "Otherwise")
    if isinstance(node, ast.With):
        opened = [
            expression_words(item.context_expr) + (f" as {target(item.optional_vars)}" if item.optional_vars else "")
            for item in node.items
        ]
        return [(f"With {listed(opened)}", node.body)]
    if isinstance(node, ast.Try):
        return [
            ("Try this", node.body),
            *((_handler(handler), handler.body) for handler in node.handlers),
            *_with_else("", [], node.orelse, "If nothing failed"),
            *_with_else("", [], node.finalbody, "In any case, at the end"),
        ]
    return None


def _with_else(head: str, body: list[ast.stmt], other: list[ast.stmt], lead: str) -> list[tuple[str, list[ast.stmt]]]:
    return [(said, block) for said, block in ((head, body), (lead, other)) if block]


def _handler(handler: ast.ExceptHandler) -> str:
    kind = f" with {expression_words(handler.type)}" if handler.type else ""
    return f"If that fails{kind}" + (f", called {handler.name}" if handler.name else "")


def _function(node: ast.FunctionDef) -> str:
    given = node.args
    if node.decorator_list or given.posonlyargs or given.kwonlyargs or given.kwarg:
        raise UntoldError(f"The signature of {node.name} can't be told in sentences.")
    defaults = [None] * (len(given.args) - len(given.defaults)) + [expression_words(value) for value in given.defaults]
    taken = [
        argument.arg + (f" ({default} unless given)" if default else "")
        for argument, default in zip(given.args, defaults, strict=True)
    ]
    taken += [f"any number of {given.vararg.arg}"] if given.vararg else []
    return f"The function {node.name} takes {listed(taken) or 'nothing'}"


def _simple(node: ast.stmt) -> str:
    tell = _SIMPLE.get(type(node))
    if tell is None:
        raise UntoldError(f"A program with {type(node).__name__} can't be told in sentences.")
    return tell(node)


def _assign(node: ast.Assign) -> str:
    if len(node.targets) > 1:
        return f"Set each of {listed([target(one) for one in node.targets])} to {expression_words(node.value)}."
    to, value = node.targets[0], node.value
    if isinstance(to, ast.Tuple) and isinstance(value, ast.Tuple) and len(to.elts) == len(value.elts):
        pairs = [f"{target(a)} to {part(b)}" for a, b in zip(to.elts, value.elts, strict=True)]
        return f"At the same time, set {listed(pairs)}."
    if isinstance(to, ast.Tuple | ast.List):
        return f"Take {target(to)} from {expression_words(value)}."
    return f"Set {target(to)} to {expression_words(value)}."


def _annotated(node: ast.AnnAssign) -> str:
    return (
        f"Set {target(node.target)} to {expression_words(node.value)}."
        if node.value
        else f"There is a variable {target(node.target)}."
    )


def _change(node: ast.AugAssign) -> str:
    phrase = _CHANGED.get(type(node.op))
    if phrase:
        return phrase.format(target(node.target), part(node.value))
    return f"Replace {target(node.target)} by {part(node.target)} {operator_words(node.op)} {part(node.value)}."


def _expression(node: ast.Expr) -> str:
    call = node.value
    if isinstance(call, ast.Call) and not call.keywords:
        given = [part(argument) for argument in call.args]
        if isinstance(call.func, ast.Attribute) and (phrase := _CALLS.get((call.func.attr, len(given)))):
            return phrase.format(part(call.func.value), *given)
        if isinstance(call.func, ast.Name) and call.func.id == "print":
            said = given if len(given) > 1 else [expression_words(argument) for argument in call.args]
            return f"Print {listed(said)}." if said else "Print an empty line."
    return f"Carry out {expression_words(call)}."


def _modules(node: ast.Import) -> str:
    return f"Use {listed([_alias(alias) for alias in node.names])}."


def _alias(alias: ast.alias) -> str:
    return alias.name + (f" as {alias.asname}" if alias.asname else "")


def _failure(node: ast.Raise) -> str:
    return f"Fail with {expression_words(node.exc)}." if node.exc else "Fail again in the same way."


_SIMPLE: dict[type[ast.stmt], Callable[..., str]] = {
    ast.Return: lambda node: f"Return {expression_words(node.value)}." if node.value else "Return without a result.",
    ast.Assign: _assign,
    ast.AnnAssign: _annotated,
    ast.AugAssign: _change,
    ast.Expr: _expression,
    ast.Break: lambda _: "Leave the loop.",
    ast.Continue: lambda _: "Go on with the next round of the loop.",
    ast.Import: _modules,
    ast.ImportFrom: lambda node: f"Use {listed([_alias(a) for a in node.names])} of {node.module or 'this package'}.",
    ast.Assert: lambda node: f"Require that {condition(node.test)}.",
    ast.Raise: _failure,
    ast.Delete: lambda node: f"Delete {listed([expression_words(one) for one in node.targets])}.",
    ast.Global: lambda node: f"Share {listed(node.names)} with the whole program.",
    ast.Nonlocal: lambda node: f"Share {listed(node.names)} with the function around.",
}
