"""Run untrusted programs against tests: a pool of workers, used from any number of threads or from asyncio."""

import asyncio
import os
import queue
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from tracelift_groups.errors import SandboxError
from tracelift_groups.sandbox.limits import Limits
from tracelift_groups.sandbox.test import Test
from tracelift_groups.sandbox.tier import TIERS, Tier, refusal
from tracelift_groups.sandbox.verdict import Verdict
from tracelift_groups.sandbox.worker import TierRefusedError, Worker, WorkerLostError

_ATTEMPTS = 2


class Sandbox:
    """Workers that run programs in isolation. Close it, or use it in a `with`.

    The best tier of this machine is used. `consent` is the lowest one that is good enough: B for programs that a model
    wrote or that came from elsewhere; C for programs of one's own problem sets; D, no isolation, for nothing but what
    one would run by hand. `only` takes that tier and no other. SandboxError when the machine offers less.

    A worker that dies is replaced and its program tried once more; what fails again is an infrastructure_error.
    """

    def __init__(
        self, limits: Limits | None = None, workers: int | None = None, consent: Tier = "B", only: Tier | None = None
    ) -> None:
        self.limits = limits or Limits()
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

    def run(self, program: str, tests: Sequence[Test], limits: Limits | None = None) -> list[Verdict]:
        """A verdict for each test, in order. Waits while all workers are busy; thread-safe."""
        if self._closed or os.getpid() != self._owner:
            raise SandboxError("This sandbox is closed or belongs to another process.", "Make one in each process.")
        found: list[Verdict] = []
        why = ""
        for _ in range(_ATTEMPTS):
            worker = self._idle.get()
            try:
                worker = worker or Worker(self.tier)
                for verdict in worker.run(program, tests[len(found) :], limits or self.limits):
                    found.append(verdict)
            except (WorkerLostError, TierRefusedError) as error:
                why = str(error)
                worker = _buried(worker)
            except BaseException:
                worker = _buried(worker)
                raise
            finally:
                self._put_back(worker)
            if len(found) == len(tests):
                break
        missing = len(tests) - len(found)
        return found + [Verdict("infrastructure_error", self.tier, f"The worker failed twice: {why}.")] * missing

    async def arun(self, program: str, tests: Sequence[Test], limits: Limits | None = None) -> list[Verdict]:
        """`run` without blocking the event loop. A cancelled call still runs to its end, unseen."""
        with self._lock:
            if self._threads is None:
                self._threads = ThreadPoolExecutor(self._count, thread_name_prefix="sandbox")
        return await asyncio.get_running_loop().run_in_executor(self._threads, self.run, program, tests, limits)

    def close(self) -> None:
        """End every worker and what it runs. Calls that are under way come to their end first."""
        if self._threads:
            self._threads.shutdown()
        self._closed = True
        while True:
            try:
                worker = self._idle.get_nowait()
            except queue.Empty:
                return
            if worker and os.getpid() == self._owner:
                worker.close()

    def _put_back(self, worker: Worker | None) -> None:
        if self._closed and worker:
            worker.close()
        else:
            self._idle.put(worker)


def _buried(worker: Worker | None) -> None:
    if worker:
        worker.close()


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _best_worker(consent: Tier, only: Tier | None) -> Worker:
    """A worker of the best tier down to the accepted one; SandboxError says why each better tier is not there."""
    reasons: dict[Tier, str] = {}
    for tier in [only] if only else TIERS[: TIERS.index(consent) + 1]:
        try:
            return start(tier)
        except TierRefusedError as error:
            reasons[tier] = str(error)
    raise refusal(only or consent, reasons)


def start(tier: Tier) -> Worker:
    """A worker of one tier. TierRefusedError where this machine does not offer it."""
    if sys.platform != "linux":
        raise TierRefusedError("the sandbox needs Linux")
    return Worker(tier)
