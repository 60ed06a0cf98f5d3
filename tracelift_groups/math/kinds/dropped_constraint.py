"""A stated condition is never used: the step that applies it is removed, and later steps continue without it."""

from collections.abc import Iterator
from random import Random

from tracelift_groups.flaws.kind import Draft, Weight, kind
from tracelift_groups.math.edits.propagate import propagate
from tracelift_groups.math.reference import ParsedReference
from tracelift_groups.math.text.parsed_trace import NumberSource


@kind(
    "dropped_constraint",
    breaks="problem_understanding",
    also=("answer_support",),
    answer="either",
    checker="unused_given",
    needs="a step that applies a quantity of the problem to an earlier result and that a later step uses",
    weight=Weight(0.7, "shorter than its reference in every pair: 1.00 by length in a mixed bank"),
)
def dropped_constraint(reference: ParsedReference, rng: Random) -> Iterator[Draft]:
    """A stated condition never used."""
    parsed = reference.parsed
    for index in rng.sample(range(len(parsed.claims)), len(parsed.claims)):
        claim = parsed.claims[index]
        if len(parsed.claims_in(claim.step)) != 1 or claim.step == len(parsed.steps) - 1:
            continue
        operands = parsed.operands_of(index)
        priors = [o for o in operands if len(o.sources) == 1 and o.sources[0].type == "claim"]
        if len(operands) != 2 or len(priors) != 1:
            continue
        start = parsed.trace.starts[claim.step]
        end = start + len(parsed.steps[claim.step])
        carried = propagate(parsed, {NumberSource("claim", index): priors[0].value}, {}, end - 1)
        if carried:
            yield Draft(claim.step, ((start, end, ""),), tuple(part for part in carried if part[0] >= end))
