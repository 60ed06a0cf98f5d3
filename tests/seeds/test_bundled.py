"""The problems that come with the package."""

import re
from dataclasses import replace
from functools import cache

import pytest

from tracelift_groups import Limits, Sandbox
from tracelift_groups.code.gold import sandbox_tests
from tracelift_groups.code.statement_examples import with_tests
from tracelift_groups.errors import SourceError
from tracelift_groups.ingest.source import read_seeds
from tracelift_groups.records.seed import Seed


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


SHORT = Limits(cpu_seconds=0.5)
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
    (r"\+ duration", "- duration"),
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
            if all(all(verdict.passed for verdict in sandbox.run(mutant, small[:6], SHORT)) for mutant in mutants):
                survivors.append(seed.problem_id)
    assert not survivors


SLOW = {
    "rain gauge": """
n, k = map(int, input().split())
readings = list(map(int, input().split()))
best, day = -1, 0
for start in range(n - k + 1):
    total = 0
    for place in range(start, start + k):
        total += readings[place]
    if total > best:
        best, day = total, start + 1
print(best, day)
""",
    "seed bank": """
n, q = map(int, input().split())
weights = list(map(int, input().split()))
for _ in range(q):
    low, high = map(int, input().split())
    count = 0
    for weight in weights:
        count += low <= weight <= high
    print(count)
""",
}


@pytest.mark.parametrize("words", SLOW)
def test_a_quadratic_program_executes_many_more_lines_than_the_reference_on_the_large_test(words: str) -> None:
    (seed,) = [seed for seed in code() if words in seed.problem]
    large = sandbox_tests(seed)[[test.tag for test in seed.tests].index("large")]
    with Sandbox(Limits(lines=10**9), workers=1) as sandbox:
        (fast,) = sandbox.run(seed.program or "", [large])
        (slow,) = sandbox.run(SLOW[words], [large])
    assert fast.passed
    assert slow.passed
    assert (slow.lines or 0) > 20 * (fast.lines or 10**9)
