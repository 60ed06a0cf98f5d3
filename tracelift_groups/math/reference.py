"""The parsed reference trace of a math problem, the input of kinds and checkers."""

from dataclasses import dataclass
from functools import cached_property

from tracelift_groups.math.text.answer_value import answer_value, conclusion
from tracelift_groups.math.text.parsed_trace import Occurrence, ParsedTrace, parse_trace
from tracelift_groups.math.text.rational import Fraction
from tracelift_groups.records.seed import Seed
from tracelift_groups.records.trace import Trace


@dataclass(frozen=True)
class ParsedReference:
    """A seed, its parsed reference trace, and the value of its answer (None when it is not a number).

    `conclusion` is the number of the reference that states the answer; None when the answer is not a number.
    """

    seed: Seed
    parsed: ParsedTrace
    answer: Fraction | None
    conclusion: Occurrence | None

    @cached_property
    def text(self) -> str:
        return self.parsed.trace.text

    @property
    def trace(self) -> Trace:
        return self.parsed.trace


def parse_reference(seed: Seed, reference: str) -> ParsedReference:
    """Parse the reference trace of a seed and find its conclusion."""
    parsed = parse_trace(seed.problem, Trace.read(reference))
    value = answer_value(seed.answer)
    return ParsedReference(seed, parsed, value, conclusion(parsed, value))
