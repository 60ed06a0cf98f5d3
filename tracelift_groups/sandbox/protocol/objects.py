"""Encodes the values of one request and its answer, between an assertion and the program that it tests.

The forms of protocol/values.py, and beyond them:

| form | value |
|---|---|
| ["Y", hex], ["D", maximum, items…] | bytearray, deque |
| ["C" or "O", pairs…], ["G", default factory, pairs…] | Counter or OrderedDict, defaultdict |
| ["N", class, [fields…], items…] | a named tuple |
| ["r", number] | a container that this request or its answer has already named |
| ["x", name, parts…] | Decimal, Fraction, range, dict view, date, time, datetime, timedelta, timezone, Ellipsis |
| ["e", module, class, member, value, whether it is its value, object or null] | a member of an enumeration, by name |
| ["B", name] | a built-in class |
| ["M", module, name] | a function or class of the standard library, from the assertion's end |
| ["u", form, object] | an instance of a subclass of a built-in class: its plain value, the object for its attributes |
| ["o", number, class, operations] | any other object of the sender's, which stays there |
| ["h", number] | an object of the receiver's, handed back |

Containers that can change are numbered in the order in which they are first named, so both ends agree on the numbers.
An answer names those of the request that the function returns or has changed: identity, shared parts, cycles and
changes cross as well. Both the values and the forms may come from a hostile program.
"""

import builtins
import sys
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable
from typing import Any, Protocol  # values and forms of any program

from tracelift_groups.sandbox.protocol.exact import made_of, parts_of, tuple_class
from tracelift_groups.sandbox.protocol.values import MAX_DEPTH, ValueRefusedError, scalar


class Party(Protocol):
    """One end's own objects, and its stand-ins for the other end's."""

    def hand_over(self, value: object) -> list[Any]:
        """The form of an object that has no other."""

    def attributes_of(self, value: object, /) -> list[Any] | None:
        """The form of an instance of a subclass as an object; None if only its plain value crosses."""

    def own(self, target: int | str) -> object:
        """This end's object that the other end hands back, by number or by its name in the program."""

    def stand_in(self, number: int, class_name: str, operations: list[str]) -> object:
        """What represents an object of the other end's."""

    def member(self, place: tuple[str, str, str], value: object, is_value: bool, whole: object, /) -> object:
        """A member of an enumeration: module, class and name. `is_value`: as IntEnum's, it is equal to its value.

        `whole` stands for the member itself; None from the assertion's end.
        """

    def imported(self, module: str, name: str) -> object:
        """A function or class of the standard library."""

    def derived(self, value: object, whole: object, /) -> object:
        """A plain value with the attributes of an object of the other end's."""


class Exchange:
    """The values of one request and its answer."""

    def __init__(self, party: Party) -> None:
        self._party = party
        self._named: list[Any] = []  # containers by number
        self._numbers: dict[int, int] = {}  # a container's id: its number

    def encode(self, value: object, depth: int = MAX_DEPTH) -> list[Any]:
        """The form. Raises ValueRefusedError for a value that is nested too deeply."""
        if depth == 0:
            raise ValueRefusedError("A value is nested too deeply.")
        kind = type(value)
        if kind in _SCALARS:
            return _SCALARS[kind](value)
        if kind in _FIXED:
            return [_FIXED[kind], *(self.encode(item, depth - 1) for item in value)]  # type: ignore[attr-defined]
        if kind in _CONTAINERS:
            return self._container(kind, value, depth)
        return self._other(kind, value, depth)

    def _container(self, kind: type, value: object, depth: int) -> list[Any]:
        number = self._numbers.get(id(value))
        if number is not None:
            return ["r", number]
        self._name(value)
        return self._contents(kind, value, depth)

    def _name(self, value: object) -> None:
        self._numbers[id(value)] = len(self._named)
        self._named.append(value)

    def _contents(self, kind: type, value: Any, depth: int) -> list[Any]:
        tag = _CONTAINERS[kind]
        if kind is bytearray:
            return [tag, bytearray.hex(value)]
        if not issubclass(kind, dict):
            head = [value.maxlen] if kind is deque else []
            return [tag, *head, *(self.encode(item, depth - 1) for item in list(kind.__iter__(value)))]  # type: ignore[attr-defined]
        head = [self.encode(value.default_factory, depth - 1)] if kind is defaultdict else []
        pairs = list(OrderedDict.items(value) if kind is OrderedDict else dict.items(value))
        return [tag, *head, *([self.encode(key, depth - 1), self.encode(item, depth - 1)] for key, item in pairs)]

    def _other(self, kind: type, value: Any, depth: int) -> list[Any]:
        # Asked of the class: an object may claim another one, and a stand-in does.
        if issubclass(kind, type):
            known = value.__module__ == "builtins" and getattr(builtins, value.__name__, None) is value
            return ["B", value.__name__] if known else self._party.hand_over(value)
        enum = sys.modules.get("enum")
        if enum and issubclass(kind, enum.Enum) and type(value._name_) is str:
            place = [str(kind.__module__), kind.__name__, value._name_]
            content, is_value = self.encode(value._value_, depth - 1), issubclass(kind, _PLAIN_VALUES)
            return ["e", *place, content, is_value, self._party.attributes_of(value)]
        parts = parts_of(value)
        if parts is not None:
            return ["x", kind.__name__, *(self.encode(part, depth - 1) for part in parts)]
        if kind.__bases__ == (tuple,) and hasattr(kind, "_fields"):
            return ["N", kind.__name__, list(kind._fields), *(self.encode(item, depth - 1) for item in value)]
        base = next((base for base in _BASES if issubclass(kind, base)), None)
        if base is None:
            return self._party.hand_over(value)
        whole = self._party.attributes_of(value)
        if whole is not None and whole[0] == "h":
            return whole
        plain = self._container(base, value, depth) if base in _CONTAINERS else self.encode(_plain(base, value), depth)
        return plain if whole is None or plain[0] == "r" else ["u", plain, whole]

    def decode(self, form: Any, depth: int = MAX_DEPTH) -> Any:
        """The value. Raises ValueRefusedError for anything that is no form."""
        if depth == 0:
            raise ValueRefusedError("A value is nested too deeply.")
        try:
            tag, *rest = form
            if tag in _EMPTY:
                made = self._empty(tag, rest, depth)
                self._name(made)
                self._fill(tag, made, rest, depth)
                return made
            if tag in ("t", "F"):
                items = [self.decode(item, depth - 1) for item in rest]
                return tuple(items) if tag == "t" else frozenset(items)
            return self._decoded(tag, rest, depth - 1)
        except _UNREADABLE as cause:
            raise ValueRefusedError("A value can't be read.") from cause

    def _decoded(self, tag: str, rest: list[Any], depth: int) -> Any:
        match tag, rest:
            case "r", [int(number)] if number >= 0:
                return self._named[number]
            case "o", [int(number), str(name), list(operations)]:
                return self._party.stand_in(number, name, operations)
            case "h", [int(target) | str(target)]:
                return self._party.own(target)
            case "N", [str(name), list(fields), *items]:
                return tuple_class(name, tuple(fields))(*(self.decode(item, depth) for item in items))
            case "e", [str(module), str(class_name), str(name), value, bool(is_value), None | ["o", *_] as whole]:
                own = whole and self.decode(whole, depth)
                return self._party.member((module, class_name, name), self.decode(value, depth), is_value, own)
            case "u", [plain, ["o", *_] as whole]:
                return self._party.derived(self.decode(plain, depth), self.decode(whole, depth))
            case "M", [str(module), str(name)]:
                return self._party.imported(module, name)
            case "B", [str(name)]:
                return _builtin_class(name)
            case "x", [str(name), *parts]:
                return made_of(name, [self.decode(part, depth) for part in parts])
        return scalar(tag, rest)

    def _empty(self, tag: str, rest: list[Any], depth: int) -> Any:
        if tag == "Y":
            return bytearray.fromhex(rest[0])
        if tag == "D":
            return deque(maxlen=rest[0])
        if tag == "G":
            return defaultdict(self.decode(rest[0], depth - 1))
        return _EMPTY[tag]()

    def _fill(self, tag: str, made: Any, rest: list[Any], depth: int) -> None:
        items = rest[1:] if tag in ("D", "G") else rest
        if tag in ("l", "D"):
            made.extend([self.decode(item, depth - 1) for item in items])
        elif tag == "S":
            made.update([self.decode(item, depth - 1) for item in items])
        elif tag != "Y":
            for key, item in items:
                made[self.decode(key, depth - 1)] = self.decode(item, depth - 1)

    def snapshot(self) -> list[list[Any]]:
        """The forms of all containers named so far: those of the request."""
        return [self._contents(_base_of(value), value, MAX_DEPTH) for value in self._named]

    def changes(self, before: list[list[Any]]) -> list[Any]:
        """[number, form] for each container of the request that has changed since the snapshot."""
        found = []
        for number, old in enumerate(before):
            value = self._named[number]
            new = self._contents(_base_of(value), value, MAX_DEPTH)
            if new != old:
                found.append([number, new])
        return found

    def apply(self, changes: list[Any]) -> None:
        """Give the request's containers the contents that they have at the other end. Raises ValueRefusedError."""
        try:
            known = len(self._named)
            for number, (tag, *rest) in changes:
                old = self._named[:known][number]
                if _CONTAINERS[_base_of(old)] != tag:
                    raise ValueError(tag)
                made = self._empty(tag, rest, MAX_DEPTH)
                self._fill(tag, made, rest, MAX_DEPTH)
                old.clear()
                if tag in ("l", "D", "Y"):
                    old.extend(made)
                elif tag == "S":
                    old.update(made)
                else:
                    for key in made:
                        old[key] = made[key]
        except _UNREADABLE as cause:
            raise ValueRefusedError("A change can't be read.") from cause


_UNREADABLE = (TypeError, ValueError, LookupError, OverflowError, AttributeError, ArithmeticError)
_SCALARS: dict[type, Callable[[Any], list[Any]]] = {
    type(None): lambda _: ["n"],
    bool: lambda value: ["b", value],
    int: lambda value: ["i", f"{value:x}"],
    float: lambda value: ["f", value.hex()],
    complex: lambda value: ["c", value.real.hex(), value.imag.hex()],
    str: lambda value: ["s", value],
    bytes: lambda value: ["y", value.hex()],
}
_FIXED: dict[type, str] = {tuple: "t", frozenset: "F"}
# Subclasses before their bases.
_CONTAINERS: dict[type, str] = {
    Counter: "C",
    OrderedDict: "O",
    defaultdict: "G",
    dict: "d",
    list: "l",
    set: "S",
    bytearray: "Y",
    deque: "D",
}
_EMPTY: dict[str, type] = {tag: kind for kind, tag in _CONTAINERS.items()}
_PLAIN_VALUES = (str, int, float, complex, bytes)
_BASES: tuple[type, ...] = (*_CONTAINERS, tuple, frozenset, *_PLAIN_VALUES)


def _base_of(value: object) -> type:
    return next(base for base in _CONTAINERS if isinstance(value, base))


def _plain(base: type, value: Any) -> Any:
    """The stored value of an instance of a subclass; none of its own methods is called."""
    if base is str:
        return str.__str__(value)
    if base is int:
        return int.__int__(value)
    if base is float:
        return float.__float__(value)
    if base is complex:
        return complex(complex.real.__get__(value), complex.imag.__get__(value))
    if base is bytes:
        return bytes(bytes.__iter__(value))
    return base(base.__iter__(value))  # type: ignore[attr-defined]


def _builtin_class(name: str) -> type:
    found = getattr(builtins, name)
    if not isinstance(found, type):
        raise ValueRefusedError(f"{name} is no class.")
    return found
