"""A step derives another value than the one that later steps use."""

from collections.abc import Iterator
from random import Random

from tracelift_groups.flaws.kind import Draft, kind
from tracelift_groups.math.edits.claim_edits import slips, value_draft
from tracelift_groups.math.reference import ParsedReference
from tracelift_groups.math.text.parsed_trace import NumberSource


@kind(
    "step_contradiction",
    breaks="step_coherence",
    answer="either",
    checker="contradiction",
    needs="a claim whose result a later step uses, and nothing else gives",
)
def step_contradiction(reference: ParsedReference, rng: Random) -> Iterator[Draft]:
    """A step conflicts with another: what it derives is not what is used later."""
    parsed = reference.parsed
    used = [
        i
        for i, claim in enumerate(parsed.claims)
        if any(o.step > claim.step and len(o.sources) == 1 for o in parsed.uses(NumberSource("claim", i)))
        and not parsed.givens.explains(claim.result_value)
    ]
    copies = [o for i in used for o in parsed.operands_of(i) if o.sources]
    stated = [parsed.result_of(i) for i in used if not parsed.claims[i].is_read]
    for occurrence, value in slips([*copies, *stated], rng):
        if occurrence.role == "result":
            if draft := value_draft(reference, {occurrence: value}, recompute=False, carry=False):
                yield draft
            continue
        same = [o for o in parsed.occurrences if o.sources == occurrence.sources and o.step == occurrence.step]
        alone = all(o.claim in (None, occurrence.claim) and o.value == occurrence.value for o in same)
        if alone and (draft := value_draft(reference, dict.fromkeys(same, value), recompute=True, carry=False)):
            yield draft
