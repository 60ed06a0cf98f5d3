"""Evaluates a reward model on traces that were not made here, from JSON Lines files.

A row is one trace with a label of its own, in one of two forms:

    {"problem": "…", "trace": "…", "is_correct": true}
    {"problem": "…", "steps": ["…", "…"], "first_wrong_step": 1}          (from 0; -1: none)

or a group in the published layout, which is ranked as those of a run are (see evaluate.py). Answers in the rows are not
used.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any  # JSON

from tracelift_groups.errors import RecordError
from tracelift_groups.files.jsonl import json_rows
from tracelift_groups.records.group import Group
from tracelift_groups.records.stage import Drop
from tracelift_groups.reward_model.reward_model import RewardModel
from tracelift_groups.reward_model.trace_row import TraceRow, trace_row

_RESAMPLES, _SEED = 500, 0  # of the bootstrap
STEP_LABELS = ("first_wrong_step", "first_error_step", "label")


@dataclass(frozen=True)
class LabelledTrace:
    """One trace, and whether it is right."""

    row: TraceRow
    right: bool


@dataclass(frozen=True)
class ForeignEvaluation:
    """How well totals separate right traces from wrong ones.

    `auroc`: the share of pairs of a right and a wrong trace in which the right one scores higher; a tie or a missing
    score is half of a pair. `low` and `high` bound it with 95 % confidence, by a bootstrap over problems. `f1`: the
    harmonic mean of the shares of right traces at or above the threshold and of wrong ones below; a missing score is
    wrong. None without a threshold. `shorter`: the AUROC of the shorter trace.
    """

    file: str
    label: str
    right: int
    wrong: int
    missing: int
    auroc: float
    low: float
    high: float
    shorter: float
    f1: float | None
    right_accepted: float | None
    wrong_rejected: float | None

    def to_json(self) -> dict[str, Any]:
        return dict(vars(self))


def read_foreign(path: Path) -> tuple[str, list[LabelledTrace] | list[Group]]:
    """The rows of a file, and the name of the field that labels them (`group` for groups).

    SourceError for a file that can't be read, RecordError with file:line for a row that is none of the forms.
    """
    traces: list[LabelledTrace] = []
    groups: list[Group] = []
    label = ""
    for row in json_rows(path):
        if isinstance(row, Drop):
            raise RecordError(f"{row.place}: {row.reason}")
        try:
            named = _label(row.values)
            if label and named != label:
                raise RecordError(f'The row is labelled by "{named}", the rows before by "{label}".')
            label = named
            if label == "group":
                groups.append(Group.from_json(row.values))
            else:
                traces.append(_labelled(row.values, label))
        except RecordError as cause:
            raise RecordError(f"{row.place}: {cause.what}", cause.todo) from cause
    return label, groups or traces


def evaluate_traces(
    model: RewardModel,
    file: str,
    label: str,
    traces: Sequence[LabelledTrace],
    threshold: float | None,
    progress: Callable[[int], object] = lambda _: None,
) -> ForeignEvaluation:
    """Score every trace by itself. RecordError when all are right, or all are wrong."""
    right = sum(trace.right for trace in traces)
    if right in (0, len(traces)):
        raise RecordError(f"{file} has only {'right' if right else 'wrong'} traces.", "AUROC needs both.")
    totals: list[float | None] = []
    for trace in traces:
        row = trace.row
        (found,) = model.score(row.problem, [row.trace], domain=row.domain, task_type=row.task_type, tests=row.tests)
        totals.append(None if found is None else found.total)
        progress(len(totals))
    rights = [trace.right for trace in traces]
    low, high = _interval(totals, traces)
    accepted = rejected = f1 = None
    if threshold is not None:
        accepted = sum(r and t is not None and t >= threshold for r, t in zip(rights, totals, strict=True)) / right
        below = sum(not r and t is not None and t < threshold for r, t in zip(rights, totals, strict=True))
        rejected = below / (len(traces) - right)
        f1 = harmonic_mean(accepted, rejected)
    missing = sum(total is None for total in totals)
    shorter = auroc([-float(len(trace.row.trace)) for trace in traces], rights)
    return ForeignEvaluation(
        file,
        label,
        right,
        len(traces) - right,
        missing,
        auroc(totals, rights),
        low,
        high,
        shorter,
        f1,
        accepted,
        rejected,
    )


def auroc(scores: Sequence[float | None], rights: Sequence[bool]) -> float:
    """The share of pairs (right, wrong) in which the right one scores higher; a tie or a missing score is half."""
    import numpy as np

    known = np.array([(score, right) for score, right in zip(scores, rights, strict=True) if score is not None])
    total = sum(rights) * (len(rights) - sum(rights))
    if not len(known):
        return 0.5
    values, labels = known[:, 0], known[:, 1].astype(bool)
    wrong = np.sort(values[~labels])
    below = np.searchsorted(wrong, values[labels], "left").sum()
    equal = np.searchsorted(wrong, values[labels], "right").sum() - below
    compared = labels.sum() * (~labels).sum()
    return float((below + equal / 2 + (total - compared) / 2) / total)


def best_threshold(rights: Sequence[float], wrongs: Sequence[float]) -> float | None:
    """The score from which traces count as right that gives the best harmonic mean of both shares; None without both.

    Of several, the lowest.
    """
    if not rights or not wrongs:
        return None
    import numpy as np

    high, low = np.sort(np.asarray(rights)), np.sort(np.asarray(wrongs))
    best, chosen = -1.0, float(high[0])
    for threshold in np.unique(np.concatenate([high, low])):
        accepted = 1 - np.searchsorted(high, threshold, "left") / len(high)
        rejected = np.searchsorted(low, threshold, "left") / len(low)
        if (found := harmonic_mean(float(accepted), float(rejected))) > best:
            best, chosen = found, float(threshold)
    return chosen


def harmonic_mean(a: float, b: float) -> float:
    """2ab / (a + b); 0 when both are 0."""
    return 2 * a * b / (a + b) if a + b else 0.0


def _interval(totals: Sequence[float | None], traces: Sequence[LabelledTrace]) -> tuple[float, float]:
    import numpy as np

    by_problem: dict[str, list[int]] = {}
    for index, trace in enumerate(traces):
        by_problem.setdefault(trace.row.problem, []).append(index)
    clusters = list(by_problem.values())
    rng = np.random.default_rng(_SEED)
    found = []
    for _ in range(_RESAMPLES):
        rows = [index for c in rng.integers(len(clusters), size=len(clusters)) for index in clusters[c]]
        rights = [traces[index].right for index in rows]
        if 0 < sum(rights) < len(rights):
            found.append(auroc([totals[index] for index in rows], rights))
    low, high = np.percentile(found, (2.5, 97.5)) if found else (0.0, 1.0)
    return float(low), float(high)


def _label(values: dict[str, Any]) -> str:
    if "positive_pool" in values or "negative_bank" in values:
        return "group"
    if isinstance(values.get("is_correct"), bool):
        return "is_correct"
    for name in STEP_LABELS:
        if isinstance(values.get(name), int) and not isinstance(values[name], bool):
            return name
    raise RecordError("The row has no label.", f"Known: is_correct, {', '.join(STEP_LABELS)}, or a group.")


def _labelled(values: dict[str, Any], label: str) -> LabelledTrace:
    return LabelledTrace(trace_row(values), values[label] if label == "is_correct" else values[label] < 0)
