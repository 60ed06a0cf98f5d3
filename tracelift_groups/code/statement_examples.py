"""Finds the examples in a problem statement, and makes tests of them for problems without tests.

Input and output are found under headings ("Examples", "Input", "Output", "Sample Input 1", with #, * or - around them)
or in fenced blocks. Calls are found in interpreter form (`>>> f(1)` and the result below) or as `f(1) == 2`,
`f(1) → 2`, `f(1) returns 2`. Other forms are not found.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from doctest import DocTestParser

from tracelift_groups.code.python_source import expression_of, is_literal
from tracelift_groups.records.seed import FROM_STATEMENT, Seed, Test

_SIDES = r"[\s#*=>_-]*"
_EXAMPLES = re.compile(rf"{_SIDES}(?:sample|example)s?(?:\s+(?:tests?|cases?))?\s*\d*{_SIDES}:?{_SIDES}", re.IGNORECASE)
_PART = re.compile(
    rf"{_SIDES}(?P<sample>sample|example)?\s*(?P<part>in|out)puts?\s*#?\d*{_SIDES}:?{_SIDES}", re.IGNORECASE
)
_END = re.compile(
    rf"{_SIDES}(?:notes?|explanations?|remarks?|constraints?|hints?|scoring|limits)\s*\d*{_SIDES}:?{_SIDES}|#+ .*",
    re.IGNORECASE,
)
_FENCE = re.compile(r"\s*(?:```|~~~)")
_RESULT = re.compile(r"\s*(?:==|=>|=|➞|→|->|➔|should return|returns?)\s*(.+)")
_CALL_LENGTH, _CALLS = 2_000, 200  # most characters of a call, and most calls, examined


def printed_examples(statement: str) -> list[tuple[str, str]]:
    """Input and output of each example of a program, in order, each ending in a newline."""
    found: list[tuple[list[str], list[str]]] = []
    part: list[str] | None = None
    among_examples = fenced = False
    for line in statement.splitlines():
        if _FENCE.match(line):
            if fenced:
                part = None
            fenced = not fenced
        elif fenced:
            if part is not None:
                part.append(line)
        elif heading := _PART.fullmatch(line):
            among_examples = among_examples or bool(heading["sample"])
            part = None
            if among_examples and heading["part"].lower() == "in":
                found.append(([], []))
                part = found[-1][0]
            elif among_examples and found:
                part = found[-1][1]
        elif _EXAMPLES.fullmatch(line):
            among_examples, part = True, None
        elif _END.fullmatch(line):
            part = None
        elif part is not None:
            if not line.strip() and found and part is found[-1][1] and any(part):
                part = None  # text below an output explains it
            else:
                part.append(line)
    return [(_block(given), _block(shown)) for given, shown in found if any(map(str.strip, shown))]


def shown_calls(statement: str, entry_point: str) -> set[str]:
    """The calls of a function that a statement shows, each as its `form_of`, for comparison."""
    return {form for call, _ in called_examples(statement, entry_point) if (form := form_of(call))}


def form_of(call: str) -> str:
    """A call in a form that ignores spelling; empty if it is not an expression."""
    tree = expression_of(call)
    return "" if tree is None else ast.dump(tree)


def called_examples(statement: str, entry_point: str) -> list[tuple[str, str]]:
    """Call and result, as written, of each example of a function; the result is empty if none can be read."""
    pairs = dict(_interpreter(statement, entry_point))
    for call, rest in _calls(statement, entry_point):
        result = _RESULT.match(rest)
        value = result[1].strip().rstrip(".,;") if result else ""
        if not pairs.get(call):
            pairs[call] = value if value and is_literal(value) else ""
    return list(pairs.items())


def with_tests(seed: Seed) -> Seed:
    """The seed; if it has no tests, it gets those that its statement shows, tagged sample."""
    if seed.tests:
        return seed
    if seed.entry_point:
        pairs = called_examples(seed.problem, seed.entry_point)
        found = [Test(assertion=f"assert {call} == {value}", tag="sample") for call, value in pairs if value]
    else:
        found = [Test(given, shown, tag="sample") for given, shown in printed_examples(seed.problem)]
    return replace(seed, tests=tuple(replace(test, source=FROM_STATEMENT) for test in found))


def _block(lines: list[str]) -> str:
    return "\n".join(line.rstrip() for line in lines).strip("\n") + "\n"


def _interpreter(statement: str, entry_point: str) -> Iterator[tuple[str, str]]:
    try:
        examples = DocTestParser().get_examples(statement)
    except ValueError:  # lines that look like an example but are not one
        return
    for example in examples:
        call, value = example.source.strip().split("  #")[0], example.want.strip()
        if f"{entry_point}(" in call and expression_of(call) is not None:
            yield call, value if value and is_literal(value) else ""


def _calls(statement: str, entry_point: str) -> Iterator[tuple[str, str]]:
    """Each call in the text, with the rest of its line."""
    starts = re.finditer(rf"(?<!def )(?<![\w.]){re.escape(entry_point)}\s*\(", statement)
    for start, _ in zip(starts, range(_CALLS), strict=False):
        text = statement[start.start() : start.start() + _CALL_LENGTH]
        depth = 0
        for place, sign in enumerate(text):
            depth += (sign in "([{") - (sign in ")]}")
            if depth == 0 and sign == ")":
                call = text[: place + 1]
                if expression_of(call) is not None:
                    yield call, text[place + 1 :].split("\n")[0]
                break
