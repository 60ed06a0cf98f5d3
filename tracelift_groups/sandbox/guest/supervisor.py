"""One program's trusted process: forks a runner for each test, watches it, kills it at a limit, reports how it ended.

It is the first process of the program's PID namespace; when it exits, every process that the program started ends. It
reads no source, input or output. If the library closes the socket during a test, it exits at once. The one that runs
assertions is confined itself, and serves one program after another.
"""

import fcntl
import os
import select
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import replace
from typing import NoReturn

from tracelift_groups.sandbox.guest.confine import Confinement
from tracelift_groups.sandbox.guest.isolation import Isolation
from tracelift_groups.sandbox.guest.process_id import hide_test_number
from tracelift_groups.sandbox.guest.runner import run_test
from tracelift_groups.sandbox.protocol import messages

Confine = Callable[[int, list[int]], None]

_ABOVE_TARGETS = 100
_SHORTEST_WAIT_SECONDS, _LONGEST_WAIT_SECONDS = 0.01, 3600.0
_MAX_DESCRIPTORS = 6


def supervise(session: socket.socket, confinement: Confinement) -> None:
    """Run tests until the library closes its socket."""
    session = socket.socket(fileno=_moved(session.detach()))
    record, descriptors, _, _ = socket.recv_fds(session, messages.MAX_MESSAGE, 2)
    if not record:
        return
    start = messages.Start.unpack(record)
    confinement.prepare(start)
    confine = confinement.apply
    if start.role == messages.ASSERTION_ROLE:
        confinement.apply_to_server()
        confine = confinement.apply_in_server
    else:
        source, code = map(_moved, descriptors)
        os.dup2(source, messages.SOURCE)
        os.dup2(code, messages.CODE)
    is_last = False
    while not is_last:
        message, descriptors, _, _ = socket.recv_fds(session, messages.MAX_MESSAGE, _MAX_DESCRIPTORS)
        if not message:
            return
        if message == messages.TEST:  # a late STOP finds nothing to stop
            end = _run(session, start, confine, confinement.isolation, descriptors)
            is_last = start.role == messages.ASSERTION_ROLE and not confinement.left_clean()
            session.send(replace(end, is_last=is_last).pack())


def _moved(descriptor: int) -> int:
    high = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, _ABOVE_TARGETS)
    os.close(descriptor)
    return high


def _run(
    session: socket.socket, start: messages.Start, confine: Confine, isolation: Isolation, descriptors: list[int]
) -> messages.End:
    if start.role == messages.PROGRAM_ROLE:
        hide_test_number()
    confined, ready = os.pipe()
    child = os.fork()
    if child == 0:
        _become_test(confine, ready, descriptors)
    os.close(ready)
    for descriptor in descriptors:
        os.close(descriptor)
    reason = _watch(session, child, start)
    if isolation.namespaces:
        isolation.end_others()
    else:
        _end_group(child)
    _, status, usage = os.wait4(child, 0)
    while _reaped():
        pass
    message = os.read(confined, messages.MAX_REASON)
    os.close(confined)
    if message != messages.CONFINED:
        return messages.End(status, 0.0, messages.NOT_STARTED, words=message or b"it ended while it was confined")
    return messages.End(status, usage.ru_utime + usage.ru_stime, reason)


def _become_test(confine: Confine, ready: int, descriptors: list[int]) -> NoReturn:
    try:
        try:
            confine(ready, descriptors)
        except Exception as error:  # after any failure no program may run
            os.write(ready, repr(error).encode("utf-8", "replace")[: messages.MAX_REASON])
            os._exit(1)
        os.write(messages.READY, messages.CONFINED)
        os.close(messages.READY)
        run_test()
    finally:
        os._exit(1)


def _watch(session: socket.socket, child: int, start: messages.Start) -> int:
    """Wait for the child to end, or kill it at a limit. Returns a reason from protocol/messages.py."""
    clock = (~child << 3) | 2  # the child's CPU-time clock, as clock_getcpuclockid(3) numbers it
    deadline = time.monotonic() + start.wall_seconds
    ended = os.pidfd_open(child)
    poller = select.poll()
    poller.register(ended, select.POLLIN)
    poller.register(session, select.POLLIN)
    cores = os.cpu_count() or 1
    reason = messages.ENDED
    used = 0.0
    while reason == messages.ENDED:
        soonest = min((start.cpu_seconds - used) / cores, deadline - time.monotonic(), _LONGEST_WAIT_SECONDS)
        readable = {descriptor for descriptor, _ in poller.poll(1000 * max(soonest, _SHORTEST_WAIT_SECONDS))}
        if ended in readable:
            break
        if session.fileno() in readable:
            if not session.recv(messages.MAX_MESSAGE):
                os.kill(child, signal.SIGKILL)
                os._exit(0)  # the library has closed the socket: no verdict is needed
            reason = messages.STOPPED
        used = time.clock_gettime(clock)
        if used > start.cpu_seconds:
            reason = messages.OUT_OF_CPU
        elif time.monotonic() > deadline:
            reason = messages.OUT_OF_WALL
    if reason != messages.ENDED:
        os.kill(child, signal.SIGKILL)
    os.close(ended)
    return reason


def _end_group(child: int) -> None:
    """Kill the child's process group. The child is not reaped yet, so its process ID can't have been reused."""
    try:
        os.killpg(child, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):  # it ended before it had a group, or the whole group has ended
        os.kill(child, signal.SIGKILL)


def _reaped() -> bool:
    """Reap one more child; False when there is none."""
    try:
        os.waitpid(-1, 0)
    except ChildProcessError:
        return False
    return True
