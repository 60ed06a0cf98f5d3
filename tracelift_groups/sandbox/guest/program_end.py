"""The end of a program, in the order of the interpreter's own (Py_FinalizeEx and finalize_modules of CPython).

Threads are joined, exit functions called and the standard streams flushed. Then the program's modules are removed, and
its finalisers run while the names that they use still exist. The interpreter's own end also frees the standard library,
which takes longer than most programs. Daemon threads run on, and objects that only they keep alive are finalised too.
"""

import _thread
import atexit
import builtins
import gc
import signal
import sys
import threading
import typing
import weakref
from contextlib import suppress
from dataclasses import dataclass, field
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any  # values of any program

FLUSH_FAILED = 120  # the interpreter's exit status if a standard stream can't be flushed
_OF_SYS = "path argv ps1 ps2 last_type last_value last_traceback path_hooks path_importer_cache meta_path".split()
_DEFINITIONS = (ModuleType, FunctionType, BuiltinFunctionType, type)


@dataclass
class _Start:
    loaded: dict[str, ModuleType] = field(default_factory=dict)  # sys.modules, unless the program replaces that
    modules: tuple[ModuleType, ...] = ()
    builtins: dict[str, Any] = field(default_factory=dict)


_start = _Start()


def remember_start() -> None:
    """Keep the modules and built-ins that every program starts with: they outlive it."""
    _start.loaded = sys.modules
    _start.modules = tuple(module for name, module in sys.modules.items() if name != "__main__")
    _start.builtins = builtins.__dict__.copy()


def flush_streams() -> None:
    """Flush sys.stdout and sys.stderr; errors are ignored, as when the interpreter has run a file."""
    for name in ("stderr", "stdout"):
        try:
            getattr(sys, name).flush()
        except Exception:  # the program closed, replaced or removed it
            continue


def end_program(name: str, collections: list[dict[str, int]]) -> int:
    """End the program whose module is sys.modules[name]; the caller keeps no reference to it.

    `collections` is gc.get_stats() before the program's first line. Returns 0, or FLUSH_FAILED.
    """
    # To touch an object of the worker copies its page of memory, so what need not change stays as it is, and this is
    # one function. A full collection touches many: a program that never collected has only young objects.
    if _thread._count():
        with suppress(BaseException):  # the program interrupts itself; the interpreter goes on too
            threading._shutdown()  # type: ignore[attr-defined]  # joins non-daemon threads
    atexit._run_exitfuncs()
    status = _flush()
    short = sys.version_info < (3, 14) and gc.get_stats() == collections
    if gc.isenabled():
        gc.collect(0 if short else 2)
    mark: set[None] = set()  # lives as long as the module's names: its new loader
    try:
        _start.loaded[name].__dict__["__loader__"] = mark
    except Exception:  # the program removed or replaced its module
        short = False
    alive = weakref.ref(mark)
    del mark
    for stream, first in (("stdout", "__stdout__"), ("stderr", "__stderr__")):
        if getattr(sys, stream, None) is not getattr(sys, first, None):
            setattr(sys, stream, getattr(sys, first, None))
    _start.loaded.pop(name, None)
    while len(_start.loaded) > len(_start.modules):
        _start.loaded.popitem()
    gc.collect(1 if short else 2)
    if alive() is not None:
        _clear_libraries()
    if alive() is not None:
        _clear_names(alive())
    return _flush() or status


def _flush() -> int:
    """0, or FLUSH_FAILED. A stream that the program closed or removed needs no flush."""
    status = 0
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name, None)
        try:
            if stream is not None and not getattr(stream, "closed", False):
                stream.flush()
        except BaseException:  # of the program's own stream
            status = FLUSH_FAILED
    return status


def _clear_libraries() -> None:
    """Drop what the program left in libraries that outlive it: handlers, patches, classes in the caches of typing."""
    for number in signal.valid_signals():
        if callable(signal.getsignal(number)):
            signal.signal(number, signal.SIG_DFL)
    for clear in typing._cleanups:  # type: ignore[attr-defined]
        clear()
    builtins.__dict__.update(_start.builtins)
    for attribute in _OF_SYS:
        setattr(sys, attribute, None)
    sys.stdin = getattr(sys, "__stdin__", None)
    # The worker's own objects are frozen; a program that unfreezes them keeps what it left.
    own = {id(value) for value in gc.get_objects()} if gc.get_freeze_count() else set()
    spaces = [module.__dict__ for module in reversed(_start.modules)]
    changed = [(space, name) for space in spaces for name, value in space.items() if id(value) in own]
    for space, name in changed:
        space[name] = None
    gc.collect()


def _clear_names(mark: object) -> None:
    """Clear the namespaces that hold the mark: data first, so that finalisers find functions, classes and modules."""
    spaces = [space for space in gc.get_referrers(mark) if isinstance(space, dict)]
    for definitions in (False, True):
        for space in spaces:
            names = [name for name, value in space.items() if issubclass(type(value), _DEFINITIONS) == definitions]
            for name in names:
                if name != "__builtins__":
                    space[name] = None
        gc.collect()
