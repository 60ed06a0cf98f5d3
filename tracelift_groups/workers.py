"""Worker processes that outlive neither their parent nor a bad item.

Each worker has its own pipe and one task at a time, so a death costs one task: its items are tried again one by one,
and one that kills its worker again is given up. With one worker everything happens in this process.
"""

import gc
import os
import signal
import sys
import threading
import traceback
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import islice
from multiprocessing import get_context, parent_process, resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from tracelift_groups.errors import RunError, TraceliftError
from tracelift_groups.pipeline.job import Item, Job
from tracelift_groups.pipeline.ledger import Row

_START_ATTEMPTS = 5
_READY = "ready"
_YOUNG = 50_000  # objects between two searches for garbage; Python's 700 cost a tenth of the time

Answer = list[tuple[Row, ...]]


@dataclass(frozen=True)
class _Task:
    items: Sequence[Item]
    again: bool = False


@dataclass(frozen=True)
class _Refusal:
    """A TraceliftError, or any other error's traceback, on its way to the parent."""

    what: str
    todo: str = ""
    bug: bool = False

    def reraise(self) -> None:
        raise RuntimeError(self.what) if self.bug else TraceliftError(self.what, self.todo)


def usable_cores() -> int:
    """Cores that this process may use; where the system does not say, all of them."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run_all(tasks: Iterable[Sequence[Item]], job: Job, workers: int) -> Iterator[Answer]:
    """Answers in the order in which they come. Tasks are drawn only as workers get free."""
    if workers == 1:
        for items in tasks:
            yield job.run(items)
        return
    pool = _Pool(iter(tasks), job)
    try:
        yield from pool.answers(workers)
    finally:
        pool.close()


@dataclass(eq=False)
class _Worker:
    process: BaseProcess
    connection: Connection
    ready: bool = False
    task: _Task | None = None


@dataclass
class _Pool:
    tasks: Iterator[Sequence[Item]]
    job: Job
    workers: list[_Worker] = field(default_factory=list)
    again: deque[_Task] = field(default_factory=deque)
    failed_starts: int = 0

    def answers(self, size: int) -> Iterator[Answer]:
        self.again.extend(_Task(items) for items in islice(self.tasks, size))
        for _ in range(len(self.again)):
            self._start()
        while any(worker.task or not worker.ready for worker in self.workers):
            came = []
            busy = {w.connection: w for w in self.workers if w.task or not w.ready}
            for connection in wait(list(busy)):
                answer = self._receive(busy[connection])  # type: ignore[index]  # what we gave to wait
                if answer is not None:
                    came.append(answer)
            # New work goes out before the answers are dealt with.
            self._dispatch()
            yield from came

    def _next(self) -> _Task | None:
        if self.again:
            return self.again.popleft()
        items = next(self.tasks, None)
        return None if items is None else _Task(items)

    def _dispatch(self) -> None:
        for worker in self.workers:
            if worker.ready and worker.task is None and (task := self._next()) is not None:
                worker.task = task
                with suppress(OSError):  # it died while idle; its pipe says so at the next wait
                    worker.connection.send(task.items)

    def _receive(self, worker: _Worker) -> Answer | None:
        try:
            answer = worker.connection.recv()
        except (EOFError, OSError):
            return self._bury(worker)
        if isinstance(answer, _Refusal):
            answer.reraise()
        if answer == _READY:
            worker.ready = True
            return None
        worker.task = None
        rows: Answer = answer
        return rows

    def _bury(self, worker: _Worker) -> Answer | None:
        worker.connection.close()
        worker.process.join()
        self.workers.remove(worker)
        code = worker.process.exitcode or 0
        if not worker.ready:
            self.failed_starts += 1
            if code >= 0 or self.failed_starts >= _START_ATTEMPTS:
                raise RunError(
                    f"A worker process ended while it started ({_how(code)}).",
                    'Try one worker. In a script, call the build under `if __name__ == "__main__":`.',
                )
        self._start()
        task = worker.task
        if task is None:
            return None
        if task.again:
            return [self.job.died(item, _how(code)) for item in task.items]
        self.again.extend(_Task([item], again=True) for item in task.items)
        return None

    def _start(self) -> None:
        # Spawned, not forked: a child must not hold the ledger, the lock or a sibling's pipe.
        context = get_context("spawn")
        here, there = context.Pipe()
        process = context.Process(target=_serve, args=(there, self.job), daemon=True)
        with _interrupts_held():
            process.start()
        there.close()
        self.workers.append(_Worker(process, here))

    def close(self) -> None:
        for worker in self.workers:
            worker.connection.close()
            if worker.task or not worker.ready:
                worker.process.terminate()
        for worker in self.workers:
            worker.process.join()


@contextmanager
def _interrupts_held() -> Iterator[None]:
    # Ctrl-C reaches the whole process group, but the parent alone decides what becomes of the workers. What is held
    # back when a process is started is held back in it from its first instruction on; here it arrives a moment later.
    if sys.platform == "win32":
        yield
        return
    resource_tracker.ensure_running()  # started with the first worker, it would let signals through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _how(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def _serve(connection: Connection, job: Job) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_die_with_parent, daemon=True).start()
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):  # the parent needs no more, or is gone
        try:
            job.load()
            gc.freeze()
            gc.set_threshold(_YOUNG)
            connection.send(_READY)
            while True:
                connection.send(job.run(connection.recv()))
        except TraceliftError as error:
            connection.send(_Refusal(error.what, error.todo))
        except (EOFError, OSError):
            raise
        # Whatever it is, it is the parent's to show; here it would be an anonymous death.
        except Exception:
            connection.send(_Refusal(traceback.format_exc(), bug=True))


def _die_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
