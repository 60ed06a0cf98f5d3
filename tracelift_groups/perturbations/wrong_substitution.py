"""The right rule with a wrong quantity put in: another number that the problem or an earlier step really gives."""

from collections.abc import Iterator
from fractions import Fraction
from random import Random

from tracelift_groups.kind import Case, Draft, perturbation
from tracelift_groups.perturbations._edit import value_draft
from tracelift_groups.propagate import is_plausible
from tracelift_groups.reading import Occurrence


@perturbation(
    "wrong_substitution",
    breaks="calculation_correctness",
    also=("step_coherence",),
    answer="changes",
    checker="differs_from_reference_graph",
    difference="substitution",
    needs="a claim, and another known quantity of similar size",
)
def wrong_substitution(case: Case, rng: Random) -> Iterator[Draft]:
    """Right rule, wrong quantity put in."""
    places = [(o, value) for o in case.reading.occurrences if o.role == "operand" for value in _others(case, o)]
    rng.shuffle(places)
    for occurrence, value in places:
        same = [o for o in case.reading.occurrences if o.sources == occurrence.sources and o.step == occurrence.step]
        mentions = [o for o in same if o.role == "mention" and o.value == occurrence.value]
        if mentions or not occurrence.sources:
            continue
        if draft := value_draft(case, {occurrence: value}, recompute=True):
            yield draft


def _others(case: Case, occurrence: Occurrence) -> list[Fraction]:
    """Known quantities that the claim does not use yet: whole where it is whole, money only for money."""
    reading, numeral = case.reading, occurrence.numeral
    if numeral.percent or numeral.style not in ("digits", "word") or occurrence.claim is None:
        return []
    claim = reading.claims[occurrence.claim]
    used = {o.value for o in reading.operands_of(occurrence.claim)} | {claim.result_value}
    plain = (q for q in reading.givens.quantities if q.text[0].isdigit() and len(q.values) == 1)  # no 25%, no 3/4
    known = {q.values[0] for q in plain if q.money or not numeral.money}
    known |= {c.result_value for c in reading.claims if c.end <= claim.start and (c.result.money or not numeral.money)}
    fitting = (v for v in known - used if v.denominator == 1 or numeral.decimals)
    return sorted(v for v in fitting if v > 1 and is_plausible(occurrence.value, v))
