"""Linux system calls that Python 3.11 does not offer, through ctypes. A failed call raises OSError with its name."""

import ctypes
import os

CLONE_NEWNS = 0x00020000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_BIND, MS_REC, MS_PRIVATE = 2, 4, 8, 4096, 16384, 1 << 18
MOUNT_ATTR_RDONLY, MOUNT_ATTR_NOSUID, MOUNT_ATTR_NODEV, MOUNT_ATTR_NOEXEC = 1, 2, 4, 8

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS = 1, 4, 38

_MNT_DETACH = 2
_AT_RECURSIVE = 0x8000
_AT_FDCWD = -100
_CAPABILITY_VERSION_3 = 0x20080522
# These numbers are the same on every architecture.
_MOUNT_SETATTR = 442
_PAST_DESCRIPTORS = 1 << 16  # past any that a worker has: its own are few, and programs may have 64

_libc = ctypes.CDLL(None, use_errno=True)
_prctl = _libc.prctl
_prctl.argtypes = (ctypes.c_int, *[ctypes.c_ulong] * 4)


def _checked(name: str, result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
    return result


def syscall(name: str, number: int, *arguments: object) -> int:
    """A system call by its number. Ints are passed as 64 bits."""
    wide = [ctypes.c_long(value) if isinstance(value, int) else value for value in arguments]
    return _checked(name, _libc.syscall(ctypes.c_long(number), *wide))


def unshare(flags: int) -> None:
    """New namespaces for this process; CLONE_NEWPID applies to its next children."""
    _checked("unshare", _libc.unshare(flags))


def setns(descriptor: int, flags: int) -> None:
    """Join the namespaces of the process that a pidfd refers to."""
    _checked("setns", _libc.setns(descriptor, flags))


def mount(source: str, target: str, kind: str, flags: int, options: str = "") -> None:
    """mount(2)."""
    mount_bytes(source.encode(), target.encode(), kind.encode(), flags, options.encode())


def mount_bytes(source: bytes, target: bytes, kind: bytes, flags: int, options: bytes) -> None:
    """mount(2) with encoded arguments, for code that runs in every test."""
    _checked("mount", _libc.mount(source, target, kind, flags, options))


def restrict_mount(target: str, attributes: int) -> None:
    """Set MOUNT_ATTR_* on a mount and all mounts below it. Requires Linux 5.12."""
    asked = (ctypes.c_uint64 * 4)(attributes, 0, 0, 0)
    size = ctypes.sizeof(asked)
    syscall("mount_setattr", _MOUNT_SETATTR, _AT_FDCWD, target.encode(), _AT_RECURSIVE, ctypes.byref(asked), size)


def pivot_root(new: str, old: str, number: int) -> None:
    """Make `new` the root and move the old root to `old`; `number` is the call's on this architecture."""
    syscall("pivot_root", number, new.encode(), old.encode())


def detach(target: str) -> None:
    """Unmount lazily in this mount namespace; other mount namespaces are unaffected."""
    _checked("umount2", _libc.umount2(target.encode(), _MNT_DETACH))


def prctl(option: int, value: int, address: int = 0) -> None:
    """prctl(2)."""
    _checked("prctl", _prctl(option, value, address, 0, 0))


def drop_capabilities() -> None:
    """Drop every capability of this process permanently."""
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    _checked("capset", _libc.capset(ctypes.byref(header), ctypes.byref((ctypes.c_uint32 * 6)())))


def close_from(first: int) -> None:
    """Close every descriptor from `first` on."""
    os.closerange(first, _PAST_DESCRIPTORS)


def set_host_name(name: str) -> None:
    """The name that uname shows in this UTS namespace."""
    encoded = name.encode()
    _checked("sethostname", _libc.sethostname(encoded, len(encoded)))
