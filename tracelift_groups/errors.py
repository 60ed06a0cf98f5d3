"""User errors, each with a remedy. A bug keeps its own exception and traceback.

TraceliftError            any of the below; the command line prints it without a traceback
├── RecordError           a seed, trace, rubric or group that breaks its contract
├── SourceError           a file or data set that can't be read as seeds
├── ConfigError           a configuration with an unknown key or a value out of range
├── UnknownNameError      a kind, rubric, source, annotator or backend that is not registered
├── RunError              a run folder that is locked, changed, half written or can't be written
├── SandboxError          a machine on which programs can't be isolated, or tests of them that can't be read
├── EndpointError         a model that can't be called at all: a wrong spec, URL, model name or key
├── InfrastructureError   an item failed because something outside of it broke; it can be tried again
│   └── CallError         one model call that gave no usable answer
└── MissingExtraError     a command whose optional dependencies are not installed
"""

from collections.abc import Iterable
from difflib import get_close_matches


class TraceliftError(Exception):
    """What is wrong (`what`) and, where it helps, what to do (`todo`); one sentence each."""

    def __init__(self, what: str, todo: str = "") -> None:
        super().__init__(f"{what} {todo}".strip())
        self.what = what
        self.todo = todo

    def __reduce__(self) -> tuple[object, ...]:
        """Errors cross process borders; the default would call a subclass with the finished sentence."""
        return _remade, (type(self), self.args, self.__dict__)


def _remade(kind: type[TraceliftError], args: tuple[object, ...], state: dict[str, object]) -> TraceliftError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error


class RecordError(TraceliftError):
    """A record breaks its contract. `rule` is the short name of the violation in rejected.jsonl."""

    def __init__(self, what: str, todo: str = "", rule: str = "bad-record") -> None:
        super().__init__(what, todo)
        self.rule = rule


class SourceError(TraceliftError):
    """Seeds can't be read from here."""


class ConfigError(TraceliftError):
    """The configuration can't be used."""


class RunError(TraceliftError):
    """The run folder can't be used."""


class SandboxError(TraceliftError):
    """Programs can't be run in isolation here, or not as asked."""


class InfrastructureError(TraceliftError):
    """Something outside the item broke."""


class EndpointError(TraceliftError):
    """A model can't be called; every call would fail the same way."""


class CallError(InfrastructureError):
    """A model call without a usable answer.

    `failure` is its short name: cut off, refused, empty, unparsable, unreachable, timed out, overloaded, rejected.
    """

    def __init__(self, failure: str, what: str, todo: str = "") -> None:
        super().__init__(what, todo)
        self.failure = failure


class MissingExtraError(TraceliftError):
    """An optional dependency is missing."""

    def __init__(self, purpose: str, extra: str) -> None:
        super().__init__(
            f"{purpose} needs packages that are not installed.", f'Run: pip install "tracelift-groups[{extra}]"'
        )


class UnknownNameError(TraceliftError):
    """Nothing is registered under this name."""

    def __init__(self, noun: str, name: str, known: Iterable[str]) -> None:
        names = sorted(known)
        super().__init__(f'No {noun} named "{name}".', suggestion(name, names))


def suggestion(name: str, known: Iterable[str]) -> str:
    """'Did you mean …?' when a known name is near, else the list of known names."""
    names = sorted(known)
    near = get_close_matches(name, names, n=1)
    if near:
        return f'Did you mean "{near[0]}"?'
    return f"Known: {', '.join(names) or 'none'}."


def shorten(text: str, limit: int = 80, end: str = "") -> str:
    """The first `limit` characters, and `end` where any were cut off.

    Fit to be written as UTF-8: half a surrogate pair becomes a question mark.
    """
    short = text[:limit].encode("utf-8", "replace").decode("utf-8")
    return short + end if len(text) > limit else short
