"""Checks that a code seed's reference program passes the seed's tests in the sandbox, twice with the same outcome.

The tests themselves are checked before anything runs. Without a verdict from the sandbox, InfrastructureError is
raised: the seed is neither accepted nor dropped. For a seed without a program only the tests are checked.
"""

import re
from collections.abc import Sequence

from tracelift_groups.code.python_source import tree_of
from tracelift_groups.code.statement_examples import called_examples, printed_examples
from tracelift_groups.errors import InfrastructureError, SandboxError, shorten
from tracelift_groups.records.seed import TEST_LIMIT, TESTS_LIMIT, Seed, Test
from tracelift_groups.records.stage import Drop
from tracelift_groups.sandbox.host.argument import is_dotted_name
from tracelift_groups.sandbox.host.test_case import AssertionTest, SandboxTest, StdioTest
from tracelift_groups.sandbox.host.verdict import Verdict
from tracelift_groups.sandbox.shared import run_tests, tests_nothing

_MISSING_MODULE = re.compile(r"ModuleNotFoundError: No module named '([^']+)'")
_NAME = re.compile(r"\w+")
_BROKEN_TEST = "the test itself is broken"


def check_program(seed: Seed) -> Drop | None:
    """None if the program passes, else the drop with its rule.

    no-tests, no-examples, no-entry-point, test-without-output, test-without-assertion, test-too-large, broken-test,
    test-untestable; gold-does-not-compile, gold-missing-package, gold-never-ends, gold-fails-test,
    gold-not-deterministic.
    """
    fault = _fault_of_tests(seed)
    if fault:
        return _drop(seed, *fault)
    try:
        tests = sandbox_tests(seed)
    except SandboxError as error:
        return _drop(seed, "broken-test", str(error), None)
    try:
        fault = _fault_without_program(seed, tests)
        if fault or not seed.program:
            return _drop(seed, *fault) if fault else None
        # The first test alone: most programs that fail or never end do so on any test.
        first = run_tests(seed.program, tests[:1])
        if first[0].passed:
            first += run_tests(seed.program, tests[1:])
        fault = _fault_of_run(seed, first)
        if fault and fault[0] not in ("gold-fails-test", "gold-missing-package"):
            return _drop(seed, *fault)
        changed = _difference(first, run_tests(seed.program, tests[: len(first)]))
    except SandboxError as error:
        raise InfrastructureError(error.what, error.todo) from error
    if changed is not None:
        fault = ("gold-not-deterministic", f"Two runs of the reference program on test {changed + 1} differ.", changed)
    return _drop(seed, *fault) if fault else None


def sandbox_tests(seed: Seed) -> list[StdioTest | AssertionTest]:
    """A seed's tests as sandbox tests.

    Output is compared line by line, or word by word if metadata.compare is "tokens", as most contest sites do. Numbers
    in it may differ by metadata.tolerance. Raises SandboxError for a tolerance that is none.
    """
    tokens, tolerance = seed.metadata.get("compare") == "tokens", seed.metadata.get("tolerance")
    return [_sandbox_test(test, seed.entry_point or "", tokens, tolerance) for test in seed.tests]


def _sandbox_test(test: Test, entry_point: str, tokens: bool, tolerance: float | None) -> StdioTest | AssertionTest:
    if test.assertion is not None:
        return AssertionTest(test.assertion, entry_point)
    return StdioTest(test.input or "", test.output or "", tokens, tolerance)


def _fault_of_tests(seed: Seed) -> tuple[str, str, int | None] | None:
    """Rule, reason and test index of the first fault in the tests; None without one."""
    if not seed.tests:
        named = called_examples(seed.problem, seed.entry_point) if seed.entry_point else []
        if named or printed_examples(seed.problem):
            return "no-tests", "The seed has no tests.", None
        return "no-examples", "The seed has no tests, and its statement shows no example to take one from.", None
    for index, test in enumerate(seed.tests):
        length = sum(len(text) for text in (test.input, test.output, test.assertion) if text)
        if length > TEST_LIMIT:
            reason = f"Test {index + 1} has {length:,} characters; at most {TEST_LIMIT:,} are used. Leave it out."
            return "test-too-large", reason, index
        if test.output is not None and not test.output.strip():
            return "test-without-output", f"Test {index + 1} expects no output, so any program passes it.", index
        if test.assertion is None:
            continue
        if not seed.entry_point:
            return "no-entry-point", f"Test {index + 1} calls a function, but the seed names no entry_point.", index
        if not is_dotted_name(seed.entry_point):
            return "no-entry-point", f"The entry_point {shorten(seed.entry_point)} is no Python name.", index
        tree = tree_of(test.assertion)
        if tree is None:
            return "broken-test", f"The assertion of test {index + 1} is not Python.", index
        if not {*seed.entry_point.split(".")} & {*_NAME.findall(test.assertion)}:
            return "test-without-assertion", f"Test {index + 1} never calls {shorten(seed.entry_point)}.", index
    total = sum(len(text) for test in seed.tests for text in (test.input, test.output, test.assertion) if text)
    if total > TESTS_LIMIT:
        reason = f"All tests together have {total:,} characters; at most {TESTS_LIMIT:,} are used. Leave some out."
        return "test-too-large", reason, None
    return None


def _fault_without_program(seed: Seed, tests: Sequence[SandboxTest]) -> tuple[str, str, int | None] | None:
    """Rule, reason and index of the first test that passes whatever the program answers; None without one."""
    for index, test in enumerate(tests):
        if isinstance(test, AssertionTest) and tests_nothing(test):
            name = shorten(seed.entry_point or "")
            reason = f"Test {index + 1} passes whatever {name} returns: it asserts nothing about the result."
            return "test-without-assertion", reason, index
    return None


def _fault_of_run(seed: Seed, verdicts: list[Verdict]) -> tuple[str, str, int | None] | None:
    """Rule, reason and index of the first test that did not pass; None if all passed."""
    index = next((index for index, verdict in enumerate(verdicts) if not verdict.passed), None)
    if index is None:
        return None
    verdict, where = verdicts[index], f"test {index + 1} ({seed.tests[index].tag})"
    why = shorten(verdict.why, 300)
    if verdict.status == "infrastructure_error":
        if verdict.why.startswith(_BROKEN_TEST):
            return "broken-test", f"The assertion of {where} can't be run: {why}.", index
        raise InfrastructureError(f"The sandbox gave no verdict on {where}: {why}", "Try the item again.")
    if verdict.status == "untestable":
        return "test-untestable", f"The reference program can't be judged by {where}: {why}", index
    if verdict.status == "compile_error":
        return "gold-does-not-compile", f"The reference program does not compile: {why}.", None
    if verdict.status == "timeout":
        return "gold-never-ends", f"The reference program does not come to an end on {where}: it {why}.", index
    if module := _MISSING_MODULE.search(verdict.why):
        reason = f"The reference program imports {module[1]}, which is not in Python's standard library."
        return "gold-missing-package", reason, index
    return "gold-fails-test", f"The reference program fails {where}: {verdict.status}, {why}.", index


def _difference(first: list[Verdict], second: list[Verdict]) -> int | None:
    """The index of the first test on which the two runs differ; None without one."""
    for index, (one, other) in enumerate(zip(first, second, strict=True)):
        if other.status == "infrastructure_error":
            raise InfrastructureError(f"The sandbox gave no verdict on test {index + 1}: {other.why}", "Try again.")
        if (one.status, one.stdout) != (other.status, other.stdout):
            return index
    return None


def _drop(seed: Seed, rule: str, reason: str, test: int | None) -> Drop:
    where = ", ".join(part for part in (seed.place, "" if test is None else f"test {test + 1}") if part)
    return Drop("seed", seed.problem_id, rule, reason, raw=shorten(seed.program or seed.problem, 2_000), place=where)
