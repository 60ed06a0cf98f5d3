"""The trace stops before the step that gives the answer."""

from collections.abc import Iterator
from itertools import pairwise
from random import Random

from tracelift_groups.flaws.kind import Draft, perturbation
from tracelift_groups.math.reference import Case
from tracelift_groups.math.text.answer_value import plain


@perturbation(
    "unfinished_derivation",
    breaks="answer_support",
    answer="keeps",
    checker="missing_support",
    difference="end",
    needs="an answer that is first stated after the first step",
    weight=0.25,
)
def unfinished_derivation(case: Case, rng: Random) -> Iterator[Draft]:  # noqa: ARG001 - the latest place is the best
    """Stops before the executor has enough."""
    reading = case.reading
    giving = [claim.step for claim in reading.claims if claim.result_value == case.answer]
    if case.answer is None:
        giving = [i for i, step in enumerate(reading.steps) if plain(case.seed.answer) in plain(step)]
    for last in range(giving[0] if giving else 0, 0, -1):
        bounds = pairwise([*reading.trace.starts[last:], len(case.text)])
        yield Draft(last, tuple((start, end, "") for start, end in bounds))
