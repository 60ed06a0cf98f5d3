"""A worker's long-lived process: enters a tier, loads what programs import, and forks a session for each program.

It is single-threaded and never reads a job, so nothing of one program is in the memory that the next one inherits.
`main` is started by worker.py in a fresh interpreter with an empty environment.
"""

import builtins
import gc
import json
import os
import select
import signal
import socket
import stat
import sys
import sysconfig
import traceback
from _sitebuiltins import Quitter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from importlib import import_module
from pathlib import Path

from tracelift_groups.sandbox.guest import linux
from tracelift_groups.sandbox.guest.isolation import Isolation, TierUnavailableError, build_root, enter
from tracelift_groups.sandbox.protocol import messages as wire
from tracelift_groups.sandbox.protocol.tier import Tier

Serve = Callable[[socket.socket], None]

# What programs import most. Each costs a little at every fork; the rest is imported by the program that needs it.
PRELOADED = (
    "bisect collections copy functools heapq itertools json math operator random re string threading time traceback "
    "typing"
).split()
_ENVIRONMENT = {"HOME": "/tmp", "PATH": "", "LANG": "C.UTF-8", "TMPDIR": "/tmp"}


def run_zygote(control_descriptor: int, parent: int, tier: Tier) -> None:
    """Serve until the library closes its end or ends. Says hello, with the reason where the tier can't be entered."""
    control = socket.socket(fileno=control_descriptor)
    try:
        watched = os.pidfd_open(parent)
        if os.getppid() != parent:
            return
        isolation = enter(tier)
        if isolation.namespaces and _first_of_namespace():
            return
        serve = _prepare(isolation)
    except (TierUnavailableError, OSError) as error:
        control.send(json.dumps({"reason": str(error)}).encode())
        return
    except Exception:  # whatever it is, the library's to show
        control.send(json.dumps({"bug": traceback.format_exc()}).encode()[:60_000])
        return
    control.send(json.dumps({"tier": tier}).encode())
    _loop(control, watched, isolation, serve)


def _first_of_namespace() -> bool:
    """Fork the first process of the new process namespace; True in the one that has waited for its end."""
    child = os.fork()
    if child:
        for descriptor in range(3):
            os.close(descriptor)
        os.waitpid(child, 0)
        return True
    linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)
    return False


def _prepare(isolation: Isolation) -> Serve:
    with _no_fork_handlers():
        for name in PRELOADED:
            import_module(name)
        # Only here, because these have or import what has such handlers.
        import random

        from tracelift_groups.sandbox.guest.confine import Confinement
        from tracelift_groups.sandbox.guest.supervisor import supervise
    with suppress(OSError):  # rather the programs than who runs them, should the machine run out of memory
        Path("/proc/self/oom_score_adj").write_text("500", encoding="ascii")
    if isolation.uid is not None and not isolation.namespaces:
        _require_readable_library()
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    if isolation.namespaces:
        build_root(isolation)
    confinement = Confinement(isolation, pages * os.sysconf("SC_PAGESIZE"))
    linux.prctl(linux.PR_SET_DUMPABLE, 0)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.environ.clear()
    os.environ.update(_ENVIRONMENT)
    random.seed(0)  # every program begins with the same state
    builtins.exit, builtins.quit = (Quitter(name, "") for name in ("exit", "quit"))  # as site does
    _forget_where_we_are()
    gc.collect()
    gc.freeze()
    return partial(supervise, confinement=confinement)


def _require_readable_library() -> None:
    """Programs that run as another user import from the library where it lies."""
    for folder in Path(sysconfig.get_path("stdlib")).resolve().parents:
        if not folder.stat().st_mode & stat.S_IXOTH:
            raise TierUnavailableError(f"the interpreter lies in a folder that other users can't enter: {folder}")


@contextmanager
def _no_fork_handlers() -> Iterator[None]:
    """What threading and random do after each fork costs more than the fork, and changes nothing in one thread."""
    register = os.register_at_fork
    os.register_at_fork = lambda **_: None
    yield
    os.register_at_fork = register


def _forget_where_we_are() -> None:
    del sys.path[0]  # where our package lies
    sys.argv[:] = sys.orig_argv[:] = ["program.py"]
    sys.executable = sys._base_executable = ""  # type: ignore[attr-defined]  # venv's word for the same
    sys.prefix, sys.exec_prefix = sys.base_prefix, sys.base_exec_prefix
    sys.path_importer_cache.clear()
    for name in [name for name in sys.modules if name.partition(".")[0] == "tracelift_groups"]:
        del sys.modules[name]


def _loop(control: socket.socket, watched: int, isolation: Isolation, serve: Serve) -> None:
    own = os.pidfd_open(os.getpid())
    poller = select.poll()
    poller.register(control, select.POLLIN)
    poller.register(watched, select.POLLIN)
    sessions: dict[int, int] = {}
    while True:
        came = {descriptor for descriptor, _ in poller.poll()}
        for ended in came & sessions.keys():
            poller.unregister(ended)
            os.close(ended)
            os.waitpid(sessions.pop(ended), 0)
        if watched in came:
            return
        if control.fileno() not in came:
            continue
        _, descriptors, _, _ = socket.recv_fds(control, wire.MAX_MESSAGE, 1)
        if not descriptors:
            return
        child = _fork_session(isolation, own)
        if child == 0:
            for descriptor in (control.detach(), watched, own, *sessions):
                os.close(descriptor)
            serve(socket.socket(fileno=descriptors[0]))
            os._exit(0)
        os.close(descriptors[0])
        started = os.pidfd_open(child)
        poller.register(started, select.POLLIN)
        sessions[started] = child


def _fork_session(isolation: Isolation, own: int) -> int:
    """Fork into a process namespace and an IPC namespace of the session's own, where there are namespaces."""
    if not isolation.namespaces:
        return os.fork()
    linux.unshare(linux.CLONE_NEWPID)
    child = os.fork()
    if child:
        linux.setns(own, linux.CLONE_NEWPID)
    else:
        linux.unshare(linux.CLONE_NEWIPC)
    return child
