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
from contextlib import suppress
from fractions import Fraction

from tracelift_groups.errors import RunError

LIMIT_SECONDS = 1.2  # with the start of a new worker, 0.5 s, a pair stays under 2 s
_START_SECONDS = 60.0  # a start slower than this is a broken installation
_MOST_WORKERS = 4


class _Worker:
    """One process. `ask` is called by one thread at a time."""

    def __init__(self) -> None:
        command = [sys.executable, "-P", "-m", "tracelift_groups.answer_check.worker"]
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="ascii",
        )
        self.ready = False

    def wait_ready(self) -> bool:
        self.ready = self.ready or self._line(_START_SECONDS) != ""
        return self.ready

    def ask(self, question: str, seconds: float) -> str:
        """The answer's line; empty when the worker died or was killed for being late."""
        try:
            assert self.process.stdin is not None
            self.process.stdin.write(question + "\n")
            self.process.stdin.flush()
        except OSError:
            return ""
        return self._line(seconds)

    def _line(self, seconds: float) -> str:
        late = threading.Timer(seconds, self.process.kill)
        late.daemon = True
        late.start()
        try:
            assert self.process.stdout is not None
            return self.process.stdout.readline()
        finally:
            late.cancel()

    def close(self) -> None:
        with suppress(OSError):
            self.process.kill()
        self.process.wait()
        self.forget()

    def forget(self) -> None:
        """Close our ends of its pipes."""
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()


class _Pool:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.places = threading.BoundedSemaphore(_MOST_WORKERS)
        self.idle: list[_Worker] = []
        self.all: set[_Worker] = set()

    def ask(self, question: str, seconds: float) -> str:
        with self.places:
            worker = self._take()
            answer = worker.ask(question, seconds)
            healthy = answer != "" and '"memory"' not in answer
            if not healthy:
                with self.lock:
                    self.all.discard(worker)
                worker.close()
                worker = self._new()  # it starts while the caller goes on
            with self.lock:
                self.idle.append(worker)
            return answer

    def _take(self) -> _Worker:
        for _ in range(2):
            with self.lock:
                worker = self.idle.pop() if self.idle else None
            worker = worker or self._new()
            if worker.wait_ready() and worker.process.poll() is None:
                return worker
            with self.lock:
                self.all.discard(worker)
            worker.close()
        raise RunError(
            "The process that compares formulas can't be started.",
            f"See what this says: {sys.executable} -P -m tracelift_groups.answer_check.worker",
        )

    def _new(self) -> _Worker:
        worker = _Worker()
        with self.lock:
            self.all.add(worker)
        return worker

    def close(self) -> None:
        for worker in list(self.all):
            worker.close()


_pool = _Pool()


def compare(gold: str, prediction: str, allowance: Fraction, seconds: float = LIMIT_SECONDS) -> str:
    """`equal`, `different`, `gold` or `prediction` (which can't be read), `depth`, `failed`, `memory`, `late`.

    RunError when no worker can be started.
    """
    question = json.dumps({"gold": gold, "prediction": prediction, "allowance": str(allowance)})
    answer = _pool.ask(question, min(seconds, LIMIT_SECONDS))
    return str(json.loads(answer)["result"]) if answer.endswith("\n") else "late"


def _after_fork() -> None:
    """A forked child leaves the parent's workers alone: they answer on pipes that both would read."""
    global _pool
    for worker in _pool.all:
        worker.process.returncode = 0  # not ours to wait for
        worker.forget()
    _pool = _Pool()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
atexit.register(lambda: _pool.close())
