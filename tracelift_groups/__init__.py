"""Certified, rubric-annotated groups of reasoning traces: one right trace and several localized flaws per problem.

The names in `__all__` are stable within a minor version; each is imported when it is first asked for.
"""

from importlib import import_module

_HOME = {
    "Annotation": "records.annotation",
    "Candidate": "records.group",
    "Certificate": "records.certificate",
    "Config": "config",
    "Group": "records.group",
    "Perturbation": "records.perturbation",
    "Rubric": "records.rubric",
    "Seed": "records.seed",
    "Trace": "records.trace",
    "TraceliftError": "errors",
    "annotate_file": "annotators.trace_file",
    "load_rubric": "records.rubric",
    "read_groups": "files.group_files",
    "read_seeds": "ingest.source",
    "write_groups": "files.group_files",
}
__all__ = sorted(_HOME)


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return __all__
