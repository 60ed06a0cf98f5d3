"""Other people's Python, read without running it."""

import ast

from hypothesis import given
from hypothesis import strategies as st

from tracelift_groups.code.python_source import is_literal, needed, tidy, tree_of


def test_tabs_become_four_spaces_where_that_means_the_same_and_eight_elsewhere() -> None:
    assert tidy("def f():\r\n\treturn 1\r\n") == "def f():\n    return 1\n"
    mixed = "if x:\n    if y:\n\tz = 1\n"
    assert tidy(mixed) == "if x:\n    if y:\n        z = 1\n"


def test_what_an_assertion_rests_on_comes_with_it_but_not_the_entry_point() -> None:
    program = tree_of("import math\nK = 2\ndef other():\n    return K\ndef f():\n    return other()\nunused = 1\n")
    assert program is not None
    code = needed("assert f() == other() + math.pi", program, "f")
    assert code == "import math\nK = 2\ndef other():\n    return K"


def test_code_that_is_too_deep_is_not_read() -> None:
    assert tree_of("x = " + "-" * 2_000 + "1") is None
    assert tree_of("x = " + "1 + " * 2_000 + "1") is None
    assert not is_literal("[" * 150 + "]" * 150)


@given(st.text() | st.text(alphabet="()[]{}'\"\\\n\t:=+-*1fx "))
def test_any_text_has_a_tree_or_none(text: str) -> None:
    assert isinstance(tree_of(text), ast.Module | None)
    assert isinstance(is_literal(text), bool)
    assert "\r" not in tidy(text)
