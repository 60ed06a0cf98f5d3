"""The trace ends on another quantity than the one asked for: its conclusion repeats the claim of an earlier step."""

from collections.abc import Iterator
from random import Random

from tracelift_groups.flaws.kind import Draft, kind
from tracelift_groups.math.edits.propagate import propagate
from tracelift_groups.math.reference import ParsedReference
from tracelift_groups.math.text.parsed_trace import NumberSource


@kind(
    "goal_drift",
    breaks="problem_understanding",
    also=("answer_support",),
    answer="changes",
    checker="wrong_target",
    needs="a last step that gives the answer by a claim, and an earlier step with a claim on like quantities",
)
def goal_drift(reference: ParsedReference, rng: Random) -> Iterator[Draft]:
    """Answers a different quantity than asked."""
    parsed = reference.parsed
    last = len(parsed.steps) - 1
    final = len(parsed.claims) - 1
    place = reference.conclusion
    if place is None or place.step != last or place.claim != final or place.role != "result":
        return
    ours = parsed.claims[final]
    earlier = [i for i, claim in enumerate(parsed.claims) if claim.step < last and _alike(reference, i, final)]
    for index in rng.sample(earlier, len(earlier)):
        claim = parsed.claims[index]
        fixed = {parsed.result_of(final).numeral.start: claim.result_value}
        carried = propagate(parsed, {NumberSource("claim", final): claim.result_value}, fixed, ours.end)
        if carried is not None:
            yield Draft(last, ((ours.start, ours.end, reference.text[claim.start : claim.end]),), tuple(carried))


def _alike(reference: ParsedReference, index: int, final: int) -> bool:
    """Whether a claim can replace the last one: another result, with the same unit and notation."""
    claim, ours = reference.parsed.claims[index], reference.parsed.claims[final]
    nouns = {reference.parsed.result_of(i).noun for i in (index, final)} - {""}
    dollar = {reference.text[c.start - 1 : c.start] == "$" for c in (claim, ours)}
    unit = (claim.result.money, claim.result.percent) == (ours.result.money, ours.result.percent)
    same_line = "\n" not in reference.text[claim.start : claim.end]
    return (
        unit and same_line and claim.holds and claim.result_value != reference.answer and len(dollar) == 1 >= len(nouns)
    )
