"""The problems that come with the package."""

import re
from dataclasses import replace
from functools import cache

import pytest

from tracelift_groups.errors import SourceError
from tracelift_groups.examples import with_tests
from tracelift_groups.program_gold import sandbox_tests
from tracelift_groups.sandbox import Limits, Sandbox
from tracelift_groups.seed import Seed
from tracelift_groups.source import read_seeds


@cache
def code() -> tuple[Seed, ...]:
    return tuple(seed for seed in read_seeds("bundled:code") if isinstance(seed, Seed))


def test_every_bundled_row_is_a_seed_with_its_own_id_and_tags() -> None:
    seeds = list(read_seeds("bundled:all"))
    assert len(seeds) >= 130
    assert all(isinstance(seed, Seed) for seed in seeds)
    assert len({seed.problem_id for seed in seeds if isinstance(seed, Seed)}) == len(seeds)
    assert all(isinstance(seed, Seed) and {"topic", "difficulty"} <= set(seed.metadata) for seed in seeds)


def test_math_alone_is_bundled_unless_said() -> None:
    assert list(read_seeds("bundled")) == list(read_seeds("bundled:math"))
    assert list(read_seeds("bundled:all")) == [*read_seeds("bundled:math"), *read_seeds("bundled:code")]


def test_an_unknown_part_is_refused() -> None:
    with pytest.raises(SourceError, match="bundled:code"):
        list(read_seeds("bundled:chemistry"))


def test_there_are_twenty_functions_and_twenty_programs() -> None:
    functions = [seed for seed in code() if seed.entry_point]
    assert min(len(functions), len(code()) - len(functions)) >= 20
    assert sum(any(test.tag == "large" for test in seed.tests) for seed in code()) >= 30


def test_every_code_problem_has_samples_that_its_statement_shows_and_others_that_it_does_not() -> None:
    for seed in code():
        samples = [test for test in seed.tests if test.tag == "sample"]
        shown = with_tests(replace(seed, tests=())).tests
        plain = [replace(test, source="") for test in shown]
        assert samples == plain, seed.problem_id
        assert {"edge", "hidden"} <= {test.tag for test in seed.tests if test.rewards}


def test_every_plan_is_some_steps_of_plain_words() -> None:
    for seed in code():
        steps = (seed.solution or "").splitlines()
        assert 4 <= len(steps) <= 8, seed.problem_id
        assert len((seed.solution or "").split()) >= 40
        assert not re.search(r"[=\[\]{}_`]|\w\(|\bdef\b", seed.solution or ""), seed.problem_id
        assert all(step[0].isupper() and step[-1] == "." for step in steps), seed.problem_id


MUTATIONS = [
    (r"<= ", "< "),
    (r"< ", "<= "),
    (r"> ", ">= "),
    (r">= ", "> "),
    (r"\+= 1\b", "+= 2"),
    (r"\+ 1\b", "+ 2"),
    (r"\bmax\(", "min("),
    (r"\bmin\(", "max("),
    (r"== ", "!= "),
    (r"-crew\[1\]", "crew[1]"),
    (r"-sum\(", "sum("),
    (r"!= ", "== "),
    (r"\b1\b", "2"),
    (r" - ", " + "),
]


@pytest.fixture(scope="module")
def sandbox() -> Sandbox:
    return Sandbox(Limits(cpu_seconds=2), workers=1)


def test_every_program_passes_its_tests_and_not_when_it_is_changed(sandbox: Sandbox) -> None:
    survivors = []
    with sandbox:
        for seed in code():
            assert seed.program is not None
            tests = sandbox_tests(seed)
            assert all(verdict.passed for verdict in sandbox.run(seed.program, tests)), seed.problem_id
            small = [test for test, own in zip(tests, seed.tests, strict=True) if own.tag != "large"]
            changed = (re.sub(old, new, seed.program, count=1) for old, new in MUTATIONS)
            mutants = [program for program in changed if program != seed.program]
            if all(all(verdict.passed for verdict in sandbox.run(mutant, small)) for mutant in mutants):
                survivors.append(seed.problem_id)
    assert not survivors


def test_a_quadratic_program_executes_many_more_lines_than_the_reference_on_the_large_test() -> None:
    slow = {
        "pairs_within_budget": "def f(p, b):\n n = 0\n for i in range(len(p)):\n  for j in range(i):\n"
        "   n += p[i] + p[j] <= b\n return n\n",
        "balanced_cuts": "def f(n):\n c = 0\n for i in range(1, len(n)):\n  s = 0\n  for v in n[:i]:\n   s += v\n"
        "  c += 2 * s == sum(n)\n return c\n",
        "quiet_neighbours": "def f(l):\n o = []\n for i, v in enumerate(l):\n  n = 0\n"
        "  while n < i and l[i - 1 - n] <= v:\n   n += 1\n  o.append(n)\n return o\n",
    }
    limits = Limits(lines=10**9)
    with Sandbox(limits, workers=1) as sandbox:
        for seed in code():
            if seed.entry_point in slow:
                large = sandbox_tests(seed)[[test.tag for test in seed.tests].index("large")]
                (fast,) = sandbox.run(seed.program or "", [large])
                (other,) = sandbox.run(slow.pop(seed.entry_point).replace("def f", f"def {seed.entry_point}"), [large])
                assert fast.passed
                assert other.passed
                assert (other.lines or 0) > 10 * (fast.lines or 10**9)
    assert not slow
