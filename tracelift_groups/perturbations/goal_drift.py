"""The trace ends on another quantity than the one asked for, and concludes with it."""

import re
from collections.abc import Iterator
from random import Random

from tracelift_groups.kind import Case, Draft, perturbation
from tracelift_groups.verify.wrong_target import CONCLUDING, concludes

_ORDERING = frozenset("first second third next then now finally let also so but and".split())
# First words that lose their capital behind `Therefore,`; any other may be a name.
_LOWERED = frozenset(
    "the a an he she it they we you his her its their our this that these those there each every both all "
    "in on at by of to for from with after before during since if when while because as once half twice one two three "
    "four five six seven eight nine ten adding altogether another".split()
)


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
    word = re.split(r"\W", text, maxsplit=1)[0].lower()
    if word in _ORDERING:  # `Therefore, then find …`
        return
    opening = text[:1].lower() if word in _LOWERED else text[:1]
    yield Draft(last, ((previous, previous + 1, f"{rng.choice(CONCLUDING)} {opening}"), (start, end, "")))
