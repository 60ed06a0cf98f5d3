"""The `metadata.provenance` of a candidate: who made its text. Two equal runs give equal provenance."""

from functools import cache
from importlib.metadata import version
from typing import Any  # JSON


@cache
def tool_version() -> str:
    """The installed release of this package."""
    return version("tracelift-groups")


def symbolic(seed: int) -> dict[str, Any]:
    """A flaw made by a symbolic kind, with the run's seed."""
    return {"engine": "symbolic", "seed": seed, "version": tool_version()}


def from_seed(engine: str) -> dict[str, Any]:
    """A reference taken from what the seed brings: its worked solution, or its program."""
    return {"engine": engine, "version": tool_version()}


def from_teacher(model: str, temperature: float, prompt: str, sample: int) -> dict[str, Any]:
    """A reference written by a model: its parameters, the prompt's name and version, and which sample it is."""
    return {
        "engine": "teacher",
        "model": model,
        "temperature": temperature,
        "prompt": prompt,
        "sample": sample,
        "version": tool_version(),
    }
