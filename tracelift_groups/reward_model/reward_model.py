"""The reward model as its users see it: loaded from a checkpoint of any type, asked for scores of traces."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from tracelift_groups.domain import domain_named
from tracelift_groups.errors import RunError
from tracelift_groups.records.group import domain_of
from tracelift_groups.reward_model import checkpoint
from tracelift_groups.reward_model.linear import LinearRanker
from tracelift_groups.reward_model.model import TransformerScorer
from tracelift_groups.reward_model.pretrained import is_pretrained, read_pretrained
from tracelift_groups.reward_model.reward_score import RewardScore


class TraceScorer(Protocol):
    """A loaded checkpoint."""

    @property
    def dimension_names(self) -> Mapping[str, tuple[str, ...]]:
        """The dimensions that it scores, by domain; under the empty name where they are the same for all."""
        ...

    def judge(
        self, problem: str, traces: Sequence[str], *, domain: str, task_type: str, tests: str
    ) -> list[RewardScore | str]:
        """For each trace its scores, or a sentence on why it has none."""
        ...


class RewardModel:
    """Scores reasoning traces. Made by `RewardModel.load`."""

    def __init__(self, scorer: TraceScorer, path: Path) -> None:
        self._scorer = scorer
        self.path = path

    @staticmethod
    def load(path: str | Path) -> "RewardModel":
        """The reward model of a checkpoint folder, written by `train-rm` or by the released trainer.

        RunError when there is none, or it is broken; MissingExtraError when it needs packages that are not installed.
        """
        folder = Path(path)
        if (folder / checkpoint.FILE).is_file():
            return RewardModel(_LinearScorer(checkpoint.read_linear(folder)), folder)
        if is_pretrained(folder):
            return RewardModel(TransformerScorer(read_pretrained(folder)), folder)
        raise RunError(f"{folder} holds no reward model.", "Make one with: train-rm RUN")

    def score(
        self, problem: str, traces: Sequence[str], *, task_type: str = "", domain: str = "", tests: str = ""
    ) -> list[RewardScore | None]:
        """The scores of some traces of one problem, in their order; None for a trace that can't be scored.

        `tests` is the text of `tests_or_constraints`. Without `domain`, task type and tests tell it.
        """
        judged = self.judge(problem, traces, task_type=task_type, domain=domain, tests=tests)
        return [None if isinstance(found, str) else found for found in judged]

    def judge(
        self, problem: str, traces: Sequence[str], *, task_type: str = "", domain: str = "", tests: str = ""
    ) -> list[RewardScore | str]:
        """As `score`, with a sentence on why there are no scores in place of None."""
        named = domain_of((domain, task_type), tests)
        scored = [i for i, trace in enumerate(traces) if trace.strip()]
        if not problem.strip():
            return ["The problem is empty."] * len(traces)
        found: list[RewardScore | str] = ["The trace is empty."] * len(traces)
        answers = self._scorer.judge(
            problem, [traces[i] for i in scored], domain=named, task_type=task_type or named, tests=tests
        )
        for i, answer in zip(scored, answers, strict=True):
            found[i] = answer
        return found

    def dimension_names(self, domain: str) -> tuple[str, ...]:
        """The rubric dimensions that it scores in a domain; empty when it scores none of its traces."""
        names = self._scorer.dimension_names
        return names.get(domain, names.get("", ()))


class _LinearScorer:
    def __init__(self, rankers: Mapping[str, LinearRanker]) -> None:
        self._rankers = rankers

    @property
    def dimension_names(self) -> Mapping[str, tuple[str, ...]]:
        return {domain: tuple(ranker.dimensions) for domain, ranker in self._rankers.items()}

    def judge(
        self,
        problem: str,
        traces: Sequence[str],
        *,
        domain: str,
        task_type: str,  # noqa: ARG002 - as in the TraceScorer protocol
        tests: str,  # noqa: ARG002 - as in the TraceScorer protocol
    ) -> list[RewardScore | str]:
        ranker = self._rankers.get(domain)
        if ranker is None:
            return [f"The reward model was not fitted on {domain} problems."] * len(traces)
        found: list[RewardScore | str] = []
        for trace in traces:
            features = domain_named(domain).trace_features(problem, trace)
            found.append("The trace has no features." if features is None else ranker.score(features))
        return found
