"""Checks the worked solution of a seed: its arithmetic must be true and end in the answer."""

from tracelift_groups.math.text.answer_value import answer_value, conclusion, without_space
from tracelift_groups.math.text.markup import reference_text
from tracelift_groups.math.text.parsed_trace import parse_trace
from tracelift_groups.math.text.tolerance import is_tolerated
from tracelift_groups.records.seed import Seed
from tracelift_groups.records.stage import Drop
from tracelift_groups.records.trace import Trace


def check_solution(seed: Seed) -> Drop | None:
    """None when the worked solution passes or is absent, else a Drop: rule gold-false-claim or gold-answer-missing.

    A numeric answer must be stated in one of the last two steps, any other answer anywhere in the text.
    """
    if not seed.solution:
        return None
    trace = Trace.read(reference_text(seed.solution))
    parsed = parse_trace(seed.problem, trace)
    for i, claim in enumerate(parsed.claims):
        if not claim.holds and not is_tolerated(parsed, i):
            shown = trace.text[claim.start : claim.end]
            reason = f'The worked solution says "{shown}", but the left side is {claim.value}.'
            return _drop(seed, "gold-false-claim", reason, f"step {claim.step + 1}")
    value = answer_value(seed.answer)
    if value is None:
        stated = without_space(seed.answer) in without_space(trace.text)
    else:
        place = conclusion(parsed, value)
        stated = place is not None and place.step >= len(trace.steps) - 2
    if not stated:
        return _drop(seed, "gold-answer-missing", f"The worked solution never states its answer {seed.answer}.")
    return None


def _drop(seed: Seed, rule: str, reason: str, place: str = "") -> Drop:
    where = ", ".join(part for part in (seed.place, place) if part)
    return Drop("seed", seed.problem_id, rule, reason, raw=seed.solution or "", place=where)
