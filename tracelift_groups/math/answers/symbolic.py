"""Compares formulas in worker processes that are killed when they exceed a limit on time or memory.

Some inputs make sympy compute for hours or fill the memory, and math-verify's own timeout does not work in threads. A
pair that exceeds a limit is undecided. Thread-safe; forked children start their own workers; nothing starts before the
first call.
"""

import atexit
import os
import time
from fractions import Fraction

from tracelift_groups.cores import usable_cores
from tracelift_groups.math.answers.worker import CompareFormulas, Pair
from tracelift_groups.workers.job import Death
from tracelift_groups.workers.pool import Pool

LIMIT_SECONDS = 1.2
_MOST_WORKERS = 4


def _new_pool() -> Pool[Pair, str]:
    return Pool(CompareFormulas(), min(_MOST_WORKERS, usable_cores()))


_pool = _new_pool()


def compare(gold: str, prediction: str, allowance: Fraction, seconds: float = LIMIT_SECONDS) -> str:
    """`equal`, `different`, `gold` or `prediction` (can't be parsed), `depth`, `failed`, `memory`, `late`.

    RunError when no worker can be started.
    """
    end = time.monotonic() + min(seconds, LIMIT_SECONDS)
    pair = Pair(gold, prediction, allowance)
    found = _pool.ask([pair], end - time.monotonic())
    if isinstance(found, Death) and found.how not in ("late", "out of memory") and (left := end - time.monotonic()) > 0:
        found = _pool.ask([pair], left)  # the worker may have been killed by something else
    if isinstance(found, Death):
        return "memory" if found.how == "out of memory" else "late"
    return found[0]


def _after_fork() -> None:
    global _pool
    _pool.disown()  # two processes that read one pipe would take each other's answers
    _pool = _new_pool()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
atexit.register(lambda: _pool.close())
