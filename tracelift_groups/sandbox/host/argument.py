"""Checks of what a caller passes to the sandbox: one sentence that names the argument, before anything starts."""

import math
from collections.abc import Sequence
from typing import TypeGuard

from tracelift_groups.errors import SandboxError, shorten

_LONGEST_SHOWN = 10**60


def require_text(name: str, value: object) -> None:
    """Raises SandboxError if the value is not a str. `name` is "input of a StdioTest", "program", …"""
    if not isinstance(value, str):
        raise refused_argument(name, "text", value)


def require_flag(name: str, value: object) -> None:
    """Raises SandboxError if the value is not True or False."""
    if not isinstance(value, bool):
        raise refused_argument(name, "True or False", value)


def require_tolerance(name: str, value: object) -> None:
    """Raises SandboxError unless the value is None or a finite number, 0 or more."""
    if value is not None and not (is_number(value) and value >= 0):
        raise refused_argument(name, "a finite number, 0 or more", value)


def require_dotted_name(name: str, value: object) -> None:
    """Raises SandboxError unless the value is a Python name, or several with points between them."""
    if not isinstance(value, str) or not is_dotted_name(value):
        raise refused_argument(name, "a Python name such as f or Solution.f", value)


def is_dotted_name(text: str) -> bool:
    """Whether the text is a Python name, or several with points between them."""
    return all(part.isidentifier() for part in text.split("."))


def require_items(name: str, value: object) -> tuple[object, ...]:
    """The items of a list or tuple. Raises SandboxError for anything else."""
    if not isinstance(value, list | tuple):
        raise refused_argument(name, "a list or tuple", value)
    return tuple(value)


def require_count(name: str, value: object, most: int) -> None:
    """Raises SandboxError unless the value is a whole number from 1 to `most`."""
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
        raise refused_argument(name, f"a whole number from 1 to {most:,}", value)


def require_choice(name: str, value: object, known: Sequence[str]) -> None:
    """Raises SandboxError unless the value is one of the known texts."""
    if not isinstance(value, str) or value not in known:
        raise refused_argument(name, f"one of {', '.join(known)}", value)


def is_number(value: object) -> TypeGuard[int | float]:
    """Whether the value is an int or a float, finite, and no bool."""
    try:
        return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    except OverflowError:  # an int too large for a float
        return False


def refused_argument(name: str, wanted: str, value: object) -> SandboxError:
    """The error for an argument of the wrong type or value."""
    return SandboxError(f"The {name} must be {wanted}, not {shown_argument(value)}.")


def shown_argument(value: object) -> str:
    """A scalar as Python writes it, shortened; anything else by its type."""
    if isinstance(value, int) and not -_LONGEST_SHOWN < value < _LONGEST_SHOWN:
        return "a number of many digits"
    if value is None or isinstance(value, str | bytes | int | float):
        return shorten(repr(value), 60, "…")
    return f"a value of type {type(value).__name__}"
