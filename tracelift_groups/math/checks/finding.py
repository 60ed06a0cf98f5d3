"""One thing that is wrong with a trace, and the words in which its evidence is cited."""

from dataclasses import dataclass

from tracelift_groups.math.text.claim import Claim
from tracelift_groups.math.text.parsed_trace import ParsedTrace
from tracelift_groups.math.text.rational import Fraction


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: a rule's name, the step it is in (from 0), and a sentence that cites the evidence."""

    rule: str
    step: int
    sentence: str


def at_step(rule: str, step: int, said: str) -> Finding:
    """A finding whose sentence names its step, counted from 1 as people do."""
    return Finding(rule, step, f"Step {step + 1}: {said}.")


def words(parsed: ParsedTrace, claim: Claim) -> str:
    """A claim as the trace writes it."""
    return parsed.trace.text[claim.start : claim.end]


def number_text(value: Fraction | None) -> str:
    """A number as a person would write it: decimal where that is exact and short."""
    decimal = value is not None and 10000 % value.denominator == 0
    return f"{float(value):g}" if decimal and value is not None and abs(value) < 10**6 else str(value)
