"""Runs untrusted programs against tests on a pool of workers, from any number of threads or from asyncio."""

import asyncio
import os
import queue
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial

from tracelift_groups.errors import InfrastructureError, SandboxError
from tracelift_groups.sandbox.host.argument import (
    refused_argument,
    require_choice,
    require_count,
    require_items,
    require_text,
)
from tracelift_groups.sandbox.host.limits import Limits
from tracelift_groups.sandbox.host.test_case import AssertionTest, CallTest, SandboxTest, StdioTest
from tracelift_groups.sandbox.host.verdict import Verdict
from tracelift_groups.sandbox.host.worker import TierRefusedError, Worker, WorkerLostError
from tracelift_groups.sandbox.protocol.tier import TIERS, Tier, refusal

_ATTEMPTS = 2
_MAX_WORKERS, _MAX_KEY = 1000, 64


class Sandbox:
    """Workers that run programs in isolation. Close it, or use it in a `with`.

    Uses the best tier of this machine. `consent` is the lowest acceptable tier: B for programs from a model or from an
    unknown source, C for programs of your own problem sets, D (no isolation) only for programs that you would run by
    hand. `only` accepts one tier and no other. Raises SandboxError for a wrong argument and if no acceptable tier is
    available. `workers`: None means one per core.

    A worker that dies is replaced and its program retried once; a second failure gives infrastructure_error.

    The random numbers of assertion tests derive from test, program and `key`, at most 64 bytes, so that no program can
    foretell them. Without a key they differ from one Sandbox to the next.
    """

    def __init__(
        self,
        limits: Limits | None = None,
        workers: int | None = None,
        consent: Tier = "B",
        only: Tier | None = None,
        key: bytes | None = None,
    ) -> None:
        _require_limits(limits)
        if workers is not None:
            require_count("argument workers", workers, _MAX_WORKERS)
        require_choice("argument consent", consent, TIERS)
        if only is not None:
            require_choice("argument only", only, TIERS)
        if key is not None and (not isinstance(key, bytes) or len(key) > _MAX_KEY):
            raise refused_argument("key", f"at most {_MAX_KEY} bytes", key)
        self.limits = limits or Limits()
        self._key = os.urandom(16) if key is None else key
        self._owner = os.getpid()
        self._count = workers or _cores()
        self._idle: queue.LifoQueue[Worker | None] = queue.LifoQueue()
        self._threads: ThreadPoolExecutor | None = None
        self._lock = threading.Lock()
        self._closed = False
        first = _best_worker(consent, only)
        self.tier = first.tier
        for worker in [*[None] * (self._count - 1), first]:
            self._idle.put(worker)

    def __enter__(self) -> "Sandbox":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def run(
        self,
        program: str,
        tests: Sequence[SandboxTest],
        limits: Limits | None = None,
        *,
        stop_at_first_failure: bool = False,
    ) -> list[Verdict]:
        """A verdict for each test, in order. Blocks while all workers are busy; thread-safe.

        `stop_at_first_failure`: the list ends with the first verdict that is no pass; later tests are not run. Raises
        SandboxError if the program is no text or a test is none; `tests` is a list or tuple.
        """
        require_text("program", program)
        _require_tests(tests)
        _require_limits(limits)
        found: list[Verdict] = []

        def collect(worker: Worker) -> None:
            for verdict in worker.run(program, tests[len(found) :], limits or self.limits, self._key):
                found.append(verdict)
                if stop_at_first_failure and not verdict.passed:
                    break  # ends the generator, and with it the program's processes

        why = self._with_worker(collect)
        if why is None:
            return found
        missing = 1 if stop_at_first_failure else len(tests) - len(found)
        return found + [Verdict("infrastructure_error", self.tier, f"The worker failed twice: {why}.")] * missing

    def tests_nothing(self, test: AssertionTest) -> bool:
        """Whether an assertion passes whatever the program does, so that it says nothing about any program.

        Runs it without a program: once every answer of the entry point is a value that is true, once one that is false,
        both equal to nothing. It is believed if it fails in at least one. Raises InfrastructureError if the worker
        fails twice.
        """
        found: list[bool] = []
        why = self._with_worker(lambda worker: found.append(worker.tests_nothing(test, self.limits)))
        if why is not None:
            raise InfrastructureError(f"A test could not be tried: the worker failed twice: {why}.", "Try again.")
        return found[0]

    def _with_worker(self, call: Callable[[Worker], None]) -> str | None:
        """None after the call with a worker; why it failed if two workers failed."""
        if self._closed or os.getpid() != self._owner:
            raise SandboxError("This sandbox is closed or belongs to another process.", "Create one in each process.")
        why = ""
        for _ in range(_ATTEMPTS):
            worker = self._take()
            healthy = False
            try:
                worker = worker or Worker(self.tier)
                call(worker)
                healthy = True
            except (WorkerLostError, TierRefusedError) as error:
                why = str(error)
            finally:
                self._put_back(worker, healthy)
            if healthy:
                return None
        return why

    def worker_pids(self) -> list[int]:
        """Process IDs of the idle workers. Sandboxed processes are their descendants."""
        with self._idle.mutex:
            return [worker.pid for worker in self._idle.queue if worker]

    async def arun(
        self,
        program: str,
        tests: Sequence[SandboxTest],
        limits: Limits | None = None,
        *,
        stop_at_first_failure: bool = False,
    ) -> list[Verdict]:
        """`run` without blocking the event loop. A cancelled call still runs to its end."""
        with self._lock:
            if self._threads is None:
                self._threads = ThreadPoolExecutor(self._count, thread_name_prefix="sandbox")
        call = partial(self.run, program, tests, limits, stop_at_first_failure=stop_at_first_failure)
        return await asyncio.get_running_loop().run_in_executor(self._threads, call)

    def close(self) -> None:
        """End the workers. Calls of `arun` finish first; a `run` that waits for a worker raises SandboxError."""
        if self._threads:
            self._threads.shutdown()
        self._closed = True
        if os.getpid() != self._owner:
            return
        for _ in range(self._idle.qsize()):
            with suppress(queue.Empty):
                worker = self._idle.get_nowait()
                if worker:
                    worker.close()
        self._idle.put(None)  # wakes a caller that waits for a worker

    def _take(self) -> Worker | None:
        worker = self._idle.get()
        if self._closed:
            self._idle.put(None)
            raise SandboxError("This sandbox is closed.")
        return worker

    def _put_back(self, worker: Worker | None, healthy: bool) -> None:
        if worker and (self._closed or not healthy):
            worker.close()
            worker = None
        self._idle.put(worker)


def _require_tests(tests: object) -> None:
    for test in require_items("argument tests", tests):
        if not isinstance(test, StdioTest | CallTest | AssertionTest):
            raise refused_argument("items of tests", "StdioTest, CallTest or AssertionTest", test)


def _require_limits(limits: object) -> None:
    if limits is not None and not isinstance(limits, Limits):
        raise refused_argument("argument limits", "a Limits", limits)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _best_worker(consent: Tier, only: Tier | None) -> Worker:
    """A worker of the best acceptable tier. Raises SandboxError with the reason why each tier is unavailable."""
    reasons: dict[Tier, str] = {}
    worker = _first_worker((only,) if only else TIERS[: TIERS.index(consent) + 1], reasons)
    if worker is None:
        raise refusal(only or consent, reasons)
    return worker


def _first_worker(tiers: Sequence[Tier], reasons: dict[Tier, str]) -> Worker | None:
    """A worker of the first available tier, or None; adds why the earlier ones are unavailable to `reasons`."""
    for tier in tiers:
        if sys.platform != "linux":
            reasons[tier] = "the sandbox needs Linux"
            continue
        try:
            return _proven(Worker(tier))
        except TierRefusedError as error:
            reasons[tier] = str(error)
        except WorkerLostError as error:
            raise SandboxError(f"A sandbox worker did not start: {error}") from error
    return None


def _proven(worker: Worker) -> Worker:
    """The worker, after it has run an empty program. Raises TierRefusedError if it can't."""
    try:
        for _ in worker.run("", [StdioTest("", "")], Limits()):
            pass
    except WorkerLostError as error:
        worker.close()
        raise TierRefusedError(str(error)) from error
    return worker


def best_tier() -> tuple[Tier | None, dict[Tier, str]]:
    """The best tier that starts here, None if not even D does, and why each better one is unavailable."""
    reasons: dict[Tier, str] = {}
    worker = _first_worker(TIERS, reasons)
    if worker is None:
        return None, reasons
    worker.close()
    return worker.tier, reasons
