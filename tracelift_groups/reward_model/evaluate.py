"""Evaluates scores of traces by the groups that they rank: pairs, whole groups, kinds of flaw, and simple baselines.

A tie counts as wrong, and so does a pair with a trace that has no score. Intervals are bootstraps over groups.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any  # JSON

from tracelift_groups.audit.pair_accuracy import Accuracy, accuracy
from tracelift_groups.audit.probes import probe_scores
from tracelift_groups.errors import MissingExtraError, RecordError
from tracelift_groups.records.group import Candidate, Group
from tracelift_groups.reward_model.reward_model import RewardModel

Scores = Sequence[float | None]  # of the candidates of a group, positives first
CHANGES, KEEPS = "answer-changing", "answer-preserving"


@dataclass(frozen=True)
class RankingAccuracy:
    """`pair`: the share of pairs in which the positive scores higher. `group`: of groups in which all of them do.

    `missing` counts the traces without a score.
    """

    pair: Accuracy
    group: Accuracy
    missing: int = 0

    def to_json(self) -> dict[str, Any]:
        return {"pair": accuracy_json(self.pair), "group": accuracy_json(self.group), "missing": self.missing}


@dataclass(frozen=True)
class GroupsEvaluation:
    """The model and the baselines on some groups; `kinds` and `effects` are of the model's pairs.

    `problem_alone` is what a scorer reaches that sees the problem only: all its pairs are ties, so it is chance.
    `notes` says which baselines are missing and why. `total_error` is the mean absolute difference between the model's
    total and the rubric's; None where no candidate carries one.
    """

    domain: str
    split: str
    groups: int
    model: RankingAccuracy
    baselines: Mapping[str, RankingAccuracy]
    problem_alone: RankingAccuracy
    kinds: Mapping[str, Accuracy]
    effects: Mapping[str, Accuracy]
    total_error: float | None
    notes: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "domain": self.domain,
            "split": self.split,
            "groups": self.groups,
            "model": self.model.to_json(),
            "baselines": {name: found.to_json() for name, found in self.baselines.items()},
            "problem_alone": self.problem_alone.to_json(),
            "kinds": {name: accuracy_json(found) for name, found in self.kinds.items()},
            "effects": {name: accuracy_json(found) for name, found in self.effects.items()},
            "total_error": self.total_error,
            "notes": list(self.notes),
        }


def accuracy_json(found: Accuracy) -> dict[str, float | int]:
    """An accuracy with its interval, as shares."""
    return {"value": found.value, "low": found.low, "high": found.high, "pairs": found.pairs, "groups": found.problems}


def evaluate_groups(
    model: RewardModel,
    groups: Iterable[Group],
    fitted: Iterable[Group],
    *,
    domain: str,
    split: str,
    progress: Callable[[int], object] = lambda _: None,
) -> GroupsEvaluation:
    """Rank groups with a positive and a negative; the n-gram baseline is fitted on the groups `fitted`.

    RecordError when there is no such group, or the groups are scored on other dimensions than the model has.
    """
    ranked = [group for group in groups if group.positive_pool and group.negative_bank]
    if not ranked:
        raise RecordError(f"There is no {split} group with a positive and a negative.", "Evaluate on another split.")
    scores: list[Scores] = []
    for group in ranked:
        scores.append(model_scores(model, group))
        progress(len(scores))
    baselines = {
        "longer": ranking_accuracy(ranked, [[len(c.reasoning) for c in g.candidates] for g in ranked]),
        "shorter": ranking_accuracy(ranked, [[-len(c.reasoning) for c in g.candidates] for g in ranked]),
    }
    notes = []
    try:
        baselines["n-grams"] = ranking_accuracy(ranked, probe_scores("n-grams", fitted, ranked))
    except MissingExtraError as error:
        notes.append(f"n-grams: {error}")
    except RecordError as error:
        notes.append(f"n-grams: {error.what}")
    return GroupsEvaluation(
        domain,
        split,
        len(ranked),
        ranking_accuracy(ranked, scores),
        baselines,
        _chance(ranked),
        dict(sorted(_by(ranked, scores, lambda flaw: flaw.negative_kind or "").items())),
        _by(ranked, scores, _effect),
        _total_error(ranked, scores),
        tuple(notes),
    )


def model_scores(model: RewardModel, group: Group) -> list[float | None]:
    """The model's totals of the candidates of a group; None for one that can't be scored."""
    texts = [candidate.reasoning for candidate in group.candidates]
    found = model.score(
        group.problem, texts, task_type=group.task_type, domain=group.domain, tests=group.tests_or_constraints
    )
    return [None if score is None else score.total for score in found]


def ranking_accuracy(groups: Sequence[Group], scores: Sequence[Scores]) -> RankingAccuracy:
    """How often the scores rank a positive above a negative, and above all negatives of its group."""
    pairs = [(index, margin) for index, _, margin in _margins(groups, scores)]
    pair = accuracy([margin for _, margin in pairs], [index for index, _ in pairs])
    worst: dict[int, float] = {}
    for index, margin in pairs:
        worst[index] = min(margin, worst.get(index, margin))
    group = accuracy(list(worst.values()), list(worst))
    assert pair is not None  # every group has a pair
    assert group is not None
    return RankingAccuracy(pair, group, sum(score is None for own in scores for score in own))


def _margins(groups: Sequence[Group], scores: Sequence[Scores]) -> Iterator[tuple[int, Candidate, float]]:
    """Group, flaw and 1 for each pair that is ranked right, else -1."""
    for index, (group, own) in enumerate(zip(groups, scores, strict=True)):
        count = len(group.positive_pool)
        for high in own[:count]:
            for flaw, low in zip(group.negative_bank, own[count:], strict=True):
                right = high is not None and low is not None and high > low
                yield index, flaw, 1.0 if right else -1.0


def _chance(groups: Sequence[Group]) -> RankingAccuracy:
    """Ties that a coin decides: one half of the pairs, and 1 / n of the groups of n candidates."""
    flaws = sum(len(group.positive_pool) * len(group.negative_bank) for group in groups)
    share = sum(len(group.positive_pool) / len(group.candidates) for group in groups) / len(groups)
    pair = Accuracy(0.5, 0.5, 0.5, flaws, len(groups))
    return RankingAccuracy(pair, Accuracy(share, share, share, len(groups), len(groups)))


def _by(
    groups: Sequence[Group], scores: Sequence[Scores], name: Callable[[Candidate], str | None]
) -> dict[str, Accuracy]:
    rows: dict[str, tuple[list[float], list[int]]] = {}
    for index, flaw, margin in _margins(groups, scores):
        if (chosen := name(flaw)) is not None:
            margins, problems = rows.setdefault(chosen, ([], []))
            margins.append(margin)
            problems.append(index)
    found = {chosen: accuracy(*row) for chosen, row in rows.items()}
    return {chosen: own for chosen, own in found.items() if own is not None}


def _effect(flaw: Candidate) -> str | None:
    """Whether a flaw changes the answer, by its certificate; None where that doesn't tell."""
    certificate = flaw.metadata.get("certificate")
    changes = certificate.get("answer_changes") if isinstance(certificate, Mapping) else None
    return {True: CHANGES, False: KEEPS}.get(changes) if isinstance(changes, bool) else None


def _total_error(groups: Sequence[Group], scores: Sequence[Scores]) -> float | None:
    rows = (
        (c.total, score)
        for g, own in zip(groups, scores, strict=True)
        for c, score in zip(g.candidates, own, strict=True)
    )
    errors = [abs(total - score) for total, score in rows if total is not None and score is not None]
    return sum(errors) / len(errors) if errors else None
