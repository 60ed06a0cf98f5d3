from dataclasses import replace

import pytest
from code_seeds import ABOVE

from tracelift_groups.code.test_run import first_failure
from tracelift_groups.errors import RecordError

PROGRAM = ABOVE.program or ""


def test_the_first_test_that_fails_is_named() -> None:
    assert first_failure(PROGRAM, ABOVE) is None
    failure = first_failure(PROGRAM.replace("> limit", ">= limit"), ABOVE)
    assert failure is not None
    assert (failure.index, failure.status, failure.test) == (0, "wrong_answer", ABOVE.tests[0])


def test_a_loop_that_does_not_end_fails_by_counted_lines() -> None:
    failure = first_failure("def above(xs, limit):\n    n = 1\n    while n > 0:\n        n = n * 10\n", ABOVE)
    assert failure is not None
    assert failure.shown == "timeout on test 1"


@pytest.mark.parametrize("program", ["import os\nos.kill(os.getpid(), 9)", "x = [0] * 10**10"])
def test_what_the_machine_ended_proves_nothing(program: str) -> None:
    with pytest.raises(RecordError, match="ended by the machine"):
        first_failure(program, ABOVE)


def test_without_tests_there_is_no_verdict() -> None:
    with pytest.raises(RecordError, match="no tests"):
        first_failure(PROGRAM, replace(ABOVE, tests=()))
