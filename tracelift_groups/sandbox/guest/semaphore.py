"""Semaphores of one process, in place of the named ones that `_multiprocessing` opens in /dev/shm.

Programs have one process and no /dev/shm. Pools of threads (`multiprocessing.pool.ThreadPool`, `multiprocessing.dummy`)
and queues of `multiprocessing` only need semaphores between threads, so these are made of locks.
"""

import sys
from threading import Condition, get_ident
from types import ModuleType, TracebackType

_RECURSIVE = 0  # multiprocessing.synchronize.RECURSIVE_MUTEX


class SemLock:
    """What `_multiprocessing.SemLock` does, for the threads of one process."""

    SEM_VALUE_MAX = 2**31 - 1

    def __init__(self, kind: int, value: int, maxvalue: int, *_name: object) -> None:
        self.kind = kind
        self.maxvalue = maxvalue
        self.handle = 0
        self.name = None
        self._changed = Condition()
        self._value = value
        self._owner = 0
        self._depth = 0  # of the owner's acquisitions

    def acquire(self, block: bool = True, timeout: float | None = None) -> bool:
        """Take one. False if there is none, at once or after `timeout` seconds."""
        with self._changed:
            if self.kind != _RECURSIVE or not self._is_mine():
                seconds = None if timeout is None else max(timeout, 0.0)
                if not self._changed.wait_for(lambda: self._value > 0, seconds if block else 0.0):
                    return False
                self._value -= 1
                self._owner = get_ident()
            self._depth += 1
            return True

    def release(self) -> None:
        """Give one back. Raises ValueError above the largest value, AssertionError for another thread's lock."""
        with self._changed:
            if self.kind == _RECURSIVE:
                if not self._is_mine():
                    raise AssertionError("attempt to release recursive lock not owned by thread")
                if self._depth > 1:
                    self._depth -= 1
                    return
            elif self._value >= self.maxvalue:
                raise ValueError("semaphore or lock released too many times")
            self._depth -= 1
            self._value += 1
            self._changed.notify()

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.release()

    def _count(self) -> int:
        return self._depth

    def _is_mine(self) -> bool:
        return self._depth > 0 and self._owner == get_ident()

    def _get_value(self) -> int:
        return self._value

    def _is_zero(self) -> bool:
        return self._value == 0

    def _after_fork(self) -> None:
        self._depth = 0


def replace_named_semaphores() -> None:
    """From now on `import _multiprocessing` finds these semaphores."""
    module = ModuleType("_multiprocessing")
    module.__dict__.update(SemLock=SemLock, sem_unlink=lambda *_: None, flags={})
    sys.modules["_multiprocessing"] = module
