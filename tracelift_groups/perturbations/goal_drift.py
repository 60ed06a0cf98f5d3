"""The trace ends on another quantity than the one asked for, and concludes with it."""

from collections.abc import Iterator
from random import Random

from tracelift_groups.kind import Case, Draft, perturbation
from tracelift_groups.verify.wrong_target import CONCLUDING, concludes


@perturbation(
    "goal_drift",
    breaks="problem_understanding",
    also=("answer_support",),
    answer="changes",
    checker="wrong_target",
    needs="a last step that gives the answer, after a step with a claim",
)
def goal_drift(case: Case, rng: Random) -> Iterator[Draft]:
    """Answers a different quantity than asked."""
    reading = case.reading
    last = len(reading.steps) - 1
    giving = [claim.step for claim in reading.claims if claim.result_value == case.answer]
    if not giving or giving[0] != last or not reading.claims_in(last - 1):
        return
    start, end = reading.trace.starts[last], len(case.text)
    previous, text = reading.trace.starts[last - 1], reading.steps[last - 1]
    if concludes(text):
        yield Draft(last, ((start, end, ""),))
        return
    word = rng.choice(CONCLUDING)
    first = text[:1]
    keep = not first.isupper() or text[:2].isupper() or text.split(" ", 1)[0].rstrip("'s") in case.seed.problem
    opening = first if keep else first.lower()
    yield Draft(last, ((previous, previous + 1, f"{word} {opening}"), (start, end, "")))
