"""Entering a tier: namespaces and a root directory of our own for the worker, or the words why not.

Nothing here, nor anything built on it, deletes: what a program writes lies on a tmpfs that goes with the mount
namespace of its process. The calls that would harm the machine if they ran outside of our namespaces (mounting a
scratch, ending all processes) ask `Isolation` first and refuse when that one was not entered.
"""

import errno
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tracelift_groups.sandbox.guest import landlock, linux
from tracelift_groups.sandbox.guest import rootfs as root
from tracelift_groups.sandbox.guest.syscalls import architecture
from tracelift_groups.sandbox.protocol.tier import Tier

_NAMESPACES = linux.CLONE_NEWNS | linux.CLONE_NEWPID | linux.CLONE_NEWIPC | linux.CLONE_NEWNET | linux.CLONE_NEWUTS
_PRIVATE_UIDS = 0x60000000
_FEW_PRIVATE_UIDS = 61184  # where containers map 65,536 uids only
_SEEN_AS = 61184
_SCRATCH_FLAGS = linux.MS_NOSUID | linux.MS_NODEV | linux.MS_NOEXEC


class NotIsolatedError(Exception):
    """A call that is only safe inside namespaces of our own was made outside of them."""


class TierUnavailableError(Exception):
    """This machine does not offer the tier; the message says why."""


@dataclass(frozen=True)
class Isolation:
    """What this process has entered. `uid` is the first of two that programs run as; None: they keep the worker's.

    `namespaces`: this process and those that it starts live in mount, process and other namespaces made by us.
    """

    tier: Tier
    namespaces: bool
    uid: int | None

    def end_others(self) -> None:
        """End every other process of this process's own process namespace, whose first process it must be."""
        self.require_namespaces()
        if os.getpid() != 1:
            raise NotIsolatedError("Only the first process of a namespace may end the others.")
        try:
            os.kill(-1, signal.SIGKILL)
        except ProcessLookupError:
            return

    def require_namespaces(self) -> None:
        """NotIsolatedError outside of namespaces of our own."""
        if not self.namespaces:
            raise NotIsolatedError("Refused: this process is not in namespaces of its own.")


class Scratch:
    """A place to write for one process: a tmpfs over /tmp that nobody else sees and that ends with it."""

    def __init__(self, isolation: Isolation, size: int, owner: int) -> None:
        self._isolation = isolation
        self._options = f"mode=0700,size={size},nr_inodes=512,uid={owner},gid={owner}".encode()

    def mount(self) -> None:
        """Put it there, fresh and empty, and work in it. NotIsolatedError outside of namespaces of our own."""
        self._isolation.require_namespaces()
        linux.unshare(linux.CLONE_NEWNS)
        linux.mount_bytes(b"tmpfs", b"/tmp", b"tmpfs", _SCRATCH_FLAGS, self._options)
        os.chdir("/tmp")


def enter(tier: Tier) -> Isolation:
    """Enter a tier, as far as this process can; its next child is in the new process namespace.

    TierUnavailableError when the machine does not offer it. Tiers C and D change nothing here.
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
    Path("/proc/self/uid_map").write_text(f"{_SEEN_AS} {uid} 1", encoding="ascii")
    Path("/proc/self/gid_map").write_text(f"{_SEEN_AS} {gid} 1", encoding="ascii")
    return Isolation("B", namespaces=True, uid=None)


def _try(name: str, call: Callable[[], None], hint: str) -> None:
    try:
        call()
    except OSError as error:
        reason = errno.errorcode.get(error.errno or 0, str(error.errno))
        raise TierUnavailableError(f"{name} failed with {reason}: {hint}") from error


def _user_namespaces_hint() -> str:
    """Why users can't make user namespaces here, as far as the system tells."""
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
    """A uid that nobody else on this machine has, and the next one; None without the right to change uid.

    Two a worker, made from its process number, so that workers don't count against each other's limits.
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
    """Leave the machine's files behind: a read-only root of system libraries and the interpreter."""
    isolation.require_namespaces()
    machine = architecture()
    assert machine is not None, "entering the tier needed it"
    root.make_root(machine.pivot_root)
    linux.set_host_name("sandbox")
