"""Workers for one job, from any thread, and all answers to a stream of tasks.

A list of items that kills its worker is tried once more, item by item; an item that kills its worker again is given up.
"""

import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from itertools import islice
from typing import Generic, TypeVar

from tracelift_groups.errors import RunError
from tracelift_groups.workers.job import BatchJob, Death, Refusal, WorkerJob
from tracelift_groups.workers.process import WorkerProcess, how_it_ended

Item = TypeVar("Item")
Answer = TypeVar("Answer")

_START_ATTEMPTS = 5  # of a worker that something kills while it starts
# A list of items that takes this long may cost its worker: another one starts meanwhile, so that the next needn't wait.
_SLOW_SECONDS = 0.25


def run_all(tasks: Iterable[Sequence[Item]], job: BatchJob[Item, Answer], workers: int) -> Iterator[Sequence[Answer]]:
    """Answers in the order in which they come. Tasks are drawn in this thread, and only as workers get free.

    With one worker everything happens in this process. RunError when no worker can be started.
    """
    if workers == 1:
        yield from map(job.run, tasks)
        return
    drawn = iter(tasks)
    pool = Pool(job, workers)

    def settle(items: Sequence[Item]) -> Sequence[Answer]:
        answers = pool.ask(items)
        if not isinstance(answers, Death):
            return answers
        alone = [(item, pool.ask([item])) for item in items]
        return [job.died(item, found.how) if isinstance(found, Death) else found[0] for item, found in alone]

    with ThreadPoolExecutor(workers) as threads:
        try:
            waiting: set[Future[Sequence[Answer]]] = {threads.submit(settle, items) for items in islice(drawn, workers)}
            while waiting:
                done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                # New work goes out before the answers are dealt with.
                waiting |= {threads.submit(settle, items) for items in islice(drawn, len(done))}
                for future in done:
                    yield future.result()
        finally:
            pool.close()


class Pool(Generic[Item, Answer]):
    """Workers for one job, started when they are needed. Safe to use from any thread."""

    def __init__(self, job: WorkerJob[Item, Answer], size: int) -> None:
        """At most `size` workers are busy at a time, and as many idle."""
        self._job = job
        self._size = size
        self._lock = threading.Lock()
        self._places = threading.BoundedSemaphore(size)
        self._idle: list[WorkerProcess] = []
        self._all: set[WorkerProcess] = set()
        self._closed = False

    @property
    def pids(self) -> set[int]:
        """The processes of its workers."""
        with self._lock:
            return {worker.pid for worker in self._all}

    def ask(self, items: Sequence[Item], seconds: float | None = None) -> Sequence[Answer] | Death:
        """The answers to some items, which one worker gets together; a Death when it ended over them.

        With a limit in seconds, a worker that is not back in time is killed. RunError when no worker can be started.
        """
        with self._places:
            worker = self._take()
            spare = threading.Timer(_SLOW_SECONDS, self._start_spare)
            spare.daemon = True
            if seconds is not None:
                spare.start()
            try:
                answer = worker.ask(items, seconds)
            finally:
                spare.cancel()
            if isinstance(answer, Death):
                self._end(worker)
                return answer
            self._give_back(worker)
        if isinstance(answer, Refusal):
            answer.reraise()
        answers: Sequence[Answer] = answer
        return answers

    def close(self) -> None:
        """End every worker, busy ones too. The pool is of no more use."""
        with self._lock:
            self._closed = True
            workers, self._all, self._idle = self._all, set(), []
        for worker in workers:
            worker.kill()
        for worker in workers:
            worker.close()

    def disown(self) -> None:
        """In a forked child: drop the workers without ending them; they belong to the parent."""
        for worker in self._all:
            worker.disown()

    def _take(self) -> WorkerProcess:
        for attempt in range(_START_ATTEMPTS + 2 * self._size):  # idle ones may have been killed meanwhile
            with self._lock:
                self._idle.sort(key=lambda worker: worker.ready)
                worker = self._idle.pop() if self._idle else None
            fresh = worker is None
            worker = worker or self._new()
            if worker.wait_ready():
                return worker
            self._end(worker)
            refusal, code = worker.refusal, worker.exit_code
            if refusal:
                refusal.reraise()
            if self._closed or (fresh and (code >= 0 or attempt >= _START_ATTEMPTS)):
                break
        raise RunError(
            f"A worker process ended while it started ({how_it_ended(code)}).",
            f"Check that this prints nothing: {sys.executable} -c 'import tracelift_groups.workers.serve'",
        )

    def _new(self) -> WorkerProcess:
        worker = WorkerProcess(self._job)
        with self._lock:
            if not self._closed:
                self._all.add(worker)
                return worker
        worker.close()
        raise RunError("The worker pool was closed.")

    def _start_spare(self) -> None:
        with suppress(OSError, RunError):  # no room for another process now; the next call will try again
            self._give_back(self._new())

    def _give_back(self, worker: WorkerProcess) -> None:
        with self._lock:
            if len(self._idle) < self._size and not self._closed:
                self._idle.append(worker)
                return
        self._end(worker)

    def _end(self, worker: WorkerProcess) -> None:
        with self._lock:
            self._all.discard(worker)
        worker.close()
