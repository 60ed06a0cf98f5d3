"""The type of a finding, and the texts that quote its evidence."""

from dataclasses import dataclass

from tracelift_groups.math.text.claim import Claim
from tracelift_groups.math.text.parsed_trace import ParsedTrace
from tracelift_groups.math.text.rational import Fraction


@dataclass(frozen=True)
class Finding:
    """One error in a trace: the name of a rule, the step (from 0), and a sentence that quotes the evidence."""

    rule: str
    step: int
    sentence: str


def at_step(rule: str, step: int, said: str) -> Finding:
    """A finding whose sentence names its step, counted from 1."""
    return Finding(rule, step, f"Step {step + 1}: {said}.")


def words(parsed: ParsedTrace, claim: Claim) -> str:
    """The text of a claim in the trace."""
    return parsed.trace.text[claim.start : claim.end]


def number_text(value: Fraction | None) -> str:
    """A number as text: decimal where that is exact and short, else a fraction."""
    decimal = value is not None and 10000 % value.denominator == 0
    return f"{float(value):g}" if decimal and value is not None and abs(value) < 10**6 else str(value)
