"""Calls from the assertion's process to the program's process, over a socket between them.

A message is a four-byte length and JSON. Arguments and results cross as tagged values; an object without a tag stays
with the program and crosses as a handle, which can be passed back, and iterated if it is an iterator. A built-in type
crosses as a handle without a number.

    assertion → program   ["call", name, args, kwargs] or ["next", handle]
    program → assertion   ["value", form, [[position, form]…]], ["raised", builtin class, text] or ["stop"]

Both ends may be hostile: messages are bounded in size and depth, and decode only to plain values.
"""

import builtins
import os
from collections.abc import Iterator
from typing import Any  # JSON

from tracelift_groups.sandbox.protocol import messages
from tracelift_groups.sandbox.protocol.values import MAX_BYTES, ValueRefusedError, decode, dumps, encode, loads

_MUTABLE = (list, dict, set, bytearray)


class ProgramGoneError(BaseException):
    """The program's process has ended. Not an Exception, so that assertions don't catch it as the program's."""


class ProgramError(Exception):
    """The program raised an exception that can't be rebuilt here, or its answer can't be read."""


def _send(message: list[Any]) -> None:
    text = dumps(message)
    rest = memoryview(len(text).to_bytes(4, "big") + text)
    try:
        while rest:
            rest = rest[os.write(messages.CHANNEL, rest) :]
    except ConnectionError as cause:
        raise ProgramGoneError from cause


def _receive() -> Any:
    """The next message; None when the other end is closed. Raises ValueRefusedError for malformed data."""
    head = _read(4)
    size = int.from_bytes(head, "big")
    if size > MAX_BYTES:
        raise ValueRefusedError("A message is too large.")
    return loads(_read(size)) if head else None


def _read(size: int) -> bytes:
    parts = bytearray()
    while len(parts) < size:
        try:
            part = os.read(messages.CHANNEL, min(size - len(parts), 1 << 20))
        except ConnectionError:
            return b""
        if not part:
            return b""
        parts += part
    return bytes(parts)


class Served:
    """The program's end: calls functions that the program defines."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        self._namespace = namespace
        self._kept: list[object] = []

    def serve(self) -> None:
        """Answer calls until the other end closes."""
        while (request := _receive()) is not None:
            try:
                answer = self._answer(*request)
            except ValueRefusedError:
                raise
            except BaseException as error:
                ended = request[0] == "next" and isinstance(error, StopIteration)
                answer = ["stop"] if ended else ["raised", _builtin_class(error), _text(error)]
            _send(answer)

    def _answer(self, what: str, target: Any, args: Any = None, kwargs: Any = None) -> list[Any]:
        if what == "next":
            return ["value", encode(next(self._kept[target]), self._keep), []]
        if target not in self._namespace:
            raise NameError(f"the program defines no {target}")
        positional: Any = decode(args, self._fetch)
        named: Any = decode(kwargs, self._fetch)
        before = [encode(value, self._keep) if isinstance(value, _MUTABLE) else None for value in positional]
        result = encode(self._namespace[target](*positional, **named), self._keep)
        after = [encode(value, self._keep) if isinstance(value, _MUTABLE) else None for value in positional]
        changed = [[place, new] for place, (old, new) in enumerate(zip(before, after, strict=True)) if old != new]
        return ["value", result, changed]

    def _keep(self, value: object) -> list[Any]:
        self._kept.append(value)
        return ["o", len(self._kept) - 1, type(value).__name__]

    def _fetch(self, form: list[Any]) -> object:
        return getattr(builtins, form[2]) if form[1] is None else self._kept[form[1]]


def _builtin_class(error: BaseException) -> str:
    return next((kind.__name__ for kind in type(error).__mro__ if kind.__module__ == "builtins"), "Exception")


def _text(error: BaseException) -> str:
    try:
        return str(error)[:2000]
    except Exception:  # the program's own __str__
        return "an exception that can't be shown"


class Remote:
    """The assertion's proxy for a function of the program."""

    def __init__(self, name: str) -> None:
        self.__name__ = self.__qualname__ = name

    def __call__(self, *args: object, **kwargs: object) -> object:
        _send(["call", self.__name__, encode(args, _hand_back), encode(kwargs, _hand_back)])
        return _result(args)


class Handle:
    """The assertion's proxy for an object that stays with the program."""

    __slots__ = ("form",)

    def __init__(self, form: list[Any]) -> None:
        self.form = form

    def __iter__(self) -> Iterator[object]:
        while True:
            _send(["next", self.form[1]])
            try:
                result = _result()
            except StopIteration:
                return
            yield result

    def __next__(self) -> object:
        _send(["next", self.form[1]])
        return _result()


def _result(args: tuple[object, ...] = ()) -> object:
    """The program's answer; mutable `args` are updated to their contents in the program.

    Raises what the program raised, StopIteration at an iterator's end, and ProgramError for an answer that can't be
    read.
    """
    try:
        match _receive():
            case ["value", form, list(changed)]:
                for place, new in changed:
                    _replace(args[place], decode(new, Handle))
                return decode(form, Handle)
            case ["raised", str(kind), str(text)]:
                error = _exception(kind, text)
            case ["stop"]:
                error = StopIteration()
            case None:
                raise ProgramGoneError
            case _:
                error = ProgramError("the program's answer can't be read")
    except Exception as cause:  # any error that a hostile answer causes
        error = ProgramError(f"the program's answer can't be read: {cause}")
    error.from_program = True  # type: ignore[attr-defined]  # marks the program as the cause
    raise error


def _exception(kind: str, text: str) -> Exception:
    found = getattr(builtins, kind, None)
    error: Exception = ProgramError(f"{kind}: {text}")
    if isinstance(found, type) and issubclass(found, Exception) and found is not StopIteration:
        try:
            error = found(text)
        except TypeError:  # it takes other arguments
            error = ProgramError(f"{kind}: {text}")
    return error


def _hand_back(value: object) -> list[Any]:
    if isinstance(value, Handle):
        return value.form
    if isinstance(value, type) and value.__module__ == "builtins":
        return ["o", None, value.__name__]
    raise ValueRefusedError(f"An argument of type {type(value).__name__} can't be handed to the program.")


def _replace(old: Any, new: Any) -> None:
    """Give a mutable argument the contents it has in the program."""
    if isinstance(old, list | bytearray) and isinstance(new, list | bytearray | bytes):
        old[:] = new
    elif isinstance(old, dict | set) and type(new) is type(old):
        old.clear()
        old.update(new)
