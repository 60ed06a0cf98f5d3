"""Enters an isolation tier: gives the worker its own namespaces and root directory, or the reason why it can't.

No guest module deletes files: a program writes to a tmpfs that disappears with the mount namespace of its process.
Calls that would harm the machine outside of the worker's namespaces (mounting a scratch directory, killing all
processes) check `Isolation` first and raise NotIsolatedError outside of them.
"""

import errno
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tracelift_groups.sandbox.guest import landlock, linux, rootfs
from tracelift_groups.sandbox.guest.syscalls import architecture
from tracelift_groups.sandbox.protocol.tier import Tier

_NAMESPACES = linux.CLONE_NEWNS | linux.CLONE_NEWPID | linux.CLONE_NEWIPC | linux.CLONE_NEWNET | linux.CLONE_NEWUTS
_PRIVATE_UIDS = 0x60000000
_FEW_PRIVATE_UIDS = 61184  # for containers that map only 65,536 uids
_UID_INSIDE = 61184
SCRATCH = "/tmp"  # the only directory in which a program can write
_SCRATCH_FLAGS = linux.MS_NOSUID | linux.MS_NODEV | linux.MS_NOEXEC


class NotIsolatedError(Exception):
    """A call that is only safe inside the worker's own namespaces was made outside of them."""


class TierUnavailableError(Exception):
    """This machine does not offer the tier; the message is the reason."""


@dataclass(frozen=True)
class Isolation:
    """What this process has entered. `uid` is the first of two that programs run as; None: they keep the worker's.

    `namespaces`: this process and its children run in mount, PID and other namespaces of the worker.
    """

    tier: Tier
    namespaces: bool
    uid: int | None

    def end_others(self) -> None:
        """Kill every other process in this PID namespace. Raises NotIsolatedError unless this process is its first."""
        self.require_namespaces()
        if os.getpid() != 1:
            raise NotIsolatedError("Only the first process of a namespace may end the others.")
        try:
            os.kill(-1, signal.SIGKILL)
        except ProcessLookupError:
            return

    def require_namespaces(self) -> None:
        """Raises NotIsolatedError outside of the worker's own namespaces."""
        if not self.namespaces:
            raise NotIsolatedError("Refused: this process is not in namespaces of its own.")


class Scratch:
    """A writable directory for one process: a tmpfs over SCRATCH, private to the process and gone when it exits."""

    def __init__(self, isolation: Isolation, size: int, owner: int) -> None:
        self._isolation = isolation
        self._options = f"mode=0700,size={size},nr_inodes=512,uid={owner},gid={owner}".encode()

    def mount(self) -> None:
        """Mount it empty and change into it. Raises NotIsolatedError outside of the worker's own namespaces."""
        self._isolation.require_namespaces()
        linux.unshare(linux.CLONE_NEWNS)
        linux.mount_bytes(b"tmpfs", SCRATCH.encode(), b"tmpfs", _SCRATCH_FLAGS, self._options)
        os.chdir(SCRATCH)

    def is_empty(self) -> bool:
        """Whether nothing is in the directory and its mode is that of the mount."""
        try:
            place = Path(SCRATCH)
            return place.stat().st_mode & 0o7777 == 0o700 and not any(place.iterdir())
        except OSError:
            return False


def enter(tier: Tier) -> Isolation:
    """Enter a tier as far as this process can; its next child is the first in the new PID namespace.

    Raises TierUnavailableError if the machine does not offer it. For tiers C and D this changes nothing.
    """
    if tier != "D" and architecture() is None:
        raise TierUnavailableError(f"the system calls of {os.uname().machine} are not known")
    match tier:
        case "A":
            return _as_root()
        case "B":
            return _in_user_namespace()
        case "C":
            if landlock.version() == 0:
                raise TierUnavailableError("the kernel offers no Landlock")
    return Isolation(tier, namespaces=False, uid=_private_uid())


def _as_root() -> Isolation:
    if os.geteuid() != 0:
        raise TierUnavailableError("not run as root")
    uid = _private_uid()
    if uid is None:
        raise TierUnavailableError("this container maps no uids that programs could have")
    _try("unshare", lambda: linux.unshare(_NAMESPACES), "not allowed here; a container needs CAP_SYS_ADMIN")
    return Isolation("A", namespaces=True, uid=uid)


def _in_user_namespace() -> Isolation:
    if os.geteuid() == 0:
        raise TierUnavailableError("not for root; run as another user")
    uid, gid = os.geteuid(), os.getegid()
    _try("unshare", lambda: linux.unshare(linux.CLONE_NEWUSER | _NAMESPACES), _user_namespaces_hint())
    Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
    Path("/proc/self/uid_map").write_text(f"{_UID_INSIDE} {uid} 1", encoding="ascii")
    Path("/proc/self/gid_map").write_text(f"{_UID_INSIDE} {gid} 1", encoding="ascii")
    return Isolation("B", namespaces=True, uid=None)


def _try(name: str, call: Callable[[], None], hint: str) -> None:
    try:
        call()
    except OSError as error:
        reason = errno.errorcode.get(error.errno or 0, str(error.errno))
        raise TierUnavailableError(f"{name} failed with {reason}: {hint}") from error


def _user_namespaces_hint() -> str:
    """Why users can't create user namespaces here, read from the sysctl settings."""
    for place, off, hint in (
        ("kernel/apparmor_restrict_unprivileged_userns", "1", "AppArmor restricts user namespaces"),
        ("kernel/unprivileged_userns_clone", "0", "user namespaces are for root only"),
        ("user/max_user_namespaces", "0", "user namespaces are switched off"),
    ):
        setting = Path("/proc/sys") / place
        if setting.is_file() and setting.read_text(encoding="ascii").strip() == off:
            return f"{hint} (sysctl {place.replace('/', '.')} = {off})"
    return "user namespaces are not allowed here; a container's own filter may forbid them"


def _private_uid() -> int | None:
    """The first of two uids that are unused on this machine; None without the right to change uid.

    Two per worker, derived from its process ID, so that workers don't count against each other's limits.
    """
    if os.geteuid() != 0:
        return None
    mapped = [tuple(map(int, line.split())) for line in Path("/proc/self/uid_map").read_text("ascii").splitlines()]
    wide, narrow = _PRIVATE_UIDS + 2 * os.getpid(), _FEW_PRIVATE_UIDS + 2 * (os.getpid() % 2000)
    for uid in (wide, narrow):
        if any(first <= uid and uid + 1 < first + count for first, _, count in mapped):
            return uid
    return None


def build_root(isolation: Isolation) -> None:
    """Replace the root directory with a read-only one that holds system libraries and the interpreter."""
    isolation.require_namespaces()
    machine = architecture()
    assert machine is not None, "entering the tier needed it"
    rootfs.make_root(machine.pivot_root)
    linux.set_host_name("sandbox")
