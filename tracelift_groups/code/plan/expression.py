"""An expression of a program in words: `a[i] <= n + 2` is "the item at i of a is at most n plus 2".

The words depend on the syntax tree only, so equal trees have equal words. Names and literals stay as they are written;
everything else is told. Parts that are themselves put together are set in parentheses, so that the grouping stays.
"""

import ast
import json
from collections.abc import Callable, Sequence

from tracelift_groups.code.plan.phrases import FUNCTIONS, METHODS
from tracelift_groups.errors import RecordError

_BINARY = {
    ast.Add: "plus",
    ast.Sub: "minus",
    ast.Mult: "times",
    ast.Div: "divided by",
    ast.FloorDiv: "floor-divided by",
    ast.Mod: "modulo",
    ast.Pow: "to the power of",
    ast.BitAnd: "bitwise-and",
    ast.BitOr: "bitwise-or",
    ast.BitXor: "bitwise-xor",
    ast.LShift: "shifted left by",
    ast.RShift: "shifted right by",
    ast.MatMult: "matrix-times",
}
_COMPARED = {
    ast.Eq: "equals",
    ast.NotEq: "differs from",
    ast.Lt: "is less than",
    ast.LtE: "is at most",
    ast.Gt: "is greater than",
    ast.GtE: "is at least",
    ast.Is: "is the same as",
    ast.IsNot: "is not the same as",
    ast.In: "is in",
    ast.NotIn: "is not in",
}
_COMPOSITE = (ast.BinOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.Lambda, ast.NamedExpr, ast.GeneratorExp, ast.UnaryOp)


class UntoldError(RecordError):
    """A part of a program that there are no words for here."""


def expression_words(node: ast.AST) -> str:
    """The expression in words. UntoldError for a kind of expression that can't be told."""
    tell = _TOLD.get(type(node))
    if tell is None:
        raise UntoldError(f"A program with {type(node).__name__} can't be told in sentences.")
    return tell(node)


def part(node: ast.AST) -> str:
    """The words of a part of something larger: in parentheses where they are put together themselves."""
    told = expression_words(node)
    return f"({told})" if isinstance(node, _COMPOSITE) and not is_negative(node) else told


def condition(node: ast.AST) -> str:
    """The words of something that holds or not: `x is in xs`, `xs is neither empty nor zero`."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return f"it is not so that {condition(node.operand)}"
    if isinstance(node, ast.BoolOp):
        parts = [f"({condition(v)})" if isinstance(v, ast.BoolOp) else condition(v) for v in node.values]
        return (" and " if isinstance(node.op, ast.And) else " or ").join(parts)
    told = expression_words(node)
    if isinstance(node, ast.Call) and told.startswith("whether "):
        return told.removeprefix("whether ")
    if isinstance(node, ast.Compare) or (isinstance(node, ast.Constant) and isinstance(node.value, bool)):
        return told
    return f"{part(node)} counts as true"


def _side(node: ast.AST) -> str:
    """The words of one side of a comparison, which binds weaker than arithmetic."""
    return expression_words(node) if isinstance(node, ast.BinOp | ast.UnaryOp) else part(node)


def listed(items: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join(filter(None, [", ".join(items[:-1]), *items[-1:]]))


def is_negative(node: ast.AST) -> bool:
    """Whether the expression is a negative number as a literal."""
    return (
        isinstance(node, ast.UnaryOp)
        and isinstance(node.op, ast.USub)
        and isinstance(node.operand, ast.Constant)
        and isinstance(node.operand.value, int | float)
    )


def range_words(call: ast.AST) -> str:
    """`from 1 up to but not including n` for a call of range; empty for anything else."""
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "range" and not call.keywords:
        ends = [expression_words(end) for end in call.args]
        return FUNCTIONS["range", len(ends)].format(*ends).removeprefix("the numbers ") if 1 <= len(ends) <= 3 else ""
    return ""


def _constant(node: ast.Constant) -> str:
    named = {True: "true", False: "false", None: "nothing"}
    if isinstance(node.value, bool) or node.value is None:
        return named[node.value]
    if isinstance(node.value, str):
        return f"the text {json.dumps(node.value, ensure_ascii=False)}" if node.value else "the empty text"
    if isinstance(node.value, int | float | complex):
        return repr(node.value)
    raise UntoldError(f"A program with the literal {node.value!r} can't be told in sentences.")


def _binary(node: ast.BinOp) -> str:
    sign = type(node.op)
    chained = isinstance(node.left, ast.BinOp) and type(node.left.op) is sign and sign in (ast.Add, ast.Mult)
    return f"{expression_words(node.left) if chained else part(node.left)} {_BINARY[sign]} {part(node.right)}"


def operator_words(sign: ast.operator) -> str:
    """`plus` for +."""
    return _BINARY[type(sign)]


def _unary(node: ast.UnaryOp) -> str:
    if is_negative(node):
        return f"-{expression_words(node.operand)}"
    lead = {ast.USub: "the negative of", ast.Not: "not", ast.Invert: "the complement of", ast.UAdd: "plus"}
    return f"{lead[type(node.op)]} {part(node.operand)}"


def _choice(node: ast.BoolOp) -> str:
    return (" and " if isinstance(node.op, ast.And) else " or ").join(map(part, node.values))


def _compare(node: ast.Compare) -> str:
    pairs = [f"{_COMPARED[type(op)]} {_side(right)}" for op, right in zip(node.ops, node.comparators, strict=True)]
    return f"{_side(node.left)} {', which '.join(pairs)}"


def _call(node: ast.Call) -> str:
    given = [part(argument) for argument in node.args]
    named = [f"{key.arg or 'further settings'} set to {part(key.value)}" for key in node.keywords]
    end = f", with {listed(named)}" if named else ""
    plain = not any(isinstance(argument, ast.Starred) for argument in node.args)
    if isinstance(node.func, ast.Name):
        phrase = FUNCTIONS.get((node.func.id, len(given))) if plain else None
        if phrase is None and node.func.id in ("max", "min") and len(given) > 1:
            return f"the {'larger' if node.func.id == 'max' else 'smaller'} of {listed(given)}{end}"
        return (phrase.format(*given) if phrase else _applied(node.func.id, given)) + end
    if isinstance(node.func, ast.Attribute):
        phrase = METHODS.get((node.func.attr, len(given))) if plain else None
        owner = part(node.func.value)
        return (phrase.format(owner, *given) if phrase else _applied(f"{owner}'s {node.func.attr}", given)) + end
    return _applied(part(node.func), given) + end


def _applied(name: str, given: Sequence[str]) -> str:
    return f"the result of {name}" + (f" for {listed(given)}" if given else "")


def _item(node: ast.Subscript) -> str:
    owner = part(node.value)
    if not isinstance(node.slice, ast.Slice):
        return f"the item at {part(node.slice)} of {owner}"
    low, high, step = node.slice.lower, node.slice.upper, node.slice.step
    if low is None and high is None:
        return f"all of {owner}" + (f" in steps of {part(step)}" if step else "")
    ends = [f"from {part(low)}" if low else "from the start", f"up to but not including {part(high)}" if high else "on"]
    return f"the part of {owner} {' '.join(ends)}" + (f" in steps of {part(step)}" if step else "")


def _collection(noun: str) -> Callable[[ast.List | ast.Set | ast.Tuple], str]:
    return lambda node: f"a {noun} with {listed([part(i) for i in node.elts])}" if node.elts else f"an empty {noun}"


def _dictionary(node: ast.Dict) -> str:
    if not node.keys:
        return "an empty dictionary"
    pairs = zip(node.keys, node.values, strict=True)
    return "a dictionary with " + listed([f"{part(v)} for {part(k)}" if k else f"all of {part(v)}" for k, v in pairs])


def _loops(generators: Sequence[ast.comprehension]) -> str:
    said = []
    for loop in generators:
        each = range_words(loop.iter)
        said.append(
            f"for each {target(loop.target)} {each}" if each else f"for each {target(loop.target)} in {part(loop.iter)}"
        )
        said += [f"where {condition(test)}" for test in loop.ifs]
    return " ".join(said)


def target(node: ast.AST) -> str:
    """The variables that a loop or an assignment sets."""
    return (
        listed([target(item) for item in node.elts])
        if isinstance(node, ast.Tuple | ast.List)
        else expression_words(node)
    )


def _comprehension(noun: str) -> Callable[[ast.ListComp | ast.SetComp | ast.GeneratorExp], str]:
    return lambda node: f"{noun}{_side(node.elt)} {_loops(node.generators)}"


def _function(node: ast.Lambda) -> str:
    given = listed([argument.arg for argument in node.args.args]) or "nothing"
    return f"the function of {given} that gives {part(node.body)}"


_TOLD: dict[type[ast.AST], Callable[..., str]] = {
    ast.Name: lambda node: node.id,
    ast.Constant: _constant,
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.BoolOp: _choice,
    ast.Compare: _compare,
    ast.Call: _call,
    ast.Attribute: lambda node: f"{part(node.value)}'s {node.attr}",
    ast.Subscript: _item,
    ast.List: _collection("list"),
    ast.Tuple: _collection("tuple"),
    ast.Set: _collection("set"),
    ast.Dict: _dictionary,
    ast.ListComp: _comprehension("the list of "),
    ast.SetComp: _comprehension("the set of "),
    ast.GeneratorExp: _comprehension(""),
    ast.DictComp: lambda node: f"the dictionary with {part(node.value)} for {part(node.key)} {_loops(node.generators)}",
    ast.IfExp: lambda node: f"{part(node.body)} if {condition(node.test)}, otherwise {part(node.orelse)}",
    ast.Lambda: _function,
    ast.JoinedStr: lambda node: "the text made of " + listed([expression_words(value) for value in node.values]),
    ast.FormattedValue: lambda node: (
        part(node.value) + (f" in the format {expression_words(node.format_spec)}" if node.format_spec else "")
    ),
    ast.Starred: lambda node: f"all items of {part(node.value)}",
    ast.NamedExpr: lambda node: f"{node.target.id}, set to {part(node.value)}",
}
