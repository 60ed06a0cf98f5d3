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


def from_solution() -> dict[str, Any]:
    """A reference taken from the seed's worked solution."""
    return {"engine": "seed_solution", "version": tool_version()}
