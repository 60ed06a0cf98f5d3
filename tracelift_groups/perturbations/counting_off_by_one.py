"""Items, days or intervals are miscounted by one before they are multiplied; the arithmetic is right."""

from collections.abc import Iterator
from fractions import Fraction
from random import Random

from tracelift_groups.expression import evaluate
from tracelift_groups.kind import Case, Draft, perturbation
from tracelift_groups.perturbations._edit import edited_claim
from tracelift_groups.reading import Occurrence

_LARGEST = 31


@perturbation(
    "counting_off_by_one",
    breaks="calculation_correctness",
    also=("problem_understanding",),
    answer="changes",
    checker="differs_from_reference_graph",
    difference="count",
    needs="a claim that multiplies a count of the problem, from 3 to 31",
)
def counting_off_by_one(case: Case, rng: Random) -> Iterator[Draft]:
    """Items, intervals or endpoints miscounted."""
    counts = [o for o in case.reading.occurrences if o.role == "operand" and _is_count(case, o)]
    for occurrence in rng.sample(counts, len(counts)):
        for step in rng.sample((-1, 1), 2):
            if draft := _miscounted(case, occurrence, step):
                yield draft


def _is_count(case: Case, occurrence: Occurrence) -> bool:
    """Whether a number counts things: whole, given by the problem, a factor, and neither money nor a rate."""
    numeral = occurrence.numeral
    if numeral.style != "digits" or numeral.money or numeral.percent or numeral.decimals or occurrence.claim is None:
        return False
    claim = case.reading.claims[occurrence.claim]
    product = getattr(claim.left, "symbol", "") == "*"
    origin = case.reading.origin(occurrence)
    return product and 3 <= occurrence.value <= _LARGEST and origin is not None and origin.sort == "given"


def _miscounted(case: Case, occurrence: Occurrence, step: int) -> Draft | None:
    assert occurrence.claim is not None
    numeral = occurrence.numeral
    claim = case.reading.claims[occurrence.claim]
    before, after = case.text[numeral.start - 1 : numeral.start], case.text[numeral.end : numeral.end + 1]
    if before in ("(", "$") or after in (")", "-"):
        return None
    text = f"({case.text[numeral.start : numeral.end]} {'+' if step > 0 else '-'} 1)"
    value = evaluate(claim.left, {numeral.start: occurrence.value + Fraction(step)})
    return edited_claim(case, occurrence.claim, [(numeral.start, numeral.end, text)], value) if value else None
