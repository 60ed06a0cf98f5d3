"""Counts executed lines of a program: the same number on every machine, for one version of Python.

Certifies without a clock that one program does more work than another. Lines of the standard library are not counted;
lines that the program runs with exec are.
"""

import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any  # the trace function's last argument

_NOT_COUNTED = ("<frozen", sys.base_prefix, str(Path(__file__).parents[1]))


class LineCount:
    """Counts lines from `start` to `stop` in all threads; above `limit` it calls `over` with the count."""

    def __init__(self, limit: int, over: Callable[[int], object]) -> None:
        self._limit = limit
        self._over = over
        self._count = 0

    def start(self) -> None:
        threading.settrace(self._trace)
        sys.settrace(self._trace)

    def stop(self) -> int:
        """The count so far."""
        sys.settrace(None)
        return self._count

    def _trace(self, frame: FrameType, event: str, _: Any) -> Callable[..., Any] | None:
        if frame.f_code.co_filename.startswith(_NOT_COUNTED):
            return None
        if event == "line":
            self._count += 1
            if self._count > self._limit:
                sys.settrace(None)
                self._over(self._count)
        return self._trace
