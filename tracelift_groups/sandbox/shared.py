"""One sandbox per process, opened on first use and closed when the process exits.

It has one worker: callers that run programs in parallel use several processes. If the sandbox can't be opened, every
later call raises the same error without another attempt.
"""

import atexit
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracelift_groups.errors import InfrastructureError, SandboxError

if TYPE_CHECKING:
    from tracelift_groups.sandbox.host.limits import Limits
    from tracelift_groups.sandbox.host.sandbox import Sandbox
    from tracelift_groups.sandbox.host.test_case import AssertionTest, SandboxTest
    from tracelift_groups.sandbox.host.verdict import Verdict


@dataclass
class _Opened:
    owner: int = 0
    sandbox: "Sandbox | None" = None
    refusal: str = ""
    key: bytes | None = None


_opened = _Opened()


def repeat_with(seed: int) -> None:
    """Derive the random numbers of assertion tests from a run's seed, so that its results repeat.

    Without this call they differ from one process to the next. It has no effect on a sandbox that is open already.
    """
    _opened.key = f"run {seed}".encode()


def run_tests(
    program: str,
    tests: "Sequence[SandboxTest]",
    limits: "Limits | None" = None,
    *,
    stop_at_first_failure: bool = False,
) -> "list[Verdict]":
    """A verdict for each test, in order, as `Sandbox.run` gives them.

    Raises InfrastructureError if programs can't be isolated here.
    """
    return _sandbox().run(program, tests, limits, stop_at_first_failure=stop_at_first_failure)


def tests_nothing(test: "AssertionTest") -> bool:
    """Whether an assertion passes whatever the program does. Raises InfrastructureError as `run_tests` does."""
    return _sandbox().tests_nothing(test)


def _sandbox() -> "Sandbox":
    if _opened.owner != os.getpid():  # a fork must not use its parent's workers
        _opened.owner, _opened.sandbox, _opened.refusal = os.getpid(), None, ""
    if _opened.sandbox is None and not _opened.refusal:
        from tracelift_groups.sandbox.host.sandbox import Sandbox

        try:
            _opened.sandbox = Sandbox(workers=1, key=_opened.key)
        except SandboxError as error:
            _opened.refusal = str(error)
        else:
            atexit.register(_opened.sandbox.close)
    if _opened.sandbox is None:
        raise InfrastructureError(_opened.refusal)
    return _opened.sandbox
