"""The main function of a worker process, which exits with its parent, even in the middle of an item."""

import gc
import os
import pickle
import queue
import signal
import threading
import traceback
from contextlib import suppress
from pathlib import Path
from typing import IO, Any  # Any: unpickled objects

from tracelift_groups.errors import TraceliftError
from tracelift_groups.workers.job import READY, Death, Refusal

_YOUNG = 50_000  # objects between two searches for garbage; Python's 700 cost a tenth of the time of a build


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


def _served(given: "queue.SimpleQueue[Any]", answers: IO[bytes]) -> Death | Refusal:
    """Answer until something ends it; what that was."""
    try:
        job = _next(given)
        job.load()
        gc.freeze()
        gc.set_threshold(_YOUNG)
        _send(answers, READY)
        while True:
            _send(answers, list(job.run(_next(given))))
    except MemoryError:
        return Death("out of memory")
    except TraceliftError as error:
        return Refusal(error.what, error.todo)
    except BrokenPipeError:
        raise
    # The parent shows every error; without this the worker would exit without a reason.
    except Exception:
        return Refusal(traceback.format_exc(), bug=True)


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
