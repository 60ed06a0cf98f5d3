"""Runs assertion code about a program in its own process; the program runs in another one and only answers calls.

So objects that compare equal to everything, patched modules and inspection of the caller's frames have no effect.
"""

import builtins
import signal
import traceback
from typing import Any  # JSON

from tracelift_groups.sandbox.guest.rpc import ProgramGoneError, Remote
from tracelift_groups.sandbox.protocol.values import ValueRefusedError

_FILE = "assertion.py"


def run_assertion(job: dict[str, Any]) -> dict[str, Any]:
    """Run the setup, then the assertion with proxies for the program's functions. Returns the report."""
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)  # if the program has ended, writing raises an exception instead
    program = {name: Remote(name) for name in job["names"]}
    namespace: dict[str, Any] = {"__name__": "assertion", "__builtins__": builtins} | program
    try:
        exec(compile(job["setup"], "setup.py", "exec", dont_inherit=True), namespace)
        code = compile(job["code"], _FILE, "exec", dont_inherit=True)
    except ProgramGoneError:
        return {"stage": "gone"}
    except BaseException as error:
        found = _failure(error, job["code"])
        return found if found["stage"] == "blamed" else {"stage": "bad_test", "text": _error_text(error)}
    namespace[job["names"][0]] = program[job["names"][0]]  # the setup may define the function's stub
    try:
        exec(code, namespace)
    except ProgramGoneError:
        return {"stage": "gone"}
    except BaseException as error:
        return _failure(error, job["code"])
    return {"stage": "passed"}


def _failure(error: BaseException, code: str) -> dict[str, Any]:
    if getattr(error, "from_program", False):
        return {"stage": "blamed", "text": _error_text(error)}
    if isinstance(error, NameError | ValueRefusedError):  # the test uses an unknown name or an unsupported argument
        return {"stage": "bad_test", "text": _error_text(error)}
    return {"stage": "failed", "text": f"{_error_text(error)} at: {_line(error, code)}"}


def _line(error: BaseException, code: str) -> str:
    numbers = [entry.lineno for entry in traceback.extract_tb(error.__traceback__) if entry.filename == _FILE]
    lines = code.splitlines()
    number = numbers[-1] if numbers else None
    return lines[number - 1].strip()[:200] if number and number <= len(lines) else "?"


def _error_text(error: BaseException) -> str:
    return "".join(traceback.format_exception_only(type(error), error)).strip()[:2000]
