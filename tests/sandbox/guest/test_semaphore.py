"""Semaphores of one process behave as those of `_multiprocessing` do between threads."""

import threading
from _multiprocessing import SemLock as Named

import pytest

from tracelift_groups.sandbox.guest.semaphore import SemLock

_RECURSIVE, _COUNTING = 0, 1


def _made(kind: type, recursive: bool, value: int = 1) -> SemLock:
    made: SemLock = kind(_RECURSIVE if recursive else _COUNTING, value, value, f"/tracelift-{id(kind)}-{value}", True)
    return made


@pytest.mark.parametrize("kind", [SemLock, Named])
def test_a_recursive_lock_is_its_owners(kind: type) -> None:
    lock = _made(kind, recursive=True)
    assert lock.acquire()
    assert lock.acquire(False)
    assert (lock._count(), lock._is_mine(), lock._is_zero()) == (2, True, True)
    assert _in_a_thread(lambda: lock.acquire(False)) is False
    assert isinstance(_in_a_thread(lock.release), AssertionError)
    lock.release()
    lock.release()
    with pytest.raises(AssertionError):
        lock.release()
    assert _in_a_thread(lambda: lock.acquire(False)) is True


@pytest.mark.parametrize("kind", [SemLock, Named])
def test_a_semaphore_counts(kind: type) -> None:
    lock = _made(kind, recursive=False, value=2)
    with lock, lock:
        assert lock._get_value() == 0
        assert not lock.acquire(True, 0.01)
        assert not lock.acquire(False)
        assert not lock.acquire(timeout=-1)
    assert lock._get_value() == lock.maxvalue == 2
    with pytest.raises(ValueError, match="too many times"):
        lock.release()
    assert kind.SEM_VALUE_MAX == 2**31 - 1  # type: ignore[attr-defined]


def test_a_thread_waits_for_another_to_release() -> None:
    lock = _made(SemLock, recursive=False)
    lock.acquire()
    timer = threading.Timer(0.02, lock.release)
    timer.start()
    assert lock.acquire(timeout=10)
    timer.join()


def _in_a_thread(call: object) -> object:
    found: list[object] = []

    def work() -> None:
        try:
            found.append(call())  # type: ignore[operator]
        except Exception as error:
            found.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    return found[0]
