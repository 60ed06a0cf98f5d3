"""The process pool of the library: builds, validation of files and comparison of formulas all run on it.

A worker is a Python process that gets a job once and then lists of items, one list at a time. A list that kills its
worker is tried once more, item by item; an item that kills its worker again is given up. A worker ends with its parent.
Items and answers are pickled; a job's class must be importable.
"""

import gc
import json
import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Any, Generic, Protocol, TypeVar  # Any: whatever was pickled

from tracelift_groups.errors import RunError, TraceliftError

Item = TypeVar("Item")
Answer = TypeVar("Answer")
ItemIn = TypeVar("ItemIn", contravariant=True)
AnswerOut = TypeVar("AnswerOut", covariant=True)

_START_ATTEMPTS = 5  # of a worker that something kills while it starts
_START_SECONDS = 60.0  # a start slower than this is a broken installation
# A list of items that takes this long may cost its worker: another one starts meanwhile, so that the next needn't wait.
_SLOW_SECONDS = 0.25
_END_SECONDS = 5.0  # a worker whose output ended is given this long to end too
_YOUNG = 50_000  # objects between two searches for garbage; Python's 700 cost a tenth of the time of a build
_READY = "ready"
_CODE = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from tracelift_groups.workers import serve; serve()"


class WorkerJob(Protocol[ItemIn, AnswerOut]):
    """What a worker does to every item. The smallest one is a class with an empty `load` and a `run`."""

    def load(self) -> None:
        """Import what `run` needs. Called once in a worker, before it is said to be ready."""
        ...

    def run(self, items: Sequence[ItemIn]) -> Sequence[AnswerOut]:
        """One answer for each item. A TraceliftError reaches the caller; a MemoryError costs the worker."""
        ...


class BatchJob(WorkerJob[ItemIn, AnswerOut], Protocol[ItemIn, AnswerOut]):
    """A job of `run_all`."""

    def died(self, item: ItemIn, how: str) -> AnswerOut:
        """The answer for an item that killed its worker twice. Called in the parent; may raise instead."""
        ...


@dataclass(frozen=True)
class Death:
    """A worker ended before it had answered. `how`: late, out of memory, `killed by SIGKILL`, `exit code 3`."""

    how: str


@dataclass(frozen=True)
class _Refusal:
    """A TraceliftError, or any other error's traceback, on its way to the parent."""

    what: str
    todo: str = ""
    bug: bool = False

    def reraise(self) -> None:
        raise RuntimeError(self.what) if self.bug else TraceliftError(self.what, self.todo)


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
        self._idle: list[_Worker] = []
        self._all: set[_Worker] = set()
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
        if isinstance(answer, _Refusal):
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

    def _take(self) -> "_Worker":
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
            f"A worker process ended while it started ({_how_it_ended(code)}).",
            f"Check that this prints nothing: {sys.executable} -c 'import tracelift_groups.workers'",
        )

    def _new(self) -> "_Worker":
        worker = _Worker(self._job)
        with self._lock:
            if not self._closed:
                self._all.add(worker)
                return worker
        worker.close()
        raise RunError("The worker pool was closed.")

    def _start_spare(self) -> None:
        with suppress(OSError, RunError):  # no room for another process now; the next call will try again
            self._give_back(self._new())

    def _give_back(self, worker: "_Worker") -> None:
        with self._lock:
            if len(self._idle) < self._size and not self._closed:
                self._idle.append(worker)
                return
        self._end(worker)

    def _end(self, worker: "_Worker") -> None:
        with self._lock:
            self._all.discard(worker)
        worker.close()


class _Worker:
    """One process. `ask` is called by one thread at a time."""

    def __init__(self, job: WorkerJob[Any, Any]) -> None:
        command = [sys.executable, "-P", "-c", _CODE, json.dumps(sys.path)]
        with _interrupts_held():
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.ready = False
        self.refusal: _Refusal | None = None
        self._late = False
        with suppress(OSError):  # it is gone already; the first answer will say so
            self._send(job)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def exit_code(self) -> int:
        """How it ended; waits for it."""
        return self._process.wait()

    def wait_ready(self) -> bool:
        """Whether it has started and is alive; waits until it has."""
        if not self.ready:
            answer = self._receive(_START_SECONDS)
            self.refusal = answer if isinstance(answer, _Refusal) else None
            self.ready = answer == _READY
        return self.ready and self._process.poll() is None

    def ask(self, items: Sequence[Any], seconds: float | None) -> Any:
        """A list of answers, a refusal or a death."""
        try:
            self._send(items)
        except OSError:
            return Death(self._how())
        return self._receive(seconds)

    def _send(self, message: object) -> None:
        stdin = _open(self._process.stdin)
        pickle.dump(message, stdin, pickle.HIGHEST_PROTOCOL)
        stdin.flush()

    def _receive(self, seconds: float | None) -> Any:
        late = threading.Timer(seconds or 0.0, self._kill_late)
        late.daemon = True
        if seconds is not None:
            late.start()
        try:
            return pickle.load(_open(self._process.stdout))
        except (EOFError, OSError, pickle.UnpicklingError, ValueError):
            return Death(self._how())
        finally:
            late.cancel()

    def _how(self) -> str:
        try:
            code = self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        return "late" if self._late else _how_it_ended(code)

    def _kill_late(self) -> None:
        self._late = True
        self._process.kill()

    def kill(self) -> None:
        self._process.kill()

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        self._close_pipes()

    def disown(self) -> None:
        self._process.returncode = 0
        self._close_pipes()

    def _close_pipes(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                _open(pipe).close()


def serve() -> None:
    """Run a worker process: a job and then lists of items come in on standard input, answers go out on its output."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to deal with
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    # What a job prints must not get between the answers, and there is nothing for it to read.
    with Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)
    given: queue.SimpleQueue[Any] = queue.SimpleQueue()
    threading.Thread(target=_read_on, args=(requests, given), daemon=True).start()
    with suppress(BrokenPipeError):  # the parent needs no more, or is gone
        _send(answers, _served(given, answers))


def _served(given: "queue.SimpleQueue[Any]", answers: IO[bytes]) -> Death | _Refusal:
    """Answer until something ends it; what that was."""
    try:
        job = _next(given)
        job.load()
        gc.freeze()
        gc.set_threshold(_YOUNG)
        _send(answers, _READY)
        while True:
            _send(answers, list(job.run(_next(given))))
    except MemoryError:
        return Death("out of memory")
    except TraceliftError as error:
        return _Refusal(error.what, error.todo)
    except BrokenPipeError:
        raise
    # Whatever it is, the parent must show it; here it would be a death without a reason.
    except Exception:
        return _Refusal(traceback.format_exc(), bug=True)


def _next(given: "queue.SimpleQueue[Any]") -> Any:
    message = given.get()
    if isinstance(message, Exception):
        raise message
    return message


def _read_on(requests: IO[bytes], given: "queue.SimpleQueue[Any]") -> None:
    """Hand on what comes, and end the process when the parent is gone, even in the middle of an item."""
    while True:
        try:
            given.put(pickle.load(requests))
        except EOFError:
            os._exit(1)
        except Exception as error:  # the job's class can't be imported here
            given.put(error)


def _send(answers: IO[bytes], message: object) -> None:
    answers.write(pickle.dumps(message, pickle.HIGHEST_PROTOCOL))
    answers.flush()


@contextmanager
def _interrupts_held() -> Iterator[None]:
    # Ctrl-C reaches the whole process group, but the parent alone decides what becomes of the workers. What is held
    # back when a process is started is held back in it from its first instruction on; here it arrives a moment later.
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _how_it_ended(code: int) -> str:
    """`killed by SIGKILL` or `exit code 3`."""
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def _open(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise ValueError("a worker is started with pipes")
    return pipe
