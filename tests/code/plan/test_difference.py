import ast

import pytest

from tracelift_groups.code.plan.difference import difference

BASE = """def f(a, b):
    n = 0
    for i in range(len(a)):
        if a[i] > b:
            n += abs(i)
    return n
"""


def changed(before: str, after: str) -> str | None:
    assert BASE.count(before) >= 1
    found = difference(ast.parse(BASE), ast.parse(BASE.replace(before, after, 1)))
    return None if found is None else found.change


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        ("a[i] > b", "a[i] >= b", "boundary"),
        ("range(len(a))", "range(len(a) - 1)", "boundary"),
        ("a[i]", "a[i + 1]", "boundary"),
        ("a[i] > b", "a[i] <= b", "condition"),
        ("if a[i] > b", "if not a[i] > b", "condition"),
        ("n = 0", "n = 1", "initial"),
        ("n = 0", "n = -1", "initial"),
        ("a[i] > b", "a[i] < b", "operator"),
        ("n += abs", "n -= abs", "operator"),
        ("return n", "return i", "variable"),
        ("abs(i)", "i", "removed"),
        ("n += abs(i)", "pass", "removed"),
        ("n = 0", "n = []", ""),
        ("a[i] > b", "a[i] > 3 * b", ""),
    ],
)
def test_one_change_is_named_after_what_it_is(before: str, after: str, change: str) -> None:
    assert changed(before, after) == change


def test_two_changes_are_no_one_place() -> None:
    assert difference(ast.parse(BASE), ast.parse(BASE.replace("n = 0", "n = 1").replace("> b", ">= b"))) is None
    assert difference(ast.parse(BASE), ast.parse(BASE)) is None


def test_true_is_not_1() -> None:
    found = difference(ast.parse("x = 1"), ast.parse("x = True"))
    assert found is not None
