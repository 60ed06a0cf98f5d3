"""Formulas are compared in worker processes with a limit on time and memory, killed from outside.

sympy can be made to compute for hours and to fill any memory, and math-verify's own timeout works in no thread. A pair
whose worker is not back in time stays undecided. Safe to call from any thread; forked children start workers of their
own; nothing starts before the first call.
"""

import atexit
import os
import time
from fractions import Fraction

from tracelift_groups.cores import usable_cores
from tracelift_groups.math.answers.worker import CompareFormulas, Pair
from tracelift_groups.workers import Death, Pool

LIMIT_SECONDS = 1.2
_MOST_WORKERS = 4


def _new_pool() -> Pool[Pair, str]:
    return Pool(CompareFormulas(), min(_MOST_WORKERS, usable_cores()))


_pool = _new_pool()


def compare(gold: str, prediction: str, allowance: Fraction, seconds: float = LIMIT_SECONDS) -> str:
    """`equal`, `different`, `gold` or `prediction` (which can't be read), `depth`, `failed`, `memory`, `late`.

    RunError when no worker can be started.
    """
    end = time.monotonic() + min(seconds, LIMIT_SECONDS)
    pair = Pair(gold, prediction, allowance)
    found = _pool.ask([pair], end - time.monotonic())
    if isinstance(found, Death) and found.how not in ("late", "out of memory") and (left := end - time.monotonic()) > 0:
        found = _pool.ask([pair], left)  # something else may have ended the worker
    if isinstance(found, Death):
        return "memory" if found.how == "out of memory" else "late"
    return found[0]


def _after_fork() -> None:
    global _pool
    _pool.disown()  # two processes reading one pipe would steal each other's answers
    _pool = _new_pool()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
atexit.register(lambda: _pool.close())
