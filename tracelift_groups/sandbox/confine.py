"""Turns a test's process, still trusted, into one that may run a hostile program. There is no way back.

The order matters: what needs rights comes first, then the rights go, then the system calls.
"""

import fcntl
import os
import resource
import signal

from tracelift_groups.sandbox import landlock, linux, wire
from tracelift_groups.sandbox.isolation import Isolation
from tracelift_groups.sandbox.seccomp import Filter
from tracelift_groups.sandbox.syscalls import architecture

_OPEN_FILES = 64
_ASIDE = 64  # above all places
_OWN_PROCESSES = 8  # of the worker, which count where programs have no uid of their own
_STACK = 64 * 2**20  # the main thread's; programs may raise it


class Confinement:
    """What to do to a test's process: made once by the worker, used after each fork."""

    def __init__(self, isolation: Isolation, address_space: int) -> None:
        machine = architecture()
        self.isolation = isolation
        self._address_space = address_space
        self._filter = Filter(machine) if machine and isolation.tier != "D" else None
        self._rules = fcntl.fcntl(landlock.ruleset(), fcntl.F_DUPFD_CLOEXEC, 2 * _ASIDE) if isolation.tier == "C" else None

    def apply(self, start: wire.Start, ready: int, descriptors: list[int]) -> None:
        """Confine this process. `descriptors` are job, result, stdin, stdout, stderr and, or not, the channel.

        OSError when any step fails: then no program may be run.
        """
        own = os.getuid()
        uid = own if self.isolation.uid is None else self.isolation.uid + start.role
        os.setsid()
        if self.isolation.namespaces:
            self.isolation.mount_scratch(start.scratch_bytes, uid)
        _arrange(ready, descriptors)
        _reset_signals()
        self._limit(start)
        if uid != own:
            os.setgroups([])
            os.setresgid(uid, uid, uid)
            os.setresuid(uid, uid, uid)
        elif self.isolation.namespaces:
            linux.drop_capabilities()
        linux.prctl(linux.PR_SET_DUMPABLE, 0)
        linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
        if self._rules is not None:
            landlock.restrict(self._rules)
        linux.close_from(wire.FIRST_UNUSED)
        if self._filter:
            self._filter.install(os.getpid())

    def _limit(self, start: wire.Start) -> None:
        cpu = int(start.cpu_seconds) + 1  # whole seconds only; the session watches the exact limit
        for name, value in (
            (resource.RLIMIT_CPU, cpu),
            (resource.RLIMIT_AS, self._address_space + start.memory_bytes),
            (resource.RLIMIT_FSIZE, start.output_bytes),
            (resource.RLIMIT_NOFILE, _OPEN_FILES),
            (resource.RLIMIT_CORE, 0),
            (resource.RLIMIT_MEMLOCK, 0),
            (resource.RLIMIT_MSGQUEUE, 0),
        ):
            _lower(name, value)
        if self.isolation.uid is not None or self.isolation.namespaces:
            # Otherwise all processes of the user count, and nobody knows how many those are.
            _lower(resource.RLIMIT_NPROC, start.threads + _OWN_PROCESSES)
        highest = resource.getrlimit(resource.RLIMIT_STACK)[1]
        if highest == resource.RLIM_INFINITY or highest > _STACK:
            resource.setrlimit(resource.RLIMIT_STACK, (_STACK, highest))


def _lower(name: int, value: int) -> None:
    highest = resource.getrlimit(name)[1]
    value = value if highest == resource.RLIM_INFINITY else min(value, highest)
    resource.setrlimit(name, (value, value))


def _arrange(ready: int, descriptors: list[int]) -> None:
    """Every descriptor to its place."""
    job, result, stdin, stdout, stderr, *channel = descriptors
    places = {job: wire.JOB, result: wire.RESULT, stdin: 0, stdout: 1, stderr: 2, ready: wire.READY}
    places |= dict.fromkeys(channel, wire.CHANNEL)
    # Moved out of the way first: a place may be taken by one that is still needed.
    high = {os.dup2(descriptor, _ASIDE + place): place for descriptor, place in places.items()}
    for descriptor, place in high.items():
        os.dup2(descriptor, place)
    if not channel:
        os.dup2(2, wire.CHANNEL)


def _reset_signals() -> None:
    # Python ignores these two; a program that writes too much must end at once.
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
