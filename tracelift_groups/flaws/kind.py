"""The type of a kind of flaw, an extension point: name, broken dimension, precondition and the function that makes it.

A kind is one file in the folder `kinds/` of its domain, or an entry point in group `tracelift_groups.kinds`:

    @kind("calculation_error", breaks="calculation_correctness", answer="changes",
          checker="false_claim", needs="a claim with one readable result")
    def calculation_error(reference: ParsedReference, rng: Random) -> Iterator[Draft]:
        \"\"\"Right expression, wrong result.\"\"\"

The function yields drafts, best first; the caller takes the first that passes the ladder. No draft means that the kind
does not apply.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from tracelift_groups.domain import Reference
from tracelift_groups.errors import RecordError
from tracelift_groups.records.perturbation import Edit, Perturbation, ProgramEdit
from tracelift_groups.registry import KINDS

ANSWERS = ("changes", "keeps", "either")


@dataclass(frozen=True)
class Draft:
    """A proposed flaw: (start, end, new text) replacements in the reference. `origin` is the error, in `step`.

    `program` is the same flaw as one replacement in the seed's program, where a reference tells of one.
    """

    step: int
    origin: tuple[tuple[int, int, str], ...]
    propagated: tuple[tuple[int, int, str], ...] = ()
    program: tuple[int, int, str] | None = None

    def perturbation(self, kind: str, reference: Reference) -> Perturbation:
        """The edits of the reference in text order. RecordError when they overlap."""
        parts = [(*part, "origin") for part in self.origin] + [(*part, "propagated") for part in self.propagated]
        text, trace = reference.text, reference.trace
        edits = (Edit(trace.step_at(a), a, b, text[a:b], new, role) for a, b, new, role in sorted(parts))
        return Perturbation(kind, self.step, tuple(edits), self._program_edit(reference.seed.program or ""))

    def _program_edit(self, program: str) -> ProgramEdit | None:
        if self.program is None:
            return None
        start, end, new = self.program
        return ProgramEdit(start, end, program[start:end], new)


# The first argument has the type of parsed references in the kind's domain: ParsedReference for math.
Apply = Callable[[Any, Random], Iterator[Draft]]


@dataclass(frozen=True)
class Weight:
    """The chance of a kind to be tried, and taken into a bank, relative to other kinds (above 0), and why it is that.

    Where a kind applies and how well it can be recognised is measured by the benchmarks `flaws_gsm8k` and `shortcuts`.
    """

    value: float = 1.0
    why: str = "no measurement asks for more or less of it"


@dataclass(frozen=True)
class Kind:
    """One kind of flaw. `breaks` is the dimension that falls most, `also` the others it lowers.

    `answer` says whether the trace then leads to another answer; `checker` names the certificate's checker, and
    `difference`, where set, what that checker must report; `needs` is the precondition as a phrase.
    """

    name: str
    domains: tuple[str, ...]
    breaks: str
    also: tuple[str, ...]
    answer: str
    checker: str
    difference: str
    needs: str
    apply: Apply
    weight: Weight = Weight()

    def __post_init__(self) -> None:
        if self.answer not in ANSWERS:
            raise RecordError(f'Kind {self.name}: answer "{self.answer}" is unknown.', f"Known: {', '.join(ANSWERS)}.")
        if not self.weight.value > 0:
            what = f"Kind {self.name}: weight {self.weight.value} is not above 0."
            raise RecordError(what, "Leave a kind out by `kinds`.")

    @property
    def summary(self) -> str:
        """What is wrong, in a phrase."""
        return (self.apply.__doc__ or "").strip().splitlines()[0].rstrip(".")


def kind(
    name: str,
    *,
    breaks: str,
    also: Iterable[str] = (),
    answer: str,
    checker: str,
    needs: str,
    difference: str = "",
    weight: Weight = Weight(),
    domains: Iterable[str] = ("math",),
) -> Callable[[Apply], Kind]:
    """Register a function as a kind of flaw. The decorated name is then the Kind."""

    def register(apply: Apply) -> Kind:
        made = Kind(name, tuple(domains), breaks, tuple(also), answer, checker, difference, needs, apply, weight)
        return KINDS.add(name, made, made.domains)

    return register
