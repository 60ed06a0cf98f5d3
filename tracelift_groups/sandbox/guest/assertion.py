"""Assertion code about a program, in a process of its own: the program is elsewhere and answers calls only.

So an object that compares equal to everything, a patched module or a look into the caller's frames gains nothing.
"""

import builtins
import signal
import traceback
from typing import Any  # JSON

from tracelift_groups.sandbox.guest.rpc import ProgramGoneError, Remote
from tracelift_groups.sandbox.protocol.values import ValueRefusedError

_FILE = "assertion.py"


def run_assertion(job: dict[str, Any]) -> dict[str, Any]:
    """Run the setup, then the assertion with the program's functions in place. The report of how that went."""
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)  # the program may have ended; that is an exception here
    program = {name: Remote(name) for name in job["names"]}
    namespace: dict[str, Any] = {"__name__": "assertion", "__builtins__": builtins} | program
    try:
        exec(compile(job["setup"], "setup.py", "exec", dont_inherit=True), namespace)
        code = compile(job["code"], _FILE, "exec", dont_inherit=True)
    except ProgramGoneError:
        return {"stage": "gone"}
    except BaseException as error:
        found = _failure(error, job["code"])
        return found if found["stage"] == "blamed" else {"stage": "bad_test", "text": _said(error)}
    namespace[job["names"][0]] = program[job["names"][0]]  # the setup may hold the function's statement and stub
    try:
        exec(code, namespace)
    except ProgramGoneError:
        return {"stage": "gone"}
    except BaseException as error:
        return _failure(error, job["code"])
    return {"stage": "passed"}


def _failure(error: BaseException, code: str) -> dict[str, Any]:
    if getattr(error, "from_program", False):
        return {"stage": "blamed", "text": _said(error)}
    if isinstance(error, NameError | ValueRefusedError):  # a name or an argument that the test should not have
        return {"stage": "bad_test", "text": _said(error)}
    return {"stage": "failed", "text": f"{_said(error)} at: {_line(error, code)}"}


def _line(error: BaseException, code: str) -> str:
    numbers = [entry.lineno for entry in traceback.extract_tb(error.__traceback__) if entry.filename == _FILE]
    lines = code.splitlines()
    number = numbers[-1] if numbers else None
    return lines[number - 1].strip()[:200] if number and number <= len(lines) else "?"


def _said(error: BaseException) -> str:
    return "".join(traceback.format_exception_only(type(error), error)).strip()[:2000]
