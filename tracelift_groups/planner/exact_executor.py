"""The embedded executor: it follows the arithmetic of a trace, and needs no model.

    exact            never slips: all draws of a problem and trace are one draw
    exact:slip=0.1   overlooks each claim with probability 0.1, independently in every draw

It reads the claims of a trace (`14 * 36 = 504`) in their order and believes what a claim states, true or not, when
every operand is given: by the problem, as a constant or a whole number below 10, or as the result of a claim that it
believed. A claim with an operand that nothing gives is not believed, and a slip overlooks a claim; what rests on either
is then not given. The last believed result is its answer, an empty text when there is none. Alone it guesses one
operation on the two numbers of a problem that has exactly two. It never sees the seed's answer, solution or tests.

So a trace is worth what it makes easy: an error carries over to the answer, a jump breaks the chain, and each needless
claim is one more to slip in. It stands in for a model in tests and demonstrations; it is no measure of a real one.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from operator import mul, sub

from tracelift_groups.errors import ConfigError
from tracelift_groups.math.text.parsed_trace import Occurrence, ParsedTrace, parse_trace
from tracelift_groups.math.text.quantity import givens
from tracelift_groups.math.text.rational import Fraction
from tracelift_groups.models.executor import Draw
from tracelift_groups.records.seed import Seed
from tracelift_groups.records.trace import Trace
from tracelift_groups.rng import unit_hash

VERSION = 1  # of what an answer depends on; part of the name
_COUNT = 10  # whole numbers below it need no source, as in math/text/parsed_trace.py
_SERVED = frozenset({"math"})
# What a problem asks to be done with its two numbers, tried in this order; else they are added.
_CUES: tuple[tuple[re.Pattern[str], Callable[[Fraction, Fraction], Fraction]], ...] = (
    (re.compile(r"\b(?:each|every|per|times|apiece)\b", re.IGNORECASE), mul),
    (re.compile(r"\b(?:left|remains?|fewer|less|difference|gave|gives|spent)\b", re.IGNORECASE), sub),
)


@dataclass(frozen=True)
class ExactExecutor:
    """An executor for math; `slip` is in [0, 1)."""

    slip: float = 0.0

    @property
    def name(self) -> str:
        return f"exact-{VERSION} slip={self.slip:g}"

    @property
    def same_draws(self) -> bool:
        return self.slip == 0

    async def draw(self, seed: Seed, trace: str | None, index: int) -> Draw:
        """Never fails on a math problem; a draw on any other has no artifact."""
        if not self.serves(seed.domain):
            return Draw(None, f"no {seed.domain}")
        if trace is None:
            return Draw("" if self._slips(seed, "", index, 0) else solve_alone(seed.problem))
        parsed = parse_trace(seed.problem, Trace.read(trace))
        mark = sha256(trace.encode()).hexdigest()
        slipped = frozenset(i for i in range(len(parsed.claims)) if self._slips(seed, mark, index, i))
        return Draw(follow(parsed, slipped))

    def serves(self, domain: str) -> bool:
        """Whether it can follow traces of this domain."""
        return domain in _SERVED

    def _slips(self, seed: Seed, mark: str, index: int, claim: int) -> bool:
        return self.slip > 0 and unit_hash("slip", seed.problem_id, mark, index, claim) < self.slip


def parse_exact(spec: str) -> ExactExecutor:
    """`exact` or `exact:slip=P`. ConfigError for anything else."""
    if spec == "exact":
        return ExactExecutor()
    try:
        slip = float(spec.removeprefix("exact:slip="))
    except ValueError:
        slip = -1.0
    if not 0 <= slip < 1:
        raise ConfigError(f'"{spec}" is not exact or exact:slip=P.', "P is a number from 0 up, below 1.")
    return ExactExecutor(slip)


def follow(parsed: ParsedTrace, overlooked: frozenset[int] = frozenset()) -> str:
    """The last believed result of a trace, as it is written; empty when none is believed."""
    believed: set[int] = set()
    for i in range(len(parsed.claims)):
        if i not in overlooked and all(_is_given(parsed, o, believed) for o in parsed.operands_of(i)):
            believed.add(i)
    if not believed:
        return ""
    claim = parsed.claims[max(believed)]
    sign = "-" if claim.result_value < 0 else ""
    return sign + parsed.trace.text[claim.result.start : claim.result.end]


def solve_alone(problem: str) -> str:
    """The answer to a problem of one step; empty unless it has exactly two numbers."""
    found = givens(problem).quantities
    if len(found) != 2:
        return ""
    first, second = (quantity.values[0] for quantity in found)
    for cue, operation in _CUES:
        if cue.search(problem):
            return str(operation(first, second))
    return str(first + second)


def _is_given(parsed: ParsedTrace, operand: Occurrence, believed: set[int]) -> bool:
    if any(source.type == "claim" and source.index in believed for source in operand.sources):
        return True
    value: Fraction = operand.value
    others = (operand.numeral.value, 1 / value if value else value)
    if any(parsed.givens.explains(v) for v in (value, *others)):
        return True
    return not operand.sources and value.denominator == 1 and value < _COUNT
