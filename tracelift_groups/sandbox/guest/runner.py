"""Runs in a test's process after confinement: loads the program, runs it as the job says, writes a report.

From the first line of the program on, this process is hostile. Its report is only a claim: a result that the host
compares, or a text for display. No report of a program makes its test pass.

A job is a marshalled dict: {"kind": "stdio" | "call" | "serve" | "assert", "lines": limit or null, …}. A report is
{"stage": …, "text": …, "lines": …}: `compile`, `raised`, `memory`, `lines` and `refused` are ways to fail; `ended`
is a normal end, with a `value` for a call; `passed`, `failed`, `blamed`, `gone` and `bad_test` come from the process of
an assertion.
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
from tracelift_groups.sandbox.guest.entry_point import entry_point
from tracelift_groups.sandbox.guest.line_count import LineCount
from tracelift_groups.sandbox.guest.rootfs import STDIN_COPY
from tracelift_groups.sandbox.guest.served import Served
from tracelift_groups.sandbox.protocol import messages
from tracelift_groups.sandbox.protocol.values import ValueRefusedError, decode, dumps, encode

_FILE = "program.py"
_SEALED = fcntl.F_SEAL_SEAL | fcntl.F_SEAL_WRITE | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK
_PLAIN_END = {"stage": "ended"}
_ENDED = dumps(_PLAIN_END)
_SPARE = 16 * 2**20
_TEXT = 4000  # characters of a report's text


def run_test() -> NoReturn:
    """Run this process's job, then exit."""
    job = marshal.loads(_content(messages.JOB))
    os.close(messages.JOB)
    if job["kind"] == "assert":
        for descriptor in (messages.SOURCE, messages.CODE):
            os.close(descriptor)
        report = run_assertion(job)
        _finish(report, 0)
    source = _content(messages.SOURCE).decode("utf-8", "surrogatepass").removeprefix("\ufeff")
    try:
        code = _compiled(source)
    except MemoryError:
        _finish({"stage": "compile", "text": "nested too deeply"} if _has_memory() else {"stage": "memory"}, 1)
    except (SyntaxError, ValueError, OverflowError, RecursionError) as error:
        _finish({"stage": "compile", "text": _error_text(error)}, 1)
    for descriptor in (messages.SOURCE, messages.CODE):
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
    """The program's code. The first test compiles it before it runs, and seals it for later tests."""
    if fcntl.fcntl(messages.CODE, fcntl.F_GET_SEALS) & fcntl.F_SEAL_WRITE:
        stored: CodeType = marshal.loads(_content(messages.CODE))
        return stored
    code = compile(source, _FILE, "exec", dont_inherit=True)
    os.ftruncate(messages.CODE, 0)
    kept = marshal.dumps(code)
    if os.pwrite(messages.CODE, kept, 0) == len(kept):
        fcntl.fcntl(messages.CODE, fcntl.F_ADD_SEALS, _SEALED)
    return code


def _has_memory() -> bool:
    """Whether memory is left: Python's parser raises MemoryError for a program that is nested too deeply as well."""
    try:
        bytearray(_SPARE)
    except MemoryError:
        return False
    return True


def _copy_stdin() -> None:
    with suppress(OSError):  # no writable directory, or no space
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
            Served(module.__dict__, entry_point, job["output"]).serve()
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
        report, status = {"stage": "raised", "text": _error_text(error)}, 1
    if kind == "stdio":
        _shut_down(module)
    if count:
        report["lines"] = count.stop()
    _finish(report, status)


def _called(module: ModuleType, job: dict[str, Any]) -> Any:
    function = entry_point(module.__dict__, job["entry_point"])
    arguments: Any = decode(job["args"])
    return encode(function(*arguments), lambda value: ["o", 0, type(value).__name__])


def _exit_status(error: SystemExit) -> int:
    if error.code is None:
        return 0
    if isinstance(error.code, int):
        return error.code & 0xFF
    _write_error(str(error.code))
    return 1


def _shut_down(module: ModuleType) -> None:
    """What Python does at exit: join threads, call exit functions, flush files."""
    if _thread._count():
        threading._shutdown()  # type: ignore[attr-defined]  # joins non-daemon threads
    atexit._run_exitfuncs()
    _flush()  # before clearing: a stream that the program defines may need its names
    module.__dict__.clear()
    gc.collect()  # an unclosed file is flushed when it is collected


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
        try:
            stream.flush()  # type: ignore[union-attr]  # the program may have replaced it
        except Exception:  # the program closed or replaced it
            continue


def _finish(report: dict[str, Any], status: int) -> NoReturn:
    _flush()
    try:
        written = _ENDED if report == _PLAIN_END else dumps(report)
    except (ValueRefusedError, RecursionError) as error:
        written = dumps({"stage": "refused", "text": str(error)})
    except MemoryError:
        written = dumps({"stage": "memory"})
    os.ftruncate(messages.RESULT, 0)
    os.pwrite(messages.RESULT, written, 0)
    os._exit(status)


def _over_line_limit(count: int) -> NoReturn:
    _finish({"stage": "lines", "lines": count}, 0)


def _error_text(error: BaseException) -> str:
    return "".join(traceback.format_exception_only(type(error), error)).strip()[-_TEXT:]


def _print_traceback(error: BaseException) -> None:
    lines = traceback.format_exception(type(error), error, error.__traceback__.tb_next if error.__traceback__ else None)
    _write_error("".join(lines)[-_TEXT:])


def _write_error(text: str) -> None:
    os.write(2, text.encode("utf-8", "backslashreplace"))
