"""Runs assertion code about a program in its own process; the program runs in another one and only answers.

So objects that compare equal to everything, patched modules and inspection of the caller's frames have no effect.
"""

import _signal  # type: ignore[import-not-found]  # has no stubs; the signal module makes enums, at a cost for each test
import builtins
import random
import sys
import traceback
from typing import Any  # JSON

from tracelift_groups.sandbox.guest.channel import BrokenError, Channel, GoneError, TooLargeError, UntestableError
from tracelift_groups.sandbox.guest.remote import Remote
from tracelift_groups.sandbox.guest.served import TEST_MODULE
from tracelift_groups.sandbox.protocol import messages

_FILE = "assertion.py"
_STAGES = {GoneError: "gone", BrokenError: "broke", TooLargeError: "large", UntestableError: "untestable"}
_NO_EXCEPTION = "catching classes that do not inherit from BaseException"


def run_assertion(job: dict[str, Any]) -> dict[str, Any]:
    """Run the setup, then the assertion with stand-ins for the program's functions. Returns the report."""
    _signal.signal(_signal.SIGPIPE, _signal.SIG_IGN)  # if the program has ended, writing raises an exception instead
    random.seed(job["seed"])  # not the program's: it could work out the inputs without reading them
    channel = Channel(messages.CHANNEL, job["output"], is_program=False)
    remote = Remote(channel)
    remote.show = _shown_to(sys.stdout)
    return report_of(job, remote)


def report_of(job: dict[str, Any], remote: Remote) -> dict[str, Any]:
    """How the test comes out with these answers."""
    report = _run(job, remote)
    if remote.fault:  # whatever the test made of it
        return {"stage": _STAGES[type(remote.fault)], "text": _text(remote.fault)}
    return report


def _run(job: dict[str, Any], remote: Remote) -> dict[str, Any]:
    stand_ins = _stand_ins(job["names"], remote)
    namespace: dict[str, Any] = {"__name__": TEST_MODULE, "__builtins__": builtins} | stand_ins
    try:
        if job["setup"]:
            exec(compile(job["setup"], "setup.py", "exec", dont_inherit=True), namespace)
        code = compile(job["code"], _FILE, "exec", dont_inherit=True)
    except BaseException as error:
        found = _failure(error, job["code"])
        return found if found["stage"] == "blamed" else {"stage": "bad_test", "text": _text(error)}
    entry = job["names"][0].partition(".")[0]
    namespace[entry] = stand_ins[entry]  # the setup may define the function's stub
    try:
        exec(code, namespace)
        remote.end()
    except BaseException as error:
        return _failure(error, job["code"])
    return {"stage": "passed"}


def _stand_ins(names: list[str], remote: Remote) -> dict[str, Any]:
    """By name: for a method, its class and the method itself."""
    found: dict[str, Any] = {}
    for name in names:
        first, _, _ = name.partition(".")
        found[first] = remote.function(first)
        found.setdefault(name.rpartition(".")[2], remote.function(name))
    return found


def _shown_to(own: Any) -> Any:
    def show(printed: str) -> None:
        if printed and sys.stdout is not own:  # the test reads what is printed
            sys.stdout.write(printed)

    return show


def _failure(error: BaseException, code: str) -> dict[str, Any]:
    if getattr(error, "from_program", False):
        return {"stage": "blamed", "text": _text(error)}
    if isinstance(error, NameError):  # the test uses an unknown name
        return {"stage": "bad_test", "text": _text(error)}
    if isinstance(error, TypeError) and _NO_EXCEPTION in str(error):
        return {"stage": "untestable", "text": "The test catches an exception that only the program defines."}
    return {"stage": "failed", "text": f"{_text(error)} at: {_line(error, code)}"}


def _line(error: BaseException, code: str) -> str:
    numbers = [entry.lineno for entry in traceback.extract_tb(error.__traceback__) if entry.filename == _FILE]
    lines = code.splitlines()
    number = numbers[-1] if numbers else None
    return lines[number - 1].strip()[:200] if number and number <= len(lines) else "?"


def _text(error: BaseException) -> str:
    if type(error) in _STAGES:
        return str(error)[:2000]
    return "".join(traceback.format_exception_only(type(error), error)).strip()[:2000]
