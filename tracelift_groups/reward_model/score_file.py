"""Scores the traces of a JSON Lines file with a reward model: one line out for each row in.

A row with one trace gets the field `reward`, in a group each candidate does: {"total_score": 0.73, "dimensions": {…},
"derived": 0.7}, or null, and then `reward_reason` says why. Other fields are kept.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any  # JSON

import orjson

from tracelift_groups.annotators.trace_file import is_group_row, trace_source
from tracelift_groups.errors import TraceliftError
from tracelift_groups.files.jsonl import SourceRow, json_rows
from tracelift_groups.records.group import Group
from tracelift_groups.records.group_rubric import require_rubric
from tracelift_groups.records.stage import Drop
from tracelift_groups.reward_model.reward_model import RewardModel
from tracelift_groups.reward_model.reward_score import RewardScore
from tracelift_groups.reward_model.trace_row import trace_row

REWARD, REASON = "reward", "reward_reason"


@dataclass
class ScoreSummary:
    """Counts for one file: rows, traces with a score and without, and where and why the first of these has none."""

    rows: int = 0
    scored: int = 0
    missing: int = 0
    first_reason: str = ""


def score_file(
    model: RewardModel,
    spec: str,
    write: Callable[[bytes], object],
    progress: Callable[[Mapping[str, int]], object] = lambda _: None,
) -> ScoreSummary:
    """Score each row of `PATH` or `PATH?trace=column&…` and pass it to `write` as one line. Rows are streamed.

    SourceError for a file that can't be read; a row that can't be scored has null and a reason.
    """
    path, columns = trace_source(spec)
    summary = ScoreSummary()
    for row in json_rows(path):
        try:
            scored = _unread(row) if isinstance(row, Drop) else _scored(model, row, columns)
        except TraceliftError as cause:
            scored = {**row.values, REWARD: None, REASON: str(cause)} if isinstance(row, SourceRow) else {}
        found = (
            [*scored.get("positive_pool", ()), *scored.get("negative_bank", ())] if REWARD not in scored else [scored]
        )
        summary.rows += 1
        summary.scored += sum(part[REWARD] is not None for part in found)
        summary.missing += sum(part[REWARD] is None for part in found)
        if not summary.first_reason and (reasons := [part[REASON] for part in found if part[REWARD] is None]):
            summary.first_reason = f"{row.place}: {reasons[0]}"
        write(orjson.dumps(scored) + b"\n")
        progress({"scored": summary.scored, "without a score": summary.missing})
    return summary


def _unread(drop: Drop) -> dict[str, Any]:
    return {"place": drop.place, REWARD: None, REASON: drop.reason}


def _scored(model: RewardModel, row: SourceRow, columns: Mapping[str, str]) -> dict[str, Any]:
    if is_group_row(row):
        return _scored_group(model, row)
    given = trace_row(row.values, columns)
    (found,) = model.judge(
        given.problem, [given.trace], domain=given.domain, task_type=given.task_type, tests=given.tests
    )
    return row.values | _fields(found)


def _scored_group(model: RewardModel, row: SourceRow) -> dict[str, Any]:
    group = Group.from_json(row.values)
    if names := model.dimension_names(group.domain):
        require_rubric([group], names, "", "the reward model")
    texts = [candidate.reasoning for candidate in group.candidates]
    judged = model.judge(
        group.problem, texts, domain=group.domain, task_type=group.task_type, tests=group.tests_or_constraints
    )
    fields = map(_fields, judged)
    pools = ("positive_pool", "negative_bank")
    return row.values | {pool: [candidate | next(fields) for candidate in row.values[pool]] for pool in pools}


def _fields(found: RewardScore | str) -> dict[str, Any]:
    return {REWARD: None, REASON: found} if isinstance(found, str) else {REWARD: found.to_json()}
