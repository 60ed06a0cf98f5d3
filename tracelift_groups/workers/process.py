"""One worker process, as its parent sees it: started with a job, asked, killed when it is late."""

import json
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import IO, Any  # Any: unpickled objects

from tracelift_groups.workers.job import READY, Death, Refusal, WorkerJob

_START_SECONDS = 60.0  # a start slower than this is a broken installation
_END_SECONDS = 5.0  # a worker whose output ended is given this long to end too
_CODE = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from tracelift_groups.workers.serve import serve; serve()"
)


class WorkerProcess:
    """One process. `ask` is called by one thread at a time."""

    def __init__(self, job: WorkerJob[Any, Any]) -> None:
        command = [sys.executable, "-P", "-c", _CODE, json.dumps(sys.path)]
        with _interrupts_held():
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.ready = False
        self.refusal: Refusal | None = None
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
            self.refusal = answer if isinstance(answer, Refusal) else None
            self.ready = answer == READY
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
        return "late" if self._late else how_it_ended(code)

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


def how_it_ended(code: int) -> str:
    """`killed by SIGKILL` or `exit code 3`."""
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def _open(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise ValueError("a worker is started with pipes")
    return pipe
