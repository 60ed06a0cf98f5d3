"""The assertion's end of the channel: stand-ins for the functions and objects of the program that it tests.

A stand-in can be called, read, iterated and indexed like the object itself. The program is never asked for what could
decide the test: an object of its own equals itself and no plain value, membership is found by iterating, and comparing,
ordering or computing with an object whose class defines that is `untestable`.
"""

import builtins
import enum
import sys
import types
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from functools import cache
from operator import attrgetter
from typing import Any  # values of any program

from tracelift_groups.sandbox.guest.channel import BrokenError, Channel, TooLargeError, UntestableError
from tracelift_groups.sandbox.guest.served import TEST_MODULE
from tracelift_groups.sandbox.protocol.objects import Exchange
from tracelift_groups.sandbox.protocol.values import ValueRefusedError

# Operations whose results are values like those of a call.
_ASKED = frozenset(
    f"__{name}__" for name in "call next len getitem setitem delitem bool str repr enter exit int float index".split()
)
# What isinstance takes a stand-in for, by the name of the object's class.
_CLASSES: dict[str, type] = {
    "function": types.FunctionType,
    "builtin_function_or_method": types.BuiltinFunctionType,
    "method": types.MethodType,
    "generator": types.GeneratorType,
    "module": types.ModuleType,
    "type": type,
}
_DERIVED = (tuple, frozenset, str, int, float, complex, bytes, list, set, dict, bytearray, Counter, OrderedDict)
_NOT_FORWARDED = frozenset(("__reduce__", "__reduce_ex__", "__deepcopy__", "__copy__", "__getstate__"))


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
        found = Named()
        _set(found, "_remote", self)
        _set(found, "_target", name)
        return found

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
            case ["untestable", str(text)]:
                raise self.refuse(text)
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
            return ["h", _get(value, "_target")]
        named = _library_name(value)
        if named:  # not called back: a program that could call this end's eval would decide the test
            return ["M", *named]
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
            names = tuple(sorted(name for name in set(operations) if type(name) is str))
            if class_name == "coroutine":
                return self._awaited(number)
            found = _class_for(class_name[:100], names, _CLASSES.get(class_name))()
            _set(found, "_remote", self)
            _set(found, "_target", number)
            self._stand_ins[number] = found
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

    def member(self, place: tuple[str, str, str], value: Any, is_value: bool) -> object:
        """A member of an enumeration of the program's, or the standard library's own member."""
        module, class_name, name = place
        known = getattr(sys.modules.get(module), class_name, None)
        if module != TEST_MODULE and isinstance(known, type) and issubclass(known, enum.Enum):
            return known[name]
        if is_value:
            return type(class_name, (type(value),), {"name": name, "value": value})(value)
        return Member(class_name, name, value)

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

    def __init__(self, class_name: str, name: str, value: object) -> None:
        self._class_name = class_name
        self.name = name
        self.value = value

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Member):
            return (self._class_name, self.name) == (other._class_name, other.name)
        return isinstance(other, enum.Enum) and (type(other).__name__, other.name) == (self._class_name, self.name)

    def __hash__(self) -> int:
        return hash(self.name)

    def __str__(self) -> str:
        return f"{self._class_name}.{self.name}"


class StandIn:
    """Represents an object of the program. Every attribute is the program's."""

    def __getattribute__(self, name: str) -> Any:
        if name == "__class__":
            return type(self)._shown or type(self)  # type: ignore[attr-defined]
        if name in _NOT_FORWARDED:
            raise _untestable(self, "copies an object of the program")
        remote: Remote = _get(self, "_remote")
        return remote.ask(["get", _get(self, "_target"), name], Exchange(remote))

    def __setattr__(self, name: str, value: object) -> None:
        remote: Remote = _get(self, "_remote")
        exchange = Exchange(remote)
        remote.ask(["set", _get(self, "_target"), name, remote.encoded(exchange, value)], exchange)

    def __instancecheck__(self, value: object) -> bool:
        remote: Remote = _get(self, "_remote")
        exchange = Exchange(remote)
        return bool(remote.ask(["isinstance", remote.encoded(exchange, value), _get(self, "_target")], exchange))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} object>"

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        kind = type(other)
        if not issubclass(kind, StandIn) and kind.__module__ != TEST_MODULE and not _is_stand_in_class(other):
            return False  # whatever the program's class says: it could say that it equals anything
        if not (_overrides(self) or _overrides(other) or _is_stand_in_class(other)):
            return False
        raise _untestable(self, "compares two objects, which only the program can")

    def __hash__(self) -> int:
        return object.__hash__(self)


_get = object.__getattribute__
_set = object.__setattr__


def _untestable(value: object, what: str) -> BaseException:
    remote: Remote = _get(value, "_remote")
    return remote.refuse(f"The test {what}: {type(value).__name__}.")


def _overrides(value: object) -> bool:
    """Whether the object's class says itself what equals it."""
    kind = type(value)
    if issubclass(kind, StandIn):
        return "__eq__" in kind._operations  # type: ignore[attr-defined]
    return kind.__eq__ is not object.__eq__


def _is_stand_in_class(value: object) -> bool:
    return issubclass(type(value), type) and issubclass(value, StandIn)  # type: ignore[arg-type]


@cache
def _class_for(name: str, operations: tuple[str, ...], shown: type | None = None) -> type:
    """A class of stand-ins for objects whose class has these operations; isinstance takes them for `shown`."""
    methods: dict[str, Any] = {"_operations": frozenset(operations), "_shown": shown}
    for each in operations:
        if each == "__call__":
            methods[each] = _called
        elif each == "__next__":
            methods[each] = _next
        elif each == "__iter__":
            methods[each] = _iterated
        elif each == "__hash__":
            methods[each] = _unhashable
        elif each == "__contains__":
            methods[each] = _contained if "__iter__" in operations else _refused(each)
        elif each in _ASKED:
            methods[each] = _forwarded(each)
        elif each not in ("__eq__", "__ne__", "__await__"):
            methods[each] = _refused(each)
    return type(name, (StandIn,), methods)


class Named(StandIn):
    """Represents a name of the program's module."""

    _operations = frozenset(("__call__", "__iter__", "__getitem__", "__len__"))
    _shown = None

    def __bool__(self) -> bool:
        return True  # of a function or class; asking for the length would be an error


def _called(self: object, *args: object, **named: object) -> object:
    remote: Remote = _get(self, "_remote")
    exchange = Exchange(remote)
    return remote.ask(
        ["call", _get(self, "_target"), remote.encoded(exchange, args), remote.encoded(exchange, named)], exchange
    )


def _next(self: object) -> object:
    remote: Remote = _get(self, "_remote")
    return remote.ask(["next", _get(self, "_target")], Exchange(remote))


def _iterated(self: object) -> Iterator[object]:
    if "__next__" in type(self)._operations:  # type: ignore[attr-defined]
        return self  # type: ignore[return-value]
    remote: Remote = _get(self, "_remote")
    found: Iterator[object] = remote.special(_get(self, "_target"), "__iter__", ())
    return found


def _contained(self: Any, wanted: object) -> bool:
    return any(item is wanted or item == wanted for item in self)


def _unhashable(self: object) -> int:
    raise _untestable(self, "puts an object into a set or a dict by the program's own rules")


def _forwarded(name: str) -> Callable[..., object]:
    def forward(self: object, *args: object) -> object:
        if name == "__exit__":
            args = (None, None, None)
        remote: Remote = _get(self, "_remote")
        return remote.special(_get(self, "_target"), name, args)

    return forward


def _refused(name: str) -> Callable[..., object]:
    def refuse(self: object, *_: object) -> object:
        raise _untestable(self, f"needs {name} of an object, which only the program can work out")

    return refuse


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


for _name, _method in (("__call__", _called), ("__iter__", _iterated)):
    setattr(Named, _name, _method)
for _name in ("__getitem__", "__len__"):
    setattr(Named, _name, _forwarded(_name))
