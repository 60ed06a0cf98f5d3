"""Inside a test's process, after confinement: load the program, run it in the way the job says, report.

From the first line of the program on this process is hostile. What it reports is a claim about itself: a result to be
compared elsewhere, a text for people. Nothing reported makes a test pass.

A job is a marshalled dict: {"kind": "stdio" | "call" | "serve" | "assert", "lines": limit or null, …}. A report is
{"stage": …, "text": …, "lines": …}: `compile`, `raised`, `memory`, `lines` and `refused` are ways to fail; `ended`
is the end of a program, with a `value` for a call; `passed`, `failed`, `blamed`, `gone` and `bad_test` are what an
assertion's own process says.
"""

import _thread
import atexit
import builtins
import fcntl
import gc
import linecache
import marshal
import os
import sys
import threading
import traceback
from contextlib import suppress
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any, NoReturn  # JSON

from tracelift_groups.sandbox.guest.assertion import run_assertion
from tracelift_groups.sandbox.guest.line_count import LineCount
from tracelift_groups.sandbox.guest.rootfs import STDIN_COPY
from tracelift_groups.sandbox.guest.rpc import Served
from tracelift_groups.sandbox.protocol import messages as wire
from tracelift_groups.sandbox.protocol.values import ValueRefusedError, decode, dumps, encode

_FILE = "program.py"
_SEALED = fcntl.F_SEAL_SEAL | fcntl.F_SEAL_WRITE | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK
_PLAIN_END = {"stage": "ended"}
_ENDED = dumps(_PLAIN_END)
_TEXT = 4000  # characters of a report's text


def run_test() -> NoReturn:
    """Run the job of this process and end it."""
    job = marshal.loads(_content(wire.JOB))
    os.close(wire.JOB)
    if job["kind"] == "assert":
        for descriptor in (wire.SOURCE, wire.CODE):
            os.close(descriptor)
        report = run_assertion(job)
        _finish(report, 0)
    source = _content(wire.SOURCE).decode("utf-8", "surrogatepass").removeprefix("\ufeff")
    try:
        code = _compiled(source)
    except (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError) as error:
        _finish({"stage": "compile", "text": _said(error)}, 1)
    for descriptor in (wire.SOURCE, wire.CODE):
        os.close(descriptor)
    if "/dev/stdin" in source:
        _copy_stdin()
    _run(job, code, source)


def _content(descriptor: int) -> bytes:
    size = os.fstat(descriptor).st_size
    parts = bytearray()
    while len(parts) < size:
        parts += os.pread(descriptor, size - len(parts), len(parts))
    return bytes(parts)


def _compiled(source: str) -> CodeType:
    """The program's code. Its first test compiles it, still before it runs, and seals it for the others."""
    if fcntl.fcntl(wire.CODE, fcntl.F_GET_SEALS) & fcntl.F_SEAL_WRITE:
        stored: CodeType = marshal.loads(_content(wire.CODE))
        return stored
    code = compile(source, _FILE, "exec", dont_inherit=True)
    os.ftruncate(wire.CODE, 0)
    kept = marshal.dumps(code)
    if os.pwrite(wire.CODE, kept, 0) == len(kept):
        fcntl.fcntl(wire.CODE, fcntl.F_ADD_SEALS, _SEALED)
    return code


def _copy_stdin() -> None:
    with suppress(OSError):  # there is no place to write, or no room
        Path(STDIN_COPY).write_bytes(_content(0))


def _run(job: dict[str, Any], code: CodeType, source: str) -> NoReturn:
    kind = job["kind"]
    module = ModuleType("__main__" if kind == "stdio" else "candidate")
    module.__dict__["__builtins__"] = builtins
    sys.modules[module.__name__] = module
    count = LineCount(job["lines"], _over_line_limit) if job["lines"] else None
    report: dict[str, Any] = _PLAIN_END.copy()
    status = 0
    try:
        if count:
            count.start()
        exec(code, module.__dict__)
        if kind == "call":
            report["value"] = _called(module, job)
        elif kind == "serve":
            Served(module.__dict__).serve()
    except SystemExit as error:
        status = _exit_status(error)
        if status or kind != "stdio":
            report = {"stage": "raised", "text": f"SystemExit: {str(error)[:_TEXT]}"}
    except ValueRefusedError as error:
        report = {"stage": "refused", "text": str(error)}
    except MemoryError:
        report, status = {"stage": "memory"}, 1
    except BaseException as error:
        linecache.cache[_FILE] = (len(source), None, source.splitlines(keepends=True), _FILE)
        _print_traceback(error)
        report, status = {"stage": "raised", "text": _said(error)}, 1
    if kind == "stdio":
        _wind_up(module)
    if count:
        report["lines"] = count.stop()
    _finish(report, status)


def _called(module: ModuleType, job: dict[str, Any]) -> Any:
    function = module.__dict__.get(job["entry_point"])
    if function is None:
        raise NameError(f"the program defines no {job['entry_point']}")
    arguments: Any = decode(job["args"])
    return encode(function(*arguments), lambda value: ["o", 0, type(value).__name__])


def _exit_status(error: SystemExit) -> int:
    if error.code is None:
        return 0
    if isinstance(error.code, int):
        return error.code & 0xFF
    _write_error(str(error.code))
    return 1


def _wind_up(module: ModuleType) -> None:
    """What Python does at its end: wait for threads, call exit functions, write what files still hold back."""
    if _thread._count():
        threading._shutdown()  # type: ignore[attr-defined]  # waits for threads that are no daemons
    atexit._run_exitfuncs()
    _flush()  # first: a stream of the program's own making may need its names
    module.__dict__.clear()
    gc.collect()  # a file that nobody closed is written when it is collected


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
        try:
            stream.flush()  # type: ignore[union-attr]  # whatever the program has put there
        except Exception:  # it closed or replaced it
            continue


def _finish(report: dict[str, Any], status: int) -> NoReturn:
    _flush()
    try:
        written = _ENDED if report == _PLAIN_END else dumps(report)
    except (ValueRefusedError, RecursionError) as error:
        written = dumps({"stage": "refused", "text": str(error)})
    except MemoryError:
        written = dumps({"stage": "memory"})
    os.ftruncate(wire.RESULT, 0)
    os.pwrite(wire.RESULT, written, 0)
    os._exit(status)


def _over_line_limit(count: int) -> NoReturn:
    _finish({"stage": "lines", "lines": count}, 0)


def _said(error: BaseException) -> str:
    return "".join(traceback.format_exception_only(type(error), error)).strip()[-_TEXT:]


def _print_traceback(error: BaseException) -> None:
    lines = traceback.format_exception(type(error), error, error.__traceback__.tb_next if error.__traceback__ else None)
    _write_error("".join(lines)[-_TEXT:])


def _write_error(text: str) -> None:
    os.write(2, text.encode("utf-8", "backslashreplace"))
