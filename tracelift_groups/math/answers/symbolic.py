"""math-verify at arm's length: worker processes with a limit on time and memory, killed from outside.

sympy can be made to compute for hours and to fill any memory, and math-verify's own timeout works in no thread. So
pairs go to a worker; one that is not back in time is killed, and the pair stays undecided. Healthy workers are kept.
Safe to call from any thread; forked children start workers of their own; nothing starts before the first call.
"""

import atexit
import json
import os
import subprocess
import sys
import threading
import time
from contextlib import suppress
from fractions import Fraction
from typing import IO

from tracelift_groups.errors import RunError
from tracelift_groups.workers import usable_cores

LIMIT_SECONDS = 1.2
# A pair that takes this long may cost its worker: another one starts meanwhile, so that the next pair needn't wait.
_SLOW_SECONDS = 0.25
_START_SECONDS = 60.0  # a start slower than this is a broken installation
_MOST_WORKERS = min(4, usable_cores())  # busy ones, and as many idle
_COMMAND = (sys.executable, "-P", "-m", "tracelift_groups.math.answers.worker")


class _Worker:
    """One process. `ask` is called by one thread at a time."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            _COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="ascii",
        )
        self.ready = False

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def wait_ready(self) -> bool:
        """Whether it has started; waits until it has."""
        self.ready = self.ready or self._line(_START_SECONDS) != ""
        return self.ready

    def ask(self, question: str, seconds: float) -> str:
        """The answer's line; empty when the worker died or was killed for being late."""
        stdin = _open(self._process.stdin)
        try:
            stdin.write(question + "\n")
            stdin.flush()
        except OSError:
            return ""
        return self._line(seconds)

    def _line(self, seconds: float) -> str:
        late = threading.Timer(seconds, self._process.kill)
        late.daemon = True
        late.start()
        try:
            return _open(self._process.stdout).readline()
        finally:
            late.cancel()

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        self._close_pipes()

    def disown(self) -> None:
        """Drop it without ending it: it belongs to the process that this one was forked from."""
        self._process.returncode = 0
        self._close_pipes()

    def _close_pipes(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                _open(pipe).close()


class _Pool:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._places = threading.BoundedSemaphore(_MOST_WORKERS)
        self._idle: list[_Worker] = []
        self._all: set[_Worker] = set()

    def ask(self, question: str, seconds: float) -> str:
        """The answer's line; empty when none came in time. A worker that somebody else ended is replaced once."""
        with self._places:
            for _ in range(2):
                worker = self._take()
                spare = threading.Timer(_SLOW_SECONDS, self._start_spare)
                spare.daemon = True
                spare.start()
                start = time.monotonic()
                answer = worker.ask(question, seconds)
                seconds -= time.monotonic() - start
                spare.cancel()
                if answer and '"memory"' not in answer:
                    self._give_back(worker)
                else:
                    self._end(worker)
                if answer or seconds <= 0:
                    break
            return answer

    def _take(self) -> _Worker:
        for _ in range(1 + 2 * _MOST_WORKERS):  # any number of idle ones may have been killed meanwhile
            with self._lock:
                self._idle.sort(key=lambda worker: worker.ready)
                worker = self._idle.pop() if self._idle else None
            worker = worker or self._new()
            if worker.wait_ready() and worker.alive:
                return worker
            self._end(worker)
        raise RunError(
            "The process that compares formulas can't be started.",
            f"See what this says: {' '.join(_COMMAND)} </dev/null",
        )

    def _new(self) -> _Worker:
        worker = _Worker()
        with self._lock:
            self._all.add(worker)
        return worker

    def _start_spare(self) -> None:
        with suppress(OSError):  # no room for another process now; the next call will try again
            self._give_back(self._new())

    def _give_back(self, worker: _Worker) -> None:
        with self._lock:
            if len(self._idle) < _MOST_WORKERS:
                self._idle.append(worker)
                return
        self._end(worker)

    def _end(self, worker: _Worker) -> None:
        with self._lock:
            self._all.discard(worker)
        worker.close()

    def close(self) -> None:
        for worker in list(self._all):
            self._end(worker)

    def disown(self) -> None:
        for worker in self._all:
            worker.disown()


_pool = _Pool()


def compare(gold: str, prediction: str, allowance: Fraction, seconds: float = LIMIT_SECONDS) -> str:
    """`equal`, `different`, `gold` or `prediction` (which can't be read), `depth`, `failed`, `memory`, `late`.

    RunError when no worker can be started.
    """
    question = json.dumps({"gold": gold, "prediction": prediction, "allowance": str(allowance)})
    answer = _pool.ask(question, min(seconds, LIMIT_SECONDS))
    return str(json.loads(answer)["result"]) if answer.endswith("\n") else "late"


def _open(pipe: IO[str] | None) -> IO[str]:
    if pipe is None:
        raise ValueError("a worker is started with pipes")
    return pipe


def _after_fork() -> None:
    global _pool
    _pool.disown()  # two processes reading one pipe would steal each other's answers
    _pool = _Pool()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
atexit.register(lambda: _pool.close())
