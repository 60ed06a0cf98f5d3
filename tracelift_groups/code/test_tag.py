"""Tags a test as sample, edge or hidden from its text.

- sample: the statement shows its input or its call. A trace may quote it, so it is never part of a reward.
- edge: the input is empty or a single word, has 0 as its first line, or contains a negative number; or the call has an
  argument that is empty, has one element, is zero, None or negative.
- hidden: any other. `large` is never inferred.
"""

import ast
import re
from collections.abc import Collection

from tracelift_groups.code.python_source import calls_of, tree_of

_NEGATIVE = re.compile(r"-\d+(?:\.\d+)?")


def text_tag(given: str, shown: Collection[tuple[str, ...]]) -> str:
    """The tag of a test by its input; `shown` holds the inputs that the statement shows, as words."""
    words = tuple(given.split())
    if words in shown:
        return "sample"
    first = given.strip().partition("\n")[0].strip()
    return "edge" if len(words) <= 1 or first == "0" or any(map(_NEGATIVE.fullmatch, words)) else "hidden"


def call_tag(assertion: str, entry_point: str, shown: Collection[str]) -> str:
    """The tag of a test by its calls of the entry point; `shown` comes from `statement_examples.shown_calls`."""
    tree = tree_of(assertion)
    calls = [] if tree is None else list(calls_of(tree, entry_point))
    if calls and all(ast.dump(call) in shown for call in calls):
        return "sample"
    return "edge" if any(_is_extreme(argument) for call in calls for argument in call.args) else "hidden"


def _is_extreme(node: ast.expr) -> bool:
    match node:
        case ast.List(elts) | ast.Tuple(elts) | ast.Set(elts):
            return len(elts) <= 1
        case ast.Dict(keys):
            return len(keys) <= 1
        case ast.Constant(value):
            return value is None or (isinstance(value, str | bytes) and len(value) <= 1) or _is_zero(value)
        case ast.UnaryOp(ast.USub(), ast.Constant()):
            return True
    return False


def _is_zero(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value == 0
