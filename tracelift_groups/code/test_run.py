"""Runs a program on the tests of a seed, with a verdict that depends on no clock, and finds the first that it fails."""

from dataclasses import dataclass

from tracelift_groups.code.gold import sandbox_tests
from tracelift_groups.errors import InfrastructureError, RecordError, SandboxError, shorten
from tracelift_groups.records.seed import Seed, Test
from tracelift_groups.sandbox.host.limits import Limits
from tracelift_groups.sandbox.host.verdict import NO_VERDICT
from tracelift_groups.sandbox.shared import run_tests

# Executed lines of one test, above which a program counts as one that does not end. Few enough that even a loop over
# ever larger numbers gets there before the clock ends it. The benchmark `code_groups` counts programs that need more.
LINES = 200_000
# Endings that depend on the machine and its load, and prove nothing.
_BY_THE_MACHINE = ("crashed", "memory_limit")


@dataclass(frozen=True)
class Failure:
    """The first test, by index, that a program fails, and how."""

    index: int
    test: Test
    status: str

    @property
    def shown(self) -> str:
        """`wrong_answer on test 3`."""
        return f"{self.status} on test {self.index + 1}"


def first_failure(program: str, seed: Seed) -> Failure | None:
    """The first test that the program fails; None when it passes all.

    RecordError where a test gives no verdict on the program, or only a clock ended it: such a result would differ from
    one machine to the next. InfrastructureError where programs can't be run here.
    """
    if not seed.tests:
        raise RecordError(f"Problem {seed.problem_id} has no tests.")
    try:
        verdicts = run_tests(program, sandbox_tests(seed), Limits(lines=LINES), stop_at_first_failure=True)
    except SandboxError as error:
        raise InfrastructureError(error.what, error.todo) from error
    last = verdicts[-1]
    if last.passed:
        return None
    where = f"test {len(verdicts)}"
    if last.status in NO_VERDICT:
        raise RecordError(f"The program can't be judged by {where}: {shorten(last.why, 200)}.")
    if last.status in _BY_THE_MACHINE or (last.status == "timeout" and "lines" not in last.why):
        raise RecordError(f"The program was ended by the machine on {where}: {shorten(last.why, 200)}.")
    return Failure(len(verdicts) - 1, seed.tests[len(verdicts) - 1], last.status)
