"""Confines a test's process, still trusted, before it runs a hostile program. Confinement can't be undone.

The order matters: first the steps that need privileges, then privileges are dropped, then system calls are filtered.

A program's test takes all steps in its own process. The process that runs assertions takes them once, but for
those that would keep it from starting a process for each test, and each of these takes the rest.
"""

import _signal  # type: ignore[import-not-found]  # has no stubs; the signal module builds enums, at a cost for every test
import fcntl
import os
import resource

from tracelift_groups.sandbox.guest import landlock, linux
from tracelift_groups.sandbox.guest.isolation import Isolation, Scratch
from tracelift_groups.sandbox.guest.seccomp import Filter
from tracelift_groups.sandbox.guest.syscalls import architecture
from tracelift_groups.sandbox.protocol import messages

_OPEN_FILES = 64
_TARGETS = (messages.READY, messages.JOB, messages.RESULT, 0, 1, 2, messages.CHANNEL)
_FIRST_TEMPORARY = 64  # above all target numbers
_OWN_PROCESSES = 8  # of the worker; they count if programs have no own uid
# Limits that would end a server or keep it from moving descriptors.
_OF_ONE_TEST = (resource.RLIMIT_CPU, resource.RLIMIT_NOFILE)
_STACK = 64 * 2**20  # bytes, of the main thread; programs may raise it


class Confinement:
    """The steps that confine a test's process: prepared once by the worker, applied after each fork."""

    def __init__(self, isolation: Isolation, address_space: int) -> None:
        machine = architecture()
        self.isolation = isolation
        self._address_space = address_space
        self._uid = os.getuid()
        self._limits: list[tuple[int, tuple[int, int]]] = []
        self._scratch: Scratch | None = None
        filtered = machine if isolation.tier != "D" else None
        self._filter = filtered and Filter(filtered)
        self._server_filter = filtered and Filter(filtered, may_fork=True)
        self._rules: int | None = None
        if isolation.tier == "C":
            # Above the numbers of a test's descriptors.
            self._rules = fcntl.fcntl(landlock.ruleset(), fcntl.F_DUPFD_CLOEXEC, 2 * _FIRST_TEMPORARY)

    def prepare(self, start: messages.Start) -> None:
        """Set the uid, limits and scratch directory for one program's tests."""
        self._uid = os.getuid() if self.isolation.uid is None else self.isolation.uid + start.role
        self._limits = limits_of(start, self.isolation, self._address_space)
        if self.isolation.namespaces:
            self._scratch = Scratch(self.isolation, start.scratch_bytes, self._uid)

    def apply(self, ready: int, descriptors: list[int]) -> None:
        """Confine this process. `descriptors` are job, result, stdin, stdout, stderr and optionally the channel.

        Raises OSError if any step fails; then no program may run.
        """
        os.setsid()
        if self._scratch:
            self._scratch.mount()
        _arrange([ready, *descriptors])
        for name, bounds in self._limits:
            resource.setrlimit(name, bounds)
        self._give_up_privileges()
        linux.close_from(messages.FIRST_UNUSED)
        if self._filter:
            self._filter.install(os.getpid())

    def apply_to_server(self) -> None:
        """Confine this process, except that it can start processes, watch and kill them. Raises OSError."""
        if self._scratch:
            self._scratch.mount()
        for name, bounds in self._limits:
            if name not in _OF_ONE_TEST:
                resource.setrlimit(name, bounds)
        self._give_up_privileges()
        if self._server_filter:
            self._server_filter.install(os.getpid())

    def apply_in_server(self, ready: int, descriptors: list[int]) -> None:
        """Confine a process that a confined server has started. Raises OSError."""
        os.setsid()
        _arrange([ready, *descriptors])
        os.closerange(messages.SOURCE, messages.CODE + 1)
        for name, bounds in self._limits:
            if name in _OF_ONE_TEST:
                resource.setrlimit(name, bounds)
        if not self.isolation.namespaces:
            linux.prctl(linux.PR_SET_PDEATHSIG, _signal.SIGKILL)
        linux.close_from(messages.FIRST_UNUSED)
        if self._filter:
            self._filter.install(os.getpid())

    def left_clean(self) -> bool:
        """Whether the scratch directory is as it was mounted."""
        return self._scratch is None or self._scratch.is_empty()

    def _give_up_privileges(self) -> None:
        _reset_signals()
        if self.isolation.uid is not None:
            os.setgroups([])
            os.setresgid(self._uid, self._uid, self._uid)
            os.setresuid(self._uid, self._uid, self._uid)
        else:
            linux.drop_capabilities()
        if not self.isolation.namespaces:  # after the uid change, which clears this setting
            linux.prctl(linux.PR_SET_PDEATHSIG, _signal.SIGKILL)
        linux.prctl(linux.PR_SET_DUMPABLE, 0)
        linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
        if self._rules is not None:
            landlock.restrict(self._rules)


def limits_of(start: messages.Start, isolation: Isolation, address_space: int) -> list[tuple[int, tuple[int, int]]]:
    """Arguments for setrlimit, applied in each test of a program."""
    wanted = {
        # In whole seconds; the supervisor enforces the exact limit.
        resource.RLIMIT_CPU: int(start.cpu_seconds) + 1,
        resource.RLIMIT_AS: address_space + start.memory_bytes,
        resource.RLIMIT_FSIZE: start.output_bytes,
        resource.RLIMIT_NOFILE: _OPEN_FILES,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_MSGQUEUE: 0,
    }
    if isolation.uid is not None or isolation.namespaces:
        # Otherwise all processes of the user count, and their number is unknown.
        wanted[resource.RLIMIT_NPROC] = start.threads + _OWN_PROCESSES
    found = [(name, (value, value)) for name, value in ((name, _within(name, value)) for name, value in wanted.items())]
    highest = resource.getrlimit(resource.RLIMIT_STACK)[1]
    return [*found, (resource.RLIMIT_STACK, (_within(resource.RLIMIT_STACK, _STACK), highest))]


def _within(name: int, value: int) -> int:
    highest = resource.getrlimit(name)[1]
    return value if highest == resource.RLIM_INFINITY else min(value, highest)


def _arrange(descriptors: list[int]) -> None:
    """Move every descriptor to its target number."""
    # First to temporary numbers: a target may be in use by a descriptor that is still needed.
    for index, descriptor in enumerate(descriptors):
        os.dup2(descriptor, _FIRST_TEMPORARY + index)
    for index, _ in enumerate(descriptors):
        os.dup2(_FIRST_TEMPORARY + index, _TARGETS[index])
    if len(descriptors) < len(_TARGETS):
        os.closerange(messages.CHANNEL, messages.CHANNEL + 1)


def _reset_signals() -> None:
    # Python ignores SIGXFSZ and SIGPIPE; a program that writes too much must end at once.
    _signal.signal(_signal.SIGXFSZ, _signal.SIG_DFL)
    _signal.signal(_signal.SIGPIPE, _signal.SIG_DFL)
    _signal.signal(_signal.SIGINT, _signal.default_int_handler)
    _signal.pthread_sigmask(_signal.SIG_SETMASK, ())
