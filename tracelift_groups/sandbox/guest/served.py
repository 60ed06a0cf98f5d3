"""The program's end of the channel: answers what an assertion asks about the functions and objects of the program.

It runs in the program's process, so everything it says is the program's claim.
"""

import builtins
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from importlib import import_module
from operator import attrgetter
from typing import Any  # values of any program

from tracelift_groups.sandbox.guest.channel import BrokenError, Channel, GoneError
from tracelift_groups.sandbox.protocol import messages
from tracelift_groups.sandbox.protocol.objects import Exchange
from tracelift_groups.sandbox.protocol.values import ValueRefusedError

TEST_MODULE = "assertion"  # what classes of the test name as their module
_TEXT = 2000  # characters of an exception's text
# The operations that a stand-in at the other end has if the object's class has them.
OPERATIONS = tuple(
    f"__{name}__"
    for name in (
        "call iter next len getitem setitem delitem contains bool str repr enter exit await reversed int float index "
        "eq ne lt le gt ge hash add radd sub rsub mul rmul truediv rtruediv floordiv rfloordiv mod rmod divmod rdivmod "
        "pow rpow matmul rmatmul and rand or ror xor rxor lshift rlshift rshift rrshift neg pos abs invert round "
        "iadd isub imul itruediv iand ior ixor complex trunc floor ceil"
    ).split()
)


class Served:
    """Serves the functions, classes and objects of a program's module."""

    def __init__(self, module: dict[str, Any], find: Callable[[dict[str, Any], str], Any], most: int) -> None:
        """`find` looks up an entry point; `most` is the largest message in bytes."""
        self._module = module
        self._find = find
        self._kept: list[object] = []
        self._numbers: dict[int, int] = {}
        self._printed = 0
        self._channel = Channel(messages.CHANNEL, most, is_program=True)
        self._channel.answer = self._answer

    def serve(self) -> None:
        """Answer until the other end closes."""
        with suppress(GoneError):  # the test is over, or the program has closed the channel
            self._channel.serve()

    def _answer(self, request: list[Any]) -> list[Any]:
        kind, *rest = request
        if kind == "end":
            return ["ended", self._output()]
        exchange = Exchange(self)
        try:
            action = self._action(kind, rest, exchange)
        except BaseException as error:
            return self._raised(error)
        before = exchange.snapshot()
        try:
            value = action()
            changes = exchange.changes(before)
            return ["value", exchange.encode(value), changes, self._output()]
        except ValueRefusedError as error:
            return ["large", str(error)]
        except BaseException as error:
            if kind == "next" and isinstance(error, StopIteration):
                return ["stop", self._output()]
            return self._raised(error)

    def _action(self, kind: str, rest: list[Any], exchange: Exchange) -> Callable[[], object]:
        """What a request asks for, with its values decoded."""
        if kind == "isinstance":
            return partial(isinstance, exchange.decode(rest[0]), self._target(rest[1]))
        target = self._target(rest[0])
        if kind == "next":
            return partial(next, target)
        if kind == "get":
            return partial(getattr, target, rest[1])
        if kind == "set":
            return partial(setattr, target, rest[1], exchange.decode(rest[2]))
        if kind == "special":
            return partial(_special, target, rest[1], exchange.decode(rest[2]))
        args, named = exchange.decode(rest[1]), exchange.decode(rest[2])
        return partial(target, *args, **named)

    def _target(self, named: Any) -> Any:
        return self._find(self._module, named) if isinstance(named, str) else self._kept[named]

    def _raised(self, error: BaseException) -> list[Any]:
        kind = type(error)
        base = next((each.__name__ for each in kind.__mro__ if each.__module__ == "builtins"), "Exception")
        number = getattr(error, "_number_at_the_test", None)
        args: list[Any] | None
        try:
            args = Exchange(self).encode(tuple(error.args))
        except Exception:  # the program's own
            args = None
        answer = ["raised", base, str(kind.__name__), args, _text(error), number if type(number) is int else None]
        return [*answer, self._output()]

    def _output(self) -> str:
        """What the program has printed since it was last asked."""
        with suppress(Exception):  # the program has closed or replaced it
            sys.stdout.flush()
        size = os.fstat(1).st_size
        if size <= self._printed:
            return ""
        part = os.pread(1, size - self._printed, self._printed)
        self._printed += len(part)
        return part.decode("utf-8", "replace")

    def call_back(self, number: int, args: tuple[object, ...], named: dict[str, object]) -> object:
        """The result of a function of the test."""
        exchange = Exchange(self)
        return self._asked(exchange, ["call", number, exchange.encode(args), exchange.encode(named)])

    def next_of(self, number: int) -> object:
        """The next item of an iterator of the test. Raises StopIteration at its end."""
        return self._asked(Exchange(self), ["next", number])

    def _asked(self, exchange: Exchange, request: list[Any]) -> object:
        with self._channel.turn:
            if not self._channel.may_ask:
                raise RuntimeError("A function of the test can only be called while the test waits for a result.")
            match self._channel.ask(request):
                case ["value", form, list(changes), _]:
                    exchange.apply(changes)
                    return exchange.decode(form)
                case ["stop", _]:
                    raise StopIteration
                case ["raised", str(kind), _, args, str(text), number, _]:
                    raise _rebuilt(kind, text, args and exchange.decode(args), number)
            raise BrokenError("the test's end gave no answer")

    def hand_over(self, value: object) -> list[Any]:
        """The form of an object of the program's."""
        if isinstance(value, TestFunction | TestIterator):
            return ["h", value._number]
        number = self._numbers.get(id(value))
        if number is None:
            number = self._numbers[id(value)] = len(self._kept)
            self._kept.append(value)
        kind = type(value)
        return ["o", number, kind.__name__, [name for name in OPERATIONS if _has(kind, name)]]

    def attributes_of(self, value: object) -> list[Any] | None:
        """The form of an instance of a subclass, as an object."""
        return self.hand_over(value)

    def own(self, target: int | str) -> object:
        """An object of the program's that comes back."""
        return self._target(target)

    def stand_in(self, number: int, class_name: str, operations: list[str]) -> object:
        """A function or an iterator of the test's."""
        return TestFunction(self, number, class_name) if "__call__" in operations else TestIterator(self, number)

    def member(self, place: tuple[str, str, str], *_: object) -> object:
        """The standard library's member of that name."""
        module, class_name, name = place
        kind: Any = getattr(import_module(module), class_name)
        return kind[name]

    def imported(self, module: str, name: str) -> object:
        """The same function or class in this process."""
        return attrgetter(name)(import_module(module))

    def derived(self, value: object, _whole: object) -> object:
        """The test's end sends none."""
        return value


class TestFunction:
    """A function that the test handed over."""

    def __init__(self, served: Served, number: int, class_name: str) -> None:
        self._served = served
        self._number = number
        self.__name__ = self.__qualname__ = class_name

    def __call__(self, *args: object, **named: object) -> object:
        return self._served.call_back(self._number, args, named)


class TestIterator:
    """An iterator that the test handed over."""

    def __init__(self, served: Served, number: int) -> None:
        self._served = served
        self._number = number

    def __iter__(self) -> "TestIterator":
        return self

    def __next__(self) -> object:
        return self._served.next_of(self._number)


def _has(kind: type, name: str) -> bool:
    found = next((each.__dict__[name] for each in kind.__mro__ if name in each.__dict__), None)
    return found is not None and found is not object.__dict__.get(name)


def _special(target: Any, name: str, args: tuple[Any, ...]) -> object:
    if name == "__await__":
        import asyncio

        async def finished() -> object:
            return await target

        return asyncio.run(finished())
    if name == "__bool__":
        return bool(target)
    return getattr(type(target), name)(target, *args)


def _text(error: BaseException) -> str:
    try:
        return str(error)[:_TEXT]
    except Exception:  # the program's own __str__
        return "an exception that can't be shown"


def _rebuilt(kind: str, text: str, args: Any, number: Any) -> BaseException:
    found = getattr(builtins, kind, Exception)
    error = None
    if isinstance(found, type) and issubclass(found, BaseException):
        with suppress(Exception):  # it takes other arguments
            error = found(*args) if isinstance(args, tuple) else found(text)
    error = error or Exception(text)
    error._number_at_the_test = number  # type: ignore[attr-defined]
    return error
