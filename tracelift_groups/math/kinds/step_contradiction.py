"""A step comes to another value than the one the later steps go on with."""

from collections.abc import Iterator
from random import Random

from tracelift_groups.flaws.kind import Draft, perturbation
from tracelift_groups.math.edits.claim_edits import slips, value_draft
from tracelift_groups.math.reference import Case
from tracelift_groups.math.text.parsed_trace import Source


@perturbation(
    "step_contradiction",
    breaks="step_coherence",
    answer="either",
    checker="contradiction",
    needs="a claim whose result a later step uses, and nothing else gives",
)
def step_contradiction(case: Case, rng: Random) -> Iterator[Draft]:
    """A step conflicts with another: what it derives is not what is used later."""
    reading = case.reading
    used = [
        i
        for i, claim in enumerate(reading.claims)
        if any(o.step > claim.step and len(o.sources) == 1 for o in reading.uses(Source("claim", i)))
        and not reading.givens.explains(claim.result_value)
    ]
    copies = [o for i in used for o in reading.operands_of(i) if o.sources]
    stated = [reading.result_of(i) for i in used if not reading.claims[i].is_read]
    for occurrence, value in slips([*copies, *stated], rng):
        if occurrence.role == "result":
            if draft := value_draft(case, {occurrence: value}, recompute=False, carry=False):
                yield draft
            continue
        same = [o for o in reading.occurrences if o.sources == occurrence.sources and o.step == occurrence.step]
        alone = all(o.claim in (None, occurrence.claim) and o.value == occurrence.value for o in same)
        if alone and (draft := value_draft(case, dict.fromkeys(same, value), recompute=True, carry=False)):
            yield draft
