"""The reasoning score of a planner's traces: `checks`, or the folder of a reward model."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from tracelift_groups.domain import domain_named
from tracelift_groups.math.text.parsed_trace import parse_trace
from tracelift_groups.planner.exact_executor import follow
from tracelift_groups.records.rubric import load_rubric
from tracelift_groups.records.seed import Seed
from tracelift_groups.records.trace import Trace
from tracelift_groups.registry import ANNOTATORS
from tracelift_groups.reward_model.reward_model import RewardModel

CHECKS = "checks"
_RAW_MAX = 10.0
_NO_ANSWER = "not stated"  # of a trace that comes to nothing
_CHECKED = frozenset({"math"})  # a plan is measured against the program, which must not be told


@dataclass(frozen=True)
class ReasoningScore:
    """Where reasoning scores come from.

    `scores` gives those of some traces of a problem in [0, 1], in their order; None for one that can't be scored.
    `serves` says whether traces of a domain can be scored at all.
    """

    scores: Callable[[Seed, Sequence[str]], list[float | None]]
    serves: Callable[[str], bool]


def open_reasoning_score(spec: str) -> ReasoningScore:
    """`checks`, or a reward model by its folder. RunError when there is none."""
    if spec == CHECKS:
        return ReasoningScore(_checks, lambda domain: domain in _CHECKED)
    model = RewardModel.load(spec)

    def scored(seed: Seed, traces: Sequence[str]) -> list[float | None]:
        found = model.score(seed.problem, traces, task_type=seed.task_type, domain=seed.domain)
        return [None if score is None else score.total for score in found]

    return ReasoningScore(scored, lambda domain: bool(model.dimension_names(domain)))


def _checks(seed: Seed, traces: Sequence[str]) -> list[float | None]:
    """The annotator `checks`, which is told neither the right answer nor a solution.

    In their place it gets what the trace itself comes to: so it scores whether the trace supports its own conclusion.
    """
    rubric = load_rubric(domain_named(seed.domain).rubric)
    annotate = ANNOTATORS.get(CHECKS)
    found: list[float | None] = []
    for trace in traces:
        own = follow(parse_trace(seed.problem, Trace.read(trace))) or _NO_ANSWER
        mean = annotate(replace(seed, answer=own, solution=None), trace, rubric).mean
        found.append(None if mean is None else mean / _RAW_MAX)
    return found
