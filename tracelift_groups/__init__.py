"""Certified, rubric-annotated groups of reasoning traces: one right trace and several localized flaws per problem.

The names in `__all__` are stable within a minor version; each is imported when it is first asked for.
"""

from importlib import import_module

_HOME = {
    "Annotation": "annotation",
    "Candidate": "group",
    "Certificate": "certificate",
    "Config": "config",
    "Group": "group",
    "Perturbation": "perturbation",
    "Rubric": "rubric",
    "Seed": "seed",
    "Trace": "trace",
    "TraceliftError": "errors",
    "annotate_file": "trace_file",
    "load_rubric": "rubric",
    "read_groups": "group",
    "read_seeds": "source",
    "write_groups": "group",
}
__all__ = sorted(_HOME)


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return __all__
