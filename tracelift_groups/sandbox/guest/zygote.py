"""A worker's long-lived process: enters a tier, imports common modules, and forks a supervisor for each program.

It is single-threaded and never reads a job, so a program inherits no memory with data of an earlier one. host/worker.py
starts `run_zygote` in a fresh interpreter with a minimal environment.
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
from _sitebuiltins import Quitter, _Helper
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from importlib import import_module
from pathlib import Path

from tracelift_groups.sandbox.guest import linux
from tracelift_groups.sandbox.guest.isolation import SCRATCH, Isolation, TierUnavailableError, build_root, enter
from tracelift_groups.sandbox.protocol import messages
from tracelift_groups.sandbox.protocol.tier import Tier

Serve = Callable[[socket.socket], None]

# The modules that programs import most. Each adds a cost to every fork, so programs import other modules themselves.
PRELOADED = (
    "bisect collections copy functools heapq itertools json math operator random re string threading time traceback "
    "typing"
).split()
_OWN_FRAMES = 11  # below the program's first
_ENVIRONMENT = {"HOME": SCRATCH, "PATH": "", "LANG": "C.UTF-8", "TMPDIR": SCRATCH}


def run_zygote(control_descriptor: int, parent: int, tier: Tier) -> None:
    """Serve until the library closes its socket or exits. Sends the tier, or the reason why it can't be entered."""
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
    except Exception:  # any bug is sent to the library, which shows it
        control.send(json.dumps({"bug": traceback.format_exc()}).encode()[:60_000])
        return
    control.send(json.dumps({"tier": tier}).encode())
    _loop(control, watched, isolation, serve)


def _first_of_namespace() -> bool:
    """Fork the first process of the new PID namespace. True in the parent, after the child has ended."""
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
        # Imported here because these modules, or modules they import, register fork handlers.
        import random

        from tracelift_groups.sandbox.guest.confine import Confinement
        from tracelift_groups.sandbox.guest.process_id import open_last_id
        from tracelift_groups.sandbox.guest.program_end import remember_start
        from tracelift_groups.sandbox.guest.semaphore import replace_named_semaphores
        from tracelift_groups.sandbox.guest.special_path import PROGRAM, recognise_special_paths
        from tracelift_groups.sandbox.guest.supervisor import supervise
    with suppress(OSError):  # out of memory, the kernel kills programs before the caller
        Path("/proc/self/oom_score_adj").write_text("500", encoding="ascii")
    if isolation.uid is not None and not isolation.namespaces:
        _require_readable_library()
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    if isolation.namespaces:
        open_last_id()
        build_root(isolation)
    confinement = Confinement(isolation, pages * os.sysconf("SC_PAGESIZE"))
    linux.prctl(linux.PR_SET_DUMPABLE, 0)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.environ.clear()
    os.environ.update(_ENVIRONMENT)
    random.seed(0)  # every program begins with the same state
    builtins.exit, builtins.quit = (Quitter(name, "") for name in ("exit", "quit"))  # as site does
    builtins.help = _Helper()
    sys.setrecursionlimit(sys.getrecursionlimit() + _OWN_FRAMES)
    sys.set_int_max_str_digits(0)  # a program's time is limited, so the length of its numbers need not be
    replace_named_semaphores()
    recognise_special_paths(has_scratch=isolation.namespaces)
    _hide_location(PROGRAM)
    remember_start()
    gc.collect()
    gc.freeze()
    return partial(supervise, confinement=confinement)


def _require_readable_library() -> None:
    """Raises TierUnavailableError if another user can't read the standard library: programs import from it."""
    for folder in Path(sysconfig.get_path("stdlib")).resolve().parents:
        if not folder.stat().st_mode & stat.S_IXOTH:
            raise TierUnavailableError(f"the interpreter lies in a folder that other users can't enter: {folder}")


@contextmanager
def _no_fork_handlers() -> Iterator[None]:
    """The handlers of threading and random cost more than the fork itself, and one thread does not need them."""
    register = os.register_at_fork
    os.register_at_fork = lambda **_: None
    yield
    os.register_at_fork = register


def _hide_location(program: str) -> None:
    del sys.path[0]  # the folder of this package
    sys.argv[:] = sys.orig_argv[:] = [program]
    sys.executable = sys._base_executable = ""  # type: ignore[attr-defined]  # not in the stubs
    sys.prefix, sys.exec_prefix = sys.base_prefix, sys.base_exec_prefix
    sys.path_importer_cache.clear()
    for name in [name for name in sys.modules if name.partition(".")[0] == "tracelift_groups"]:
        del sys.modules[name]


def _loop(control: socket.socket, watched: int, isolation: Isolation, serve: Serve) -> None:
    own = os.pidfd_open(os.getpid())
    poller = select.poll()
    poller.register(control, select.POLLIN)
    poller.register(watched, select.POLLIN)
    supervisors: dict[int, int] = {}
    while True:
        readable = {descriptor for descriptor, _ in poller.poll()}
        for ended in readable & supervisors.keys():
            poller.unregister(ended)
            os.close(ended)
            os.waitpid(supervisors.pop(ended), 0)
        if watched in readable:
            return
        if control.fileno() not in readable:
            continue
        _, descriptors, _, _ = socket.recv_fds(control, messages.MAX_MESSAGE, 1)
        if not descriptors:
            return
        child = _fork_supervisor(isolation, own)
        if child == 0:
            for descriptor in (control.detach(), watched, own, *supervisors):
                os.close(descriptor)
            serve(socket.socket(fileno=descriptors[0]))
            os._exit(0)
        os.close(descriptors[0])
        started = os.pidfd_open(child)
        poller.register(started, select.POLLIN)
        supervisors[started] = child


def _fork_supervisor(isolation: Isolation, own: int) -> int:
    """Fork a supervisor, in its own PID and IPC namespaces if the tier has namespaces. Returns 0 in the child."""
    if not isolation.namespaces:
        return os.fork()
    linux.unshare(linux.CLONE_NEWPID)
    child = os.fork()
    if child:
        linux.setns(own, linux.CLONE_NEWPID)
    else:
        linux.unshare(linux.CLONE_NEWIPC)
    return child
