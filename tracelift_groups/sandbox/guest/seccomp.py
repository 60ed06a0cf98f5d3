"""A seccomp filter in plain Python: the kernel checks which system calls a program may make.

The filter is assembled once; only the process ID is filled in per process, because signals to itself are allowed. File
locks succeed without effect: no other process can reach the same file, and a lock on a read-only system file would be a
channel to other programs.
"""

import ctypes
import errno
import struct
from collections.abc import Iterable, Sequence

from tracelift_groups.sandbox.guest import linux
from tracelift_groups.sandbox.guest.syscalls import Architecture

_LOAD, _EQUAL, _GREATER, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x25, 0x35, 0x45, 0x06
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_NUMBER, _ARCHITECTURE = 0, 4
_X32 = 0x40000000
_PR_SET_SECCOMP, _MODE_FILTER = 22, 2
_OWN_PID = 0xFFFFFFFE  # placeholder for the process ID until it is filled in

_CLONE_THREAD = 0x00010000
_CLONE_NEW_ANYTHING = 0x7E020080
_AF_UNIX = 1
_DUPLICATE_AND_FLAGS = (0, 1, 2, 3, 4, 1030)
_SEALS = (1033, 1034)
_LOCKS = (6, 7, 37, 38)
# TCGETS, TIOCGWINSZ, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX
_IOCTLS = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)
_PR_NAMES = (15, 16)
_PR_OF_SERVERS = (linux.PR_SET_PDEATHSIG, _PR_SET_SECCOMP)

_Line = tuple[int, int, int, int]


def _line(code: int, value: int, if_true: int = 0, if_false: int = 0) -> _Line:
    return code, if_true, if_false, value


def _argument(index: int) -> _Line:
    return _line(_LOAD, 16 + 8 * index)  # the lower 32 bits: all compared arguments are ints


def _null(index: int) -> list[_Line]:
    """Continues if an argument is a null pointer."""
    return [line for half in (0, 4) for line in _null_half(16 + 8 * index + half)]


def _null_half(offset: int) -> list[_Line]:
    return [_line(_LOAD, offset), _line(_EQUAL, 0, 1, 0), _refuse(errno.EPERM)]


def _refuse(number: int) -> _Line:
    return _line(_RETURN, _ERRNO | number)


def _one_of(values: Iterable[int], action: _Line) -> list[_Line]:
    return [line for value in values for line in (_line(_EQUAL, value, 0, 1), action)]


def _only(index: int, values: Sequence[int], otherwise: int) -> list[_Line]:
    return [_argument(index), *_one_of(values, _line(_RETURN, _ALLOW)), _refuse(otherwise)]


def _guards() -> dict[str, list[_Line]]:
    succeed, allow = _refuse(0), _line(_RETURN, _ALLOW)
    clone = [_argument(0), _line(_ANY_BIT, _CLONE_NEW_ANYTHING, 2, 0), _line(_ANY_BIT, _CLONE_THREAD, 0, 1), allow]
    descriptor = [*_one_of(_DUPLICATE_AND_FLAGS + _SEALS, allow), *_one_of(_LOCKS, succeed)]
    return {
        "clone": [*clone, _refuse(errno.EPERM)],
        "clone3": [_refuse(errno.ENOSYS)],  # the C library falls back to clone, whose flags a filter can read
        "fcntl": [_argument(1), *descriptor, _refuse(errno.EINVAL)],
        "flock": [succeed],
        "ioctl": _only(1, _IOCTLS, errno.ENOTTY),
        "prlimit64": _only(0, [0], errno.EPERM),
        "prctl": _only(0, _PR_NAMES, errno.EPERM),
        "socketpair": _only(0, [_AF_UNIX], errno.EPERM),
        "sendto": [*_null(4), allow],  # to the other end of a socketpair only: a name may be that of another program
        "kill": _only(0, [_OWN_PID], errno.EPERM),
        "tgkill": _only(0, [_OWN_PID], errno.EPERM),
    }


def _ranges(numbers: Iterable[int]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if found and found[-1][1] == number - 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found


class Filter:
    """The filter for one architecture. `may_fork`: for a process that starts, watches, filters and kills others."""

    def __init__(self, architecture: Architecture, may_fork: bool = False) -> None:
        lines = [
            _line(_LOAD, _ARCHITECTURE),
            _line(_EQUAL, architecture.audit, 1, 0),
            _line(_RETURN, _KILL),
            _line(_LOAD, _NUMBER),
            _line(_AT_LEAST, _X32, 0, 1),
            _line(_RETURN, _KILL),
        ]
        ranges = _ranges(architecture.plain | architecture.server if may_fork else architecture.plain)
        for index, (first, last) in enumerate(ranges):
            past = 3 * (len(ranges) - index) - 2  # numbers between two ranges are guarded or refused
            lines += [_line(_GREATER, last, 2, 0), _line(_AT_LEAST, first, 0, past), _line(_RETURN, _ALLOW)]
        guards = _guards()
        if may_fork:
            allow = [_line(_RETURN, _ALLOW)]
            guards |= {"clone": allow, "kill": allow, "prctl": _only(0, _PR_OF_SERVERS, errno.EPERM)}
        for name, number in architecture.guarded.items():
            lines += [_line(_EQUAL, number, 0, len(guards[name])), *guards[name]]
        lines.append(_refuse(errno.EPERM))
        # Built here and not in install: work after a fork is repeated for every test.
        code = b"".join(struct.pack("=HBBI", *line) for line in lines)
        self._code = ctypes.create_string_buffer(code, len(code))
        self._program = ctypes.create_string_buffer(struct.pack("@HP", len(lines), ctypes.addressof(self._code)))
        places = (index for index, line in enumerate(lines) if line[3] == _OWN_PID)
        start = ctypes.addressof(self._code)
        self._own_pids = [ctypes.c_uint32.from_address(start + 8 * index + 4) for index in places]

    def install(self, own_pid: int) -> None:
        """Apply the filter to this process permanently. Requires no_new_privs."""
        for place in self._own_pids:
            place.value = own_pid
        linux.prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.addressof(self._program))
