"""Stand-ins for the program's objects in the process of an assertion.

The program is never asked for what could decide the test: an object of its own equals itself and no plain value,
membership is found by iterating, and comparing, ordering or computing with an object whose class defines that is
`untestable`.
"""

import types
from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Any  # values of any program

from tracelift_groups.sandbox.guest.served import TEST_MODULE
from tracelift_groups.sandbox.protocol.objects import Exchange

if TYPE_CHECKING:
    from tracelift_groups.sandbox.guest.remote import Remote

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
_NOT_FORWARDED = frozenset(("__reduce__", "__reduce_ex__", "__deepcopy__", "__copy__", "__getstate__"))


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


def stand_in(remote: "Remote", number: int, class_name: str, operations: frozenset[str]) -> "StandIn":
    """What represents an object of the program by its number, its class and what its class can do."""
    return _made(_class_for(class_name, tuple(sorted(operations))), remote, number)


def named(remote: "Remote", name: str) -> "StandIn":
    """What represents a name of the program's module."""
    return _made(Named, remote, name)


def target_of(value: "StandIn") -> int | str:
    """The number or name by which the program knows the object."""
    found: int | str = _get(value, "_target")
    return found


def _made(kind: type, remote: "Remote", target: int | str) -> "StandIn":
    found: StandIn = kind()
    _set(found, "_remote", remote)
    _set(found, "_target", target)
    return found


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
def _class_for(name: str, operations: tuple[str, ...]) -> type:
    """A class of stand-ins for objects of the class `name` that have these operations."""
    methods: dict[str, Any] = {"_operations": frozenset(operations), "_shown": _CLASSES.get(name)}
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


for _name, _method in (("__call__", _called), ("__iter__", _iterated)):
    setattr(Named, _name, _method)
for _name in ("__getitem__", "__len__"):
    setattr(Named, _name, _forwarded(_name))
