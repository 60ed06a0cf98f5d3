"""The trace stops before the step that gives the answer."""

from collections.abc import Iterator
from itertools import pairwise
from random import Random

from tracelift_groups.flaws.kind import Draft, Weight, kind
from tracelift_groups.math.reference import ParsedReference
from tracelift_groups.math.text.answer_value import without_space


@kind(
    "unfinished_derivation",
    breaks="answer_support",
    answer="keeps",
    checker="missing_support",
    difference="end",
    needs="an answer that is first stated after the first step",
    weight=Weight(0.25, "a line less gives it away: 0.71 by n-grams and 0.99 by length in a mixed bank"),
)
def unfinished_derivation(reference: ParsedReference, rng: Random) -> Iterator[Draft]:  # noqa: ARG001 - the latest place is the best
    """Stops before the executor has enough."""
    parsed = reference.parsed
    giving = [claim.step for claim in parsed.claims if claim.result_value == reference.answer]
    if reference.answer is None:
        giving = [
            i for i, step in enumerate(parsed.steps) if without_space(reference.seed.answer) in without_space(step)
        ]
    for last in range(giving[0] if giving else 0, 0, -1):
        bounds = pairwise([*parsed.trace.starts[last:], len(reference.text)])
        yield Draft(last, tuple((start, end, "") for start, end in bounds))
