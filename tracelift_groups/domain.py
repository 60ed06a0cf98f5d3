"""What the pipeline needs to know of a domain: one object for math, one for code.

Each is the `DOMAIN` of its `domain.py`, imported when it is first asked for. Outside of these two rooms nothing
compares the name of a domain: what differs between domains is a function here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Protocol

from tracelift_groups.records.seed import DOMAINS, Seed
from tracelift_groups.records.stage import Drop
from tracelift_groups.records.trace import Trace


class Reference(Protocol):
    """A reference trace as its domain reads it. Kinds and checkers of the domain know more of it."""

    @property
    def seed(self) -> Seed: ...

    @property
    def text(self) -> str: ...

    @property
    def trace(self) -> Trace: ...


@dataclass(frozen=True)
class TraceMeasure:
    """What is measured in a trace: a score from 0 to 10 a dimension (None: can't be told) and the findings in words.

    `first_error_step` is the index of the first bad step, -1 for none, None where it can't be told. `reaches_answer`:
    whether the trace leads to the right answer; None where that isn't measured.
    """

    raw: Mapping[str, float | None]
    reason: str
    first_error_step: int | None
    reaches_answer: bool | None = None


class Domain(Protocol):
    """One domain. `rubric` names the rubric that its traces are scored on where a configuration names none.

    `reference_engine` is what the provenance of a reference trace that comes from the seed names as its maker.
    """

    name: str
    rubric: str
    reference_engine: str

    def check_gold(self, seed: Seed) -> Drop | None:
        """None when the seed's gold passes its own check, else the drop with rule and reason.

        InfrastructureError when there is no verdict, because something outside of the seed broke.
        """
        ...

    def reference_text(self, seed: Seed) -> str | Drop:
        """The reference trace that the seed itself brings, reason-only; a drop when it brings none."""
        ...

    def parse_reference(self, seed: Seed, text: str) -> Reference:
        """A reference trace, parsed once for all kinds, checkers and flaws of the group."""
        ...

    def verify_artifact(self, seed: Seed, artifact: str) -> bool | None:
        """Whether an answer (math) or a program (code) is right; None when it can't be told."""
        ...

    def with_statement_tests(self, seed: Seed) -> Seed:
        """The seed, with the tests that its problem statement shows where it has none of its own."""
        ...

    def measure(self, seed: Seed, trace: str) -> TraceMeasure:
        """Scores of a trace, from its text and its seed alone, for every dimension that the domain has a measure of."""
        ...

    def trace_features(self, problem: str, trace: str) -> Mapping[str, float] | None:
        """What can be counted in a trace of a problem, the answer unknown, by name; zeros may be left out.

        None for a trace without steps.
        """
        ...

    def leaked_markup(self, reasoning: str) -> str | None:
        """Markup of a final artifact in a trace; empty when there is none, None when the domain has no such markup."""
        ...


@cache
def domain_named(name: str) -> Domain:
    """The domain of that name, one of `DOMAINS`. ValueError for any other."""
    if name not in DOMAINS:
        raise ValueError(f"no domain is named {name!r}")
    found: Domain = import_module(f"tracelift_groups.{name}.domain").DOMAIN
    return found


def rubric_name(domain: str, chosen: str) -> str:
    """The rubric that `chosen` names; the domain's own when it is empty."""
    return chosen or domain_named(domain).rubric
