"""The assertion's end of the channel: stand-ins for the functions and objects of the program that it tests.

guest/stand_in.py says what stand-ins do.
"""

import builtins
import enum
import sys
from collections import Counter, OrderedDict
from collections.abc import Callable
from operator import attrgetter
from typing import Any  # values of any program

from tracelift_groups.sandbox.guest.channel import BrokenError, Channel, TooLargeError, UntestableError
from tracelift_groups.sandbox.guest.served import TEST_MODULE
from tracelift_groups.sandbox.guest.stand_in import StandIn, named, stand_in, target_of
from tracelift_groups.sandbox.protocol.objects import Exchange
from tracelift_groups.sandbox.protocol.values import ValueRefusedError

_DERIVED = (tuple, frozenset, str, int, float, complex, bytes, list, set, dict, bytearray, Counter, OrderedDict)


class ProgramError(Exception):
    """The program raised an exception that can't be rebuilt here."""


class Remote:
    """The assertion's end: asks the program, and keeps what the test hands over."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._channel.answer = self._answer
        self._kept: list[Any] = []
        self._stand_ins: dict[int, object] = {}
        self._raised: list[BaseException] = []
        self.show: Callable[[str], object] = lambda _: None

    @property
    def fault(self) -> BaseException | None:
        """What ended the talk with the program before its time."""
        return self._channel.fault

    def function(self, name: str) -> "StandIn":
        """A stand-in for a name of the program's module."""
        return named(self, name)

    def end(self) -> None:
        """Make sure that the program's end has nothing left to say."""
        self.show(_text_of(self._channel.ask(["end"])))
        self._channel.expect_silence()

    def ask(self, request: list[Any], exchange: Exchange) -> Any:
        """The result of a request. Raises what the program raised, and StopIteration at an iterator's end."""
        answer = self._channel.ask(request)
        try:
            error = self._error(answer, exchange)
            if error is None:
                _, form, changes, _ = answer
                exchange.apply(changes)
                found = exchange.decode(form)
                self.show(_text_of(answer))
                return found
        except (ValueRefusedError, ValueError, TypeError, RecursionError) as cause:
            raise self._channel.refuse(BrokenError(f"{answer[0]}, which can't be read")) from cause
        except MemoryError as cause:
            raise self._channel.refuse(TooLargeError("The result does not fit into memory.")) from cause
        raise error

    def _error(self, answer: list[Any], exchange: Exchange) -> BaseException | None:
        match answer:
            case ["value", *_]:
                return None
            case ["stop", *_]:
                self.show(_text_of(answer))
                return StopIteration()
            case ["large", str(text)]:
                raise self._channel.refuse(TooLargeError(text))
            case ["raised", str(base), str(own), args, str(text), number, str(output)]:
                self.show(output)
                if type(number) is int and 0 <= number < len(self._raised) and base != "StopIteration":
                    return self._raised[number]
                values = exchange.decode(args) if args is not None else None
                error = _rebuilt(base, own, values, text)
                error.from_program = True  # type: ignore[attr-defined]  # marks the program as the cause
                return error
        raise ValueRefusedError("no answer")

    def _answer(self, request: list[Any]) -> list[Any]:
        """Call a function of the test, or take the next item of its iterator."""
        exchange = Exchange(self)
        try:
            match request:
                case ["call", int(number), args, named] if 0 <= number < len(self._kept):
                    positional, keywords = exchange.decode(args), exchange.decode(named)
                    function = self._kept[number]
                case ["next", int(number)] if 0 <= number < len(self._kept):
                    positional, keywords = (), {}
                    function = self._kept[number].__next__
                case _:
                    raise ValueRefusedError("no request")
            if type(positional) is not tuple or type(keywords) is not dict:
                raise ValueRefusedError("no arguments")
        except (ValueRefusedError, AttributeError, RecursionError) as cause:
            raise BrokenError(f"{request[0]}, which can't be read") from cause
        before = exchange.snapshot()
        try:
            value = function(*positional, **keywords)
        except StopIteration as error:
            return ["stop", ""] if request[0] == "next" else self._raised_here(error)
        except Exception as error:  # any of the test's
            return self._raised_here(error)
        try:
            changes = exchange.changes(before)
            return ["value", exchange.encode(value), changes, ""]
        except ValueRefusedError as error:
            raise UntestableError(f"What the test's function gives is too much: {error}") from error

    def _raised_here(self, error: BaseException) -> list[Any]:
        self._raised.append(error)
        base = next(each.__name__ for each in type(error).__mro__ if each.__module__ == "builtins")
        try:
            args = Exchange(self).encode(error.args)
        except (UntestableError, ValueRefusedError):
            args = None
        return ["raised", base, type(error).__name__, args, str(error)[:2000], len(self._raised) - 1, ""]

    def hand_over(self, value: object) -> list[Any]:
        """The form of an argument: a stand-in's own object, or a function or an iterator of the test."""
        if isinstance(value, StandIn):
            return ["h", target_of(value)]
        if isinstance(value, Member):
            return self.hand_over(value._whole)
        library_name = _library_name(value)
        if library_name:  # not called back: a program that could call this end's eval would decide the test
            return ["M", *library_name]
        operations = []
        if callable(value) and not isinstance(value, type):
            operations = ["__call__"]
        elif hasattr(type(value), "__next__"):
            operations = ["__next__"]
        if not operations:
            what = f"The test hands over an object of type {type(value).__name__}, which can't cross."
            raise self.refuse(what)
        self._kept.append(value)
        return ["o", len(self._kept) - 1, getattr(value, "__name__", type(value).__name__), operations]

    def attributes_of(self, value: object) -> list[Any] | None:
        """A value with attributes of the program's is handed back as the program's own object."""
        if isinstance(value, enum.Enum) and type(value).__module__ == TEST_MODULE:
            raise self.refuse(f"The test hands over a member of its own {type(value).__name__}, which can't cross.")
        whole = getattr(type(value), "_whole", None)
        return self.hand_over(whole) if isinstance(whole, StandIn) else None

    def own(self, target: int | str) -> object:
        """A function or iterator of the test that comes back."""
        if not isinstance(target, int) or target < 0:
            raise ValueRefusedError("The test hands over no such object.")
        return self._kept[target]

    def stand_in(self, number: int, class_name: str, operations: list[str]) -> object:
        """What represents an object of the program; the same one for the same object."""
        if number not in self._stand_ins:
            if class_name == "coroutine":
                return self._awaited(number)
            known = frozenset(name for name in operations if type(name) is str)
            self._stand_ins[number] = stand_in(self, number, class_name[:100], known)
        return self._stand_ins[number]

    def _awaited(self, number: int) -> object:
        async def result() -> object:
            return self.special(number, "__await__", ())

        return result()

    def encoded(self, exchange: Exchange, value: object) -> list[Any]:
        """The form of what the test hands over. Raises UntestableError."""
        try:
            return exchange.encode(value)
        except ValueRefusedError as error:
            raise self._channel.refuse(UntestableError(f"What the test hands over can't cross: {error}")) from error

    def refuse(self, what: str) -> BaseException:
        """The end of this test, to be raised: it needs what can't cross."""
        return self._channel.refuse(UntestableError(what))

    def special(self, target: object, name: str, args: tuple[object, ...]) -> Any:
        """What an operation on an object of the program gives."""
        exchange = Exchange(self)
        return self.ask(["special", target, name, self.encoded(exchange, args)], exchange)

    def member(self, place: tuple[str, str, str], value: Any, is_value: bool, whole: object) -> object:
        """A member of an enumeration of the program's, or the standard library's own member."""
        module, class_name, name = place
        known = getattr(sys.modules.get(module), class_name, None)
        if module != TEST_MODULE and isinstance(known, type) and issubclass(known, enum.Enum):
            return known[name]
        if is_value:
            own = {"name": name, "value": value, "_whole": whole, "__getattr__": _attribute_of_whole}
            return type(class_name, (type(value),), own)(value)
        return Member(class_name, name, value, whole)

    def imported(self, module: str, name: str) -> object:
        """The program's end names nothing of this one's."""
        raise ValueRefusedError(f"{module}.{name} comes from the program.")

    def derived(self, value: Any, whole: object) -> object:
        """The value, as an instance of a class that asks the program for every other attribute."""
        kind = type(value)
        if kind not in _DERIVED:
            return value
        return type(type(whole).__name__, (kind,), {"_whole": whole, "__getattr__": _attribute_of_whole})(value)


class Member:
    """A member of an enumeration of the program's: equal by the names of class and member."""

    def __init__(self, class_name: str, name: str, value: object, whole: object) -> None:
        self._class_name = class_name
        self.name = name
        self.value = value
        self._whole = whole

    def __getattr__(self, name: str) -> object:
        return getattr(self._whole, name)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Member):
            return (self._class_name, self.name) == (other._class_name, other.name)
        return isinstance(other, enum.Enum) and (type(other).__name__, other.name) == (self._class_name, self.name)

    def __hash__(self) -> int:
        return hash(self.name)

    def __str__(self) -> str:
        return f"{self._class_name}.{self.name}"


def _attribute_of_whole(self: object, name: str) -> object:
    return getattr(type(self)._whole, name)  # type: ignore[attr-defined]


def _library_name(value: Any) -> tuple[str, str] | None:
    """Module and name of a function or class of the standard library; None for the test's own."""
    owner = getattr(value, "__objclass__", value)  # of a method of a built-in class
    module, name = getattr(owner, "__module__", None), getattr(value, "__qualname__", None)
    if type(module) is not str or type(name) is not str or module == TEST_MODULE:
        return None
    try:
        found = attrgetter(name)(sys.modules[module])
    except (KeyError, AttributeError):
        return None
    return (module, name) if found is value else None


def _text_of(answer: list[Any]) -> str:
    return answer[-1] if isinstance(answer[-1], str) else ""


def _rebuilt(base: str, own: str, args: object, text: str) -> BaseException:
    found = getattr(builtins, base, None)
    error: BaseException = ProgramError(f"{own}: {text}")
    if base in ("StopIteration", "StopAsyncIteration"):
        return RuntimeError(f"the program raised {base}")  # in a generator too: an end is no result
    if isinstance(found, type) and issubclass(found, Exception):
        try:
            kind = found if own == base else type(own, (found,), {"__module__": "builtins"})
            error = kind(*args) if isinstance(args, tuple) else kind(text)
        except Exception:  # it takes other arguments
            error = ProgramError(f"{own}: {text}")
    return error
