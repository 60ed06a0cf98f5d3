"""Missing work: a step that a later one depends on is removed."""

from collections.abc import Iterator
from random import Random

from tracelift_groups.flaws.kind import Draft, Weight, kind
from tracelift_groups.math.reference import ParsedReference
from tracelift_groups.math.text.parsed_trace import NumberSource


@kind(
    "missing_step",
    breaks="step_coherence",
    also=("answer_support",),
    answer="either",
    checker="missing_support",
    difference="step",
    needs="two steps or more, one of them with a result or number that a later one uses",
    weight=Weight(0.25, "a line less gives it away: 0.69 by n-grams and 1.00 by length in a mixed bank"),
)
def missing_step(reference: ParsedReference, rng: Random) -> Iterator[Draft]:
    """A needed step skipped, later ones assume it."""
    parsed = reference.parsed
    needed = {
        claim.step
        for i, claim in enumerate(parsed.claims)
        for o in parsed.uses(NumberSource("claim", i))
        if o.is_used and o.step > claim.step and len(o.sources) == 1
    }
    first = parsed.introduced
    stated = {first[o.value] for o in parsed.occurrences if o.step > first.get(o.value, o.step)} - needed
    for step in [*rng.sample(sorted(needed), len(needed)), *rng.sample(sorted(stated), len(stated))]:
        start = parsed.trace.starts[step]
        yield Draft(step, ((start, start + len(parsed.steps[step]), ""),))
