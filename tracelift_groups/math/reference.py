"""A reference trace of a math problem as kinds and checkers see it."""

from dataclasses import dataclass
from functools import cached_property

from tracelift_groups.math.text.answer_value import answer_value, conclusion
from tracelift_groups.math.text.parsed_trace import Occurrence, Reading, read
from tracelift_groups.math.text.rational import Fraction
from tracelift_groups.records.seed import Seed
from tracelift_groups.records.trace import Trace


@dataclass(frozen=True)
class Case:
    """A seed, its reference trace as parsed, and the answer's value (None: not a number).

    `conclusion` is the number of the reference that states the answer; None when the answer is not a number.
    """

    seed: Seed
    reading: Reading
    answer: Fraction | None
    conclusion: Occurrence | None

    @cached_property
    def text(self) -> str:
        return self.reading.trace.text

    @property
    def trace(self) -> Trace:
        return self.reading.trace


def case_of(seed: Seed, reference: str) -> Case:
    """A seed with its reference trace, parsed."""
    reading = read(seed.problem, Trace.read(reference))
    value = answer_value(seed.answer)
    return Case(seed, reading, value, conclusion(reading, value))
