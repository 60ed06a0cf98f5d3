"""Process IDs that don't tell a program which of its tests it runs.

In a PID namespace of the program's own, every test gets the same ID. Elsewhere, or where the kernel's setting can't be
written (many containers mount /proc/sys read-only), a random number of IDs is skipped before each test.
"""

import fcntl
import os
from contextlib import suppress
from dataclasses import dataclass

_SETTING = "/proc/sys/kernel/ns_last_pid"  # of the namespace of the process that writes it
_SUPERVISOR = b"1"  # the first process of a namespace; the next ID is 2
_HIGH = 160  # above the numbers of a test's descriptors
_MOST_SKIPPED = 3  # each takes about 0.2 ms, of the 10 of a short test


@dataclass
class _Setting:
    descriptor: int | None = None


_setting = _Setting()


def open_last_id() -> None:
    """Open the setting while /proc is there, if each program gets a PID namespace of its own."""
    with suppress(OSError):
        descriptor = os.open(_SETTING, os.O_WRONLY | os.O_CLOEXEC)
        _setting.descriptor = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, _HIGH)
        os.close(descriptor)


def hide_test_number() -> None:
    """For a supervisor, before it starts the process of a test: the process's ID will say nothing."""
    if _setting.descriptor is not None:
        with suppress(OSError):
            os.pwrite(_setting.descriptor, _SUPERVISOR, 0)
            return
    for _ in range(os.urandom(1)[0] % (_MOST_SKIPPED + 1)):
        with suppress(OSError):  # a directory can't be run, but the attempt takes an ID
            os.posix_spawn("/", ["/"], {})
