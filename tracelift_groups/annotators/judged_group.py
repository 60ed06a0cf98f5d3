"""Judges groups and rows of files: each trace gets an entry in its annotations, and nothing else changes."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, TypeVar  # Any: JSON

import orjson

from tracelift_groups.annotators.judge import NAME, Judge
from tracelift_groups.annotators.trace_file import AnnotationSummary, is_group_row, single_trace, trace_source
from tracelift_groups.domain import rubric_name
from tracelift_groups.errors import RecordError
from tracelift_groups.files.jsonl import SourceRow, json_rows
from tracelift_groups.models.limits import all_of
from tracelift_groups.records.annotation import Annotation
from tracelift_groups.records.group import Candidate, Group
from tracelift_groups.records.group_rubric import require_rubric
from tracelift_groups.records.group_seed import seed_of
from tracelift_groups.records.rubric import Rubric, load_rubric
from tracelift_groups.records.seed import Seed
from tracelift_groups.records.stage import Drop

T = TypeVar("T")
ROWS_AT_ONCE = 32


@dataclass
class JudgeCounts:
    """Traces judged in this call, traces judged before, and judgements that failed, by the name of the failure.

    `missing` counts the traces that have no judgement at all; a failed sample beside others is only in `failures`.
    """

    judged: int = 0
    kept: int = 0
    missing: int = 0
    failures: Counter[str] = field(default_factory=Counter)

    def to_json(self) -> dict[str, Any]:
        return {
            "judged": self.judged,
            "kept": self.kept,
            "missing": self.missing,
            "failures": dict(sorted(self.failures.items())),
        }


async def judge_group(group: Group, seed: Seed, judge: Judge, rubric: Rubric, counts: JudgeCounts) -> Group:
    """The group with the judge's entry on every candidate. One that has it from as many samples keeps it."""

    async def judged(candidate: Candidate) -> Candidate:
        notes = candidate.metadata.get("annotations", ())
        if any(_is_same(note, judge, rubric) and note["samples"] >= judge.samples for note in notes):
            counts.kept += 1
            return candidate
        found = await _counted(seed, candidate.reasoning, judge, rubric, counts)
        if found is None:
            return candidate
        others = [note for note in notes if not _is_same(note, judge, rubric)]
        return replace(candidate, metadata={**candidate.metadata, "annotations": [*others, found.to_json()]})

    candidates = await all_of(judged(candidate) for candidate in group.candidates)
    positives = len(group.positive_pool)
    return replace(group, positive_pool=tuple(candidates[:positives]), negative_bank=tuple(candidates[positives:]))


async def judge_file(
    spec: str,
    write: Callable[[bytes], object],
    judge: Judge,
    *,
    rubric: str = "",
    progress: Callable[[Mapping[str, int]], object] = lambda _: None,
) -> tuple[AnnotationSummary, JudgeCounts]:
    """Judge each row of `PATH` or `PATH?trace=column&…`, as annotate_file does, and pass it to `write`, in order.

    A group's candidates get an entry in `metadata.annotations`; a single trace gets the field `annotation`. Without a
    `rubric` a group is judged on its domain's own, a single trace as math.
    """
    path, columns = trace_source(spec)
    summary, counts = AnnotationSummary(), JudgeCounts()
    named = load_rubric(rubric) if rubric else None

    async def judged(row: SourceRow | Drop) -> dict[str, Any] | str:
        try:
            if isinstance(row, Drop):
                raise RecordError(row.reason)
            if is_group_row(row):
                return await _judged_group_row(Group.from_json(row.values), judge, named, counts)
            seed, trace = single_trace(row, columns, named.domain if named else "math")
        except RecordError as cause:
            return f"{row.place}: {cause}"
        chosen = named or load_rubric(rubric_name(seed.domain, ""))
        found = await _counted(seed, trace, judge, chosen, counts)
        if found is None:
            return row.values
        summary.count(found, chosen)
        return {**row.values, "annotation": found.to_json() | chosen.candidate_fields(found)}

    for rows in batches(json_rows(path), ROWS_AT_ONCE):
        for scored in await all_of(judged(row) for row in rows):
            if isinstance(scored, str):
                summary.left_out.append(scored)
            else:
                summary.rows += 1
                write(orjson.dumps(scored) + b"\n")
        progress({"rows": summary.rows, "left out": len(summary.left_out), "missing": counts.missing})
    return summary, counts


def batches(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    """The rows in lists of `size`, the last one shorter."""
    left = iter(rows)
    while some := list(islice(left, size)):
        yield some


async def _judged_group_row(group: Group, judge: Judge, named: Rubric | None, counts: JudgeCounts) -> dict[str, Any]:
    domain = group.domain
    if named and named.domain != domain:
        raise RecordError(
            f"Group {group.problem_id} is of domain {domain}.", f'Rubric "{named.name}" scores {named.domain} only.'
        )
    rubric = named or load_rubric(rubric_name(domain, ""))
    if named is None:  # whoever names a rubric wants it beside the scores that are there
        require_rubric([group], rubric.names, "", f'rubric "{rubric.name}"')
    return (await judge_group(group, seed_of(group), judge, rubric, counts)).to_json()


async def _counted(seed: Seed, trace: str, judge: Judge, rubric: Rubric, counts: JudgeCounts) -> Annotation | None:
    found = await judge.judge(seed, trace, rubric)
    counts.failures.update(found.failures)
    counts.judged += found.annotation is not None
    counts.missing += found.annotation is None
    return found.annotation


def _is_same(note: Mapping[str, Any], judge: Judge, rubric: Rubric) -> bool:
    return note.get("annotator") == NAME and note.get("version") == judge.version(rubric)
