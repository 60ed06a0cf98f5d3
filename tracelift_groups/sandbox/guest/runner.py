"""Runs in a test's process after confinement: loads the program, runs it as the job says, writes a report.

From the first line of the program on, this process is hostile. Its report is only a claim: a result that the host
compares, or a text for display. No report of a program makes its test pass.

A job is a marshalled dict: {"kind": "stdio" | "call" | "serve" | "assert", "lines": limit or null, "output": bytes, …}.
A report is {"stage": …, "text": …, "lines": …}: `compile`, `raised`, `memory`, `lines` and `large` (a result above
`output` bytes, or too deep) are ways to fail; `ended` is a normal end, with a `value` for a call; other stages come
from the process of an assertion.
"""

import builtins
import fcntl
import gc
import linecache
import marshal
import os
import resource
import sys
import traceback
from contextlib import suppress
from functools import partial
from types import CodeType, ModuleType
from typing import Any, NoReturn  # JSON

from tracelift_groups.sandbox.guest.assertion import run_assertion
from tracelift_groups.sandbox.guest.entry_point import entry_point
from tracelift_groups.sandbox.guest.line_count import LineCount
from tracelift_groups.sandbox.guest.program_end import end_program, flush_streams
from tracelift_groups.sandbox.guest.served import Served
from tracelift_groups.sandbox.guest.special_path import PROGRAM, set_source
from tracelift_groups.sandbox.protocol import messages
from tracelift_groups.sandbox.protocol.values import MAX_BYTES, ValueRefusedError, decode, dumps, encode

_FILE = "program.py"
_SEALED = fcntl.F_SEAL_SEAL | fcntl.F_SEAL_WRITE | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK
_PLAIN_END = {"stage": "ended"}
_ENDED = dumps(_PLAIN_END)
_TEXT = 4000  # characters of a report's text


def run_test() -> NoReturn:
    """Run this process's job, then exit."""
    job = marshal.loads(_content(messages.JOB))
    os.close(messages.JOB)
    if job["kind"] == "assert":
        report = run_assertion(job)
        _finish(report, 0)
    content = _content(messages.SOURCE)
    set_source(content)
    source = content.decode("utf-8", "surrogatepass").removeprefix("\ufeff")
    try:
        code = _compiled(source)
    except MemoryError:
        report = {"stage": "memory"} if _memory_is_used_up() else {"stage": "compile", "text": "nested too deeply"}
        _finish(report, 1)
    except (SyntaxError, ValueError, OverflowError, RecursionError) as error:
        _finish({"stage": "compile", "text": _error_text(error)}, 1)
    for descriptor in (messages.SOURCE, messages.CODE):
        os.close(descriptor)
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


def _memory_is_used_up() -> bool:
    """Whether a MemoryError is about memory; the parser raises it for source that is nested too deeply, too."""
    return 2 * 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss > resource.getrlimit(resource.RLIMIT_AS)[0]


def _run(job: dict[str, Any], code: CodeType, source: str) -> NoReturn:
    name = "__main__" if job["kind"] == "stdio" else "candidate"
    linecache.cache[_FILE] = (partial(str, source),)  # read when needed
    count = LineCount(job["lines"], _over_line_limit) if job["lines"] else None
    if count:
        count.start()
    collections = gc.get_stats()
    report, status = _executed(name, job, code)
    if job["kind"] == "stdio":
        status = end_program(name, collections) or status
    if count:
        report["lines"] = count.stop()
    _finish(report, status, job["output"])


def _executed(name: str, job: dict[str, Any], code: CodeType) -> tuple[dict[str, Any], int]:
    """Run the program as the job says. Its report and exit status."""
    module = sys.modules[name] = ModuleType(name)
    module.__dict__["__builtins__"] = builtins
    module.__dict__["__file__"] = PROGRAM
    try:
        exec(code, module.__dict__)
        if job["kind"] == "call":
            return _PLAIN_END | {"value": _called(module, job)}, 0
        if job["kind"] == "serve":
            Served(module.__dict__, entry_point, job["output"]).serve()
        flush_streams()
    except SystemExit as error:
        flush_streams()
        status = _exit_status(error)
        if status or job["kind"] != "stdio":
            return {"stage": "raised", "text": f"SystemExit: {str(error)[:_TEXT]}"}, status
    except ValueRefusedError as error:
        return {"stage": "large", "text": str(error)}, 0
    except MemoryError:
        return {"stage": "memory"}, 1
    except BaseException as error:
        flush_streams()
        _show(error)
        return {"stage": "raised", "text": _error_text(error)}, 1
    return _PLAIN_END.copy(), 0


def _called(module: ModuleType, job: dict[str, Any]) -> Any:
    function = entry_point(module.__dict__, job["entry_point"])
    arguments: Any = decode(job["args"])
    return encode(function(*arguments), lambda value: ["o", 0, type(value).__name__])


def _exit_status(error: SystemExit) -> int:
    if error.code is None:
        return 0
    if isinstance(error.code, int):
        return (error.code if abs(error.code) <= sys.maxsize else -1) & 0xFF
    _write_error(str(error.code))
    return 1


def _finish(report: dict[str, Any], status: int, most: int = MAX_BYTES) -> NoReturn:
    flush_streams()
    try:
        written = _ENDED if report == _PLAIN_END else dumps(report, most)
    except (ValueRefusedError, RecursionError) as error:
        written = dumps({"stage": "large", "text": str(error)})
    except MemoryError:
        written = dumps({"stage": "memory"})
    os.ftruncate(messages.RESULT, 0)
    os.pwrite(messages.RESULT, written, 0)
    os._exit(status)


def _over_line_limit(count: int) -> NoReturn:
    _finish({"stage": "lines", "lines": count}, 0)


def _error_text(error: BaseException) -> str:
    return "".join(traceback.format_exception_only(type(error), error)).strip()[-_TEXT:]


def _show(error: BaseException) -> None:
    """Print the traceback, without the frames of this module."""
    own = error.__traceback__.tb_next if error.__traceback__ else None
    sys.last_type, sys.last_value, sys.last_traceback = type(error), error, own
    if sys.excepthook is not sys.__excepthook__:
        with suppress(BaseException):  # of the program's own hook
            sys.excepthook(type(error), error, own)
    else:
        _write_error("".join(traceback.format_exception(type(error), error, own))[-_TEXT:])


def _write_error(text: str) -> None:
    os.write(2, text.encode("utf-8", "backslashreplace"))
