"""One program's trusted process: forks a process for each test, watches it, ends it, and says how it ended.

It is the first process of the program's own process namespace; when it ends, so does all that the program started. It
reads no source, input or output. Should the library go away in the middle of a test, it ends at once.
"""

import fcntl
import os
import select
import signal
import socket
import time
from typing import NoReturn

from tracelift_groups.sandbox.guest.confine import Confinement
from tracelift_groups.sandbox.guest.runner import run_test
from tracelift_groups.sandbox.protocol import messages as wire

_ABOVE_PLACES = 100
_SHORTEST_WAIT_SECONDS, _LONGEST_WAIT_SECONDS = 0.01, 3600.0
_MOST_DESCRIPTORS = 6


def supervise(session: socket.socket, confinement: Confinement) -> None:
    """Run tests until the library closes its end."""
    session = socket.socket(fileno=_moved(session.detach()))
    record, descriptors, _, _ = socket.recv_fds(session, wire.MAX_MESSAGE, 2)
    if not descriptors:
        return
    start = wire.Start.unpack(record)
    confinement.prepare(start)
    source, code = map(_moved, descriptors)
    os.dup2(source, wire.SOURCE)
    os.dup2(code, wire.CODE)
    while True:
        message, descriptors, _, _ = socket.recv_fds(session, wire.MAX_MESSAGE, _MOST_DESCRIPTORS)
        if not message:
            return
        if message == wire.TEST:  # a late STOP finds nothing to stop
            session.send(_run(session, start, confinement, descriptors).pack())


def _moved(descriptor: int) -> int:
    high = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, _ABOVE_PLACES)
    os.close(descriptor)
    return high


def _run(session: socket.socket, start: wire.Start, confinement: Confinement, descriptors: list[int]) -> wire.End:
    confined, ready = os.pipe()
    child = os.fork()
    if child == 0:
        _become_test(confinement, ready, descriptors)
    os.close(ready)
    for descriptor in descriptors:
        os.close(descriptor)
    reason = _watch(session, child, start)
    if confinement.isolation.namespaces:
        confinement.isolation.end_others()
    else:
        _end_group(child)
    _, status, usage = os.wait4(child, 0)
    while _reaped():
        pass
    said = os.read(confined, wire.MAX_REASON)
    os.close(confined)
    if said != wire.CONFINED:
        return wire.End(status, 0.0, wire.NOT_STARTED, said or b"it ended while it was confined")
    return wire.End(status, usage.ru_utime + usage.ru_stime, reason)


def _become_test(confinement: Confinement, ready: int, descriptors: list[int]) -> NoReturn:
    try:
        try:
            confinement.apply(ready, descriptors)
        except Exception as error:  # whatever it is, no program may run
            os.write(ready, repr(error).encode("utf-8", "replace")[: wire.MAX_REASON])
            os._exit(1)
        os.write(wire.READY, wire.CONFINED)
        os.close(wire.READY)
        run_test()
    finally:
        os._exit(1)


def _watch(session: socket.socket, child: int, start: wire.Start) -> int:
    """Wait for the child's end, or end it. Why it ended, as one of wire's reasons."""
    clock = (~child << 3) | 2  # the processor time of that process, in the kernel's numbering of clocks
    deadline = time.monotonic() + start.wall_seconds
    ended = os.pidfd_open(child)
    poller = select.poll()
    poller.register(ended, select.POLLIN)
    poller.register(session, select.POLLIN)
    cores = os.cpu_count() or 1
    reason = wire.ENDED
    used = 0.0
    while reason == wire.ENDED:
        soonest = min((start.cpu_seconds - used) / cores, deadline - time.monotonic(), _LONGEST_WAIT_SECONDS)
        came = {descriptor for descriptor, _ in poller.poll(1000 * max(soonest, _SHORTEST_WAIT_SECONDS))}
        if ended in came:
            break
        if session.fileno() in came:
            if not session.recv(wire.MAX_MESSAGE):
                os.kill(child, signal.SIGKILL)
                os._exit(0)  # nobody waits for the verdict
            reason = wire.STOPPED
        used = time.clock_gettime(clock)
        if used > start.cpu_seconds:
            reason = wire.OUT_OF_CPU
        elif time.monotonic() > deadline:
            reason = wire.OUT_OF_WALL
    if reason != wire.ENDED:
        os.kill(child, signal.SIGKILL)
    os.close(ended)
    return reason


def _end_group(child: int) -> None:
    """End what is in the child's process group. It is not reaped yet, so the number is still its own."""
    try:
        os.killpg(child, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):  # it ended before it had a group, or all of the group are gone
        os.kill(child, signal.SIGKILL)


def _reaped() -> bool:
    """Wait for one more child; False when there is none."""
    try:
        os.waitpid(-1, 0)
    except ChildProcessError:
        return False
    return True
