import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracelift_groups import read_seeds
from tracelift_groups.code.plan.expression import UntoldError, expression_words
from tracelift_groups.code.plan.narrate import narrate, plan_text
from tracelift_groups.records.seed import Seed
from tracelift_groups.records.trace import Trace

COUNT = '''def count(xs, limit=3):
    """How many are above the limit."""
    n = 0  # so far
    for i, x in enumerate(xs):
        if x > limit and i % 2 == 0:
            n += 1
        elif not x:
            pass
            break
    return n
'''


def told(program: str) -> str:
    return plan_text(narrate(program, ast.parse(program)))


def test_a_program_becomes_nested_bullets_one_a_statement() -> None:
    assert told(COUNT).splitlines() == [
        "- The function count takes xs and limit (3 unless given):",
        "  - Set n to 0.",
        "  - For each i and x in the items of xs with their positions:",
        "    - If x is greater than limit and i modulo 2 equals 0:",
        "      - Add 1 to n.",
        "    - Otherwise, if it is not so that x counts as true:",
        "      - Leave the loop.",
        "  - Return n.",
    ]


def test_each_sentence_is_tied_to_the_text_of_its_statement() -> None:
    spans = [COUNT[sentence.start : sentence.end].strip() for sentence in narrate(COUNT, ast.parse(COUNT))]
    assert spans[1] == "n = 0"
    assert spans[3] == "if x > limit and i % 2 == 0:"
    assert spans[4] == "n += 1"
    assert spans[5].endswith("elif not x:") or "not x" in spans[5]
    assert spans[-1] == "return n"


def test_spans_count_characters_where_the_program_is_not_ascii() -> None:
    program = 'def f(x):\n    s = "äöü→"; return s + x\n'
    sentences = narrate(program, ast.parse(program))
    assert [program[s.start : s.end] for s in sentences[1:]] == ['s = "äöü→"', "return s + x"]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("a[i] <= n + 2", "the item at i of a is at most n plus 2"),
        ("(a + b) * c", "(a plus b) times c"),
        ("a + b * c", "a plus (b times c)"),
        ("a + b + c", "a plus b plus c"),
        ("a - (b - c)", "a minus (b minus c)"),
        ("len(xs) - 1", "the length of xs minus 1"),
        ("len(xs + ys)", "the length of (xs plus ys)"),
        ("max(a, b, 2)", "the larger of a, b and 2"),
        ("xs[1:n]", "the part of xs from 1 up to but not including n"),
        ("xs[::-1]", "all of xs in steps of -1"),
        ("1 < x <= n", "1 is less than x, which is at most n"),
        ("[x * x for x in xs if x]", "the list of x times x for each x in xs where x counts as true"),
        ("'a b'.split()", 'the words of the text "a b"'),
        ("''", "the empty text"),
        ("sorted(xs, reverse=True)", "the sorted list of xs, with reverse set to true"),
        ("x if ok else None", "x if ok counts as true, otherwise nothing"),
        ("-3", "-3"),
        ("f(x)", "the result of f for x"),
        ("math.sqrt(n)", "the result of math's sqrt for n"),
    ],
)
def test_an_expression_is_told_in_words_that_keep_its_grouping(code: str, words: str) -> None:
    assert expression_words(ast.parse(code, mode="eval").body) == words


@pytest.mark.parametrize(
    "program", ["class A:\n    x = 1\n", "def f():\n    yield 1\n", "@cache\ndef f():\n    return 1\n"]
)
def test_what_there_are_no_words_for_is_refused_and_not_left_out(program: str) -> None:
    with pytest.raises(UntoldError, match="can't be told"):
        told(program)


def test_layout_and_comments_change_nothing() -> None:
    other = ast.unparse(ast.parse(COUNT))
    assert other != COUNT
    assert told(other) == told(COUNT)


def test_every_bundled_program_is_told_in_steps_of_one_sentence() -> None:
    programs = [seed.program for seed in read_seeds("bundled:code") if isinstance(seed, Seed) and seed.program]
    assert len(programs) > 40
    for program in programs:
        sentences = narrate(program, ast.parse(program))
        assert len(Trace.read(plan_text(sentences)).steps) == len(sentences)
        assert not any(line.strip() in plan_text(sentences) for line in program.splitlines() if len(line.strip()) > 8)


NAMES = st.sampled_from(["a", "b", "n"])
EXPRESSIONS = st.recursive(
    NAMES | st.integers(0, 9).map(str),
    lambda inner: (
        st.builds("({} {} {})".format, inner, st.sampled_from("+-*/%"), inner)
        | st.builds("{}[{}]".format, NAMES, inner)
        | st.builds("({} < {})".format, inner, inner)
        | st.builds("len({})".format, inner)
    ),
    max_leaves=6,
)


@given(EXPRESSIONS, EXPRESSIONS)
def test_different_arithmetic_has_different_words(one: str, other: str) -> None:
    left, right = (ast.parse(text, mode="eval").body for text in (one, other))
    assert (expression_words(left) == expression_words(right)) == (ast.dump(left) == ast.dump(right))
