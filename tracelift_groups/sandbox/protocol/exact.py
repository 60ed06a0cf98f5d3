"""Values of the standard library that equal each other by their parts: taken apart and made again."""

from collections import OrderedDict, namedtuple
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from importlib import import_module
from typing import Any  # values of any program


def parts_of(value: object) -> Iterable[object] | None:
    """What the value is made of again by `made_of` with the name of its class; None for a value of another class."""
    kind = type(value)
    take_apart = _PARTS.get((kind.__module__, kind.__name__))
    return None if take_apart is None else take_apart(value)


def made_of(name: str, parts: Sequence[object]) -> object:
    """The value. Raises LookupError for an unknown name, and what the class raises for parts that are none."""
    return _MAKERS[name](*parts)


@cache
def tuple_class(name: str, fields: tuple[str, ...]) -> Callable[..., object]:
    """A class of named tuples. Raises ValueError for names that are none."""
    return namedtuple(name, fields)  # its names are known only at run time


def _time_parts(time: Any) -> list[object]:
    return [time.hour, time.minute, time.second, time.microsecond, time.tzinfo, time.fold]


_PARTS: dict[tuple[str, str], Callable[[Any], Iterable[object]]] = {
    ("decimal", "Decimal"): lambda value: [str(value)],
    ("fractions", "Fraction"): lambda value: [value.numerator, value.denominator],
    ("datetime", "date"): lambda value: [value.year, value.month, value.day],
    ("datetime", "time"): _time_parts,
    ("datetime", "datetime"): lambda value: [value.year, value.month, value.day, *_time_parts(value)],
    ("datetime", "timedelta"): lambda value: [value.days, value.seconds, value.microseconds],
    ("datetime", "timezone"): lambda value: value.__getinitargs__(),
    ("builtins", "range"): lambda value: [value.start, value.stop, value.step],
    ("builtins", "dict_keys"): lambda value: [list(value)],
    ("builtins", "dict_values"): lambda value: [list(value)],
    ("builtins", "dict_items"): lambda value: [list(value)],
    ("builtins", "odict_keys"): lambda value: [list(value)],
    ("builtins", "odict_values"): lambda value: [list(value)],
    ("builtins", "odict_items"): lambda value: [list(value)],
    ("builtins", "ellipsis"): lambda _: [],
}


def _maker(module: str, name: str) -> Callable[..., object]:
    def make(*parts: object) -> object:
        # Imported when needed: each module adds a cost to every fork.
        made: object = getattr(import_module(module), name)(*parts)
        return made

    return make


def _time(*parts: Any) -> object:
    return _maker("datetime", "time")(*parts[:-1]).replace(fold=parts[-1])  # type: ignore[attr-defined]


def _datetime(*parts: Any) -> object:
    return _maker("datetime", "datetime")(*parts[:-1]).replace(fold=parts[-1])  # type: ignore[attr-defined]


_MAKERS: dict[str, Callable[..., object]] = {
    "Decimal": _maker("decimal", "Decimal"),
    "Fraction": _maker("fractions", "Fraction"),
    "date": _maker("datetime", "date"),
    "time": _time,
    "datetime": _datetime,
    "timedelta": _maker("datetime", "timedelta"),
    "timezone": _maker("datetime", "timezone"),
    "range": range,
    "dict_keys": lambda items: dict.fromkeys(items).keys(),
    "dict_values": lambda items: dict(enumerate(items)).values(),
    "dict_items": lambda items: dict(items).items(),
    "odict_keys": lambda items: OrderedDict.fromkeys(items).keys(),
    "odict_values": lambda items: OrderedDict(enumerate(items)).values(),
    "odict_items": lambda items: OrderedDict(items).items(),
    "ellipsis": lambda: ...,
}
