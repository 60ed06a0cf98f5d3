"""Runs assertion code about a program in its own process; the program runs in another one and only answers.

So objects that compare equal to everything, patched modules and inspection of the caller's frames have no effect.
"""

import _signal  # type: ignore[import-not-found]  # has no stubs; the signal module makes enums, at a cost for each test
import builtins
import random
import resource
import sys
import traceback
from collections.abc import Callable
from typing import Any  # JSON

from tracelift_groups.sandbox.guest.channel import BrokenError, Channel, GoneError, TooLargeError, UntestableError
from tracelift_groups.sandbox.guest.remote import Remote
from tracelift_groups.sandbox.guest.served import TEST_MODULE
from tracelift_groups.sandbox.protocol import messages

_FILE = "assertion.py"
_STAGES = {GoneError: "gone", BrokenError: "broke", TooLargeError: "large", UntestableError: "untestable"}
_BLIND_SECONDS = 2  # of processor time, for a test without a program
_NO_EXCEPTION = "catching classes that do not inherit from BaseException"


def run_assertion(job: dict[str, Any]) -> dict[str, Any]:
    """Run the setup, then the assertion with stand-ins for the program's functions. Returns the report."""
    _signal.signal(_signal.SIGPIPE, _signal.SIG_IGN)  # if the program has ended, writing raises an exception instead
    random.seed(job["seed"])  # not the program's: it could work out the inputs without reading them
    if job.get("answers") is not None:
        resource.setrlimit(resource.RLIMIT_CPU, (_BLIND_SECONDS, _BLIND_SECONDS))  # a loop may wait for other answers
        blank = Blank(job["answers"])
        blanks = _by_name(job["names"], lambda _: lambda *_, **__: blank)
        holder, _, method = job["names"][0].partition(".")
        return _run(job, blanks | ({holder: BlankMethods(blank)} if method else {}), lambda: None)
    channel = Channel(messages.CHANNEL, job["output"], is_program=False)
    remote = Remote(channel)
    remote.show = _shown_to(sys.stdout)
    return report_of(job, remote)


class Blank:
    """What a test gets in place of every answer, to see if it tests anything: true or false, and equal to nothing."""

    def __init__(self, truth: bool) -> None:
        self._truth = truth

    def __bool__(self) -> bool:
        return self._truth

    def __eq__(self, other: object) -> bool:
        return False

    __hash__ = object.__hash__


class BlankMethods:
    """In place of the class of a method, and of its instances: every method's answer is blank."""

    def __init__(self, blank: Blank) -> None:
        self._blank = blank

    def __call__(self, *_: object, **__: object) -> "BlankMethods":
        return self

    def __getattr__(self, _: str) -> Callable[..., Blank]:
        return lambda *_, **__: self._blank


def report_of(job: dict[str, Any], remote: Remote) -> dict[str, Any]:
    """How the test comes out with these answers."""
    report = _run(job, _by_name(job["names"], remote.function), remote.end)
    if remote.fault:  # whatever the test made of it
        return {"stage": _STAGES[type(remote.fault)], "text": _text(remote.fault)}
    return report


def _run(job: dict[str, Any], stand_ins: dict[str, Any], end: Callable[[], None]) -> dict[str, Any]:
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
        end()
    except BaseException as error:
        return _failure(error, job["code"])
    return {"stage": "passed"}


def _by_name(names: list[str], make: Callable[[str], Any]) -> dict[str, Any]:
    """What represents each name: for a method, its class and the method itself."""
    found: dict[str, Any] = {}
    for name in names:
        first, _, _ = name.partition(".")
        found[first] = make(first)
        found.setdefault(name.rpartition(".")[2], make(name))
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
