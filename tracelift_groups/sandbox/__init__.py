"""Untrusted programs, run against tests in isolation."""

from importlib import import_module

_HOME = {
    "AssertionTest": "test",
    "CallTest": "test",
    "Limits": "limits",
    "Sandbox": "sandbox",
    "StdioTest": "test",
    "Test": "test",
    "Verdict": "verdict",
}
__all__ = sorted(_HOME)


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return __all__
