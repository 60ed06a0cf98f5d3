"""Scores existing traces from a JSON Lines file.

A row is either a group in the published layout:

    {"problem_id": "…", "problem": "…", "reference_solution": "72", "positive_pool": […], "negative_bank": […], …}

whose candidates get scores (`rubric`, `rubric_label`, `rubric_score_raw`, `rubric_reason`, and the annotation in
`metadata.annotations`), or one trace:

    {"problem": "…", "answer": "72", "trace": "…"}

which gets the field `annotation`. Other fields are kept. Rows that can't be scored are skipped and reported.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any  # JSON
from urllib.parse import parse_qsl

import orjson

from tracelift_groups.annotators.annotator import Annotator
from tracelift_groups.errors import RecordError, SourceError, TraceliftError, suggestion
from tracelift_groups.files.jsonl import SourceRow, json_rows
from tracelift_groups.records.annotation import Annotation
from tracelift_groups.records.group import Candidate, Group
from tracelift_groups.records.group_seed import gold_field, seed_of
from tracelift_groups.records.rubric import Rubric, load_rubric
from tracelift_groups.records.seed import Seed, needs_answer
from tracelift_groups.records.stage import Drop
from tracelift_groups.registry import ANNOTATORS

# Column names tried for each field of a trace, in this order; `?trace=column` after the path overrides them.
TRACE_COLUMNS = {
    "problem": ("problem", "question", "prompt", "instruction"),
    "answer": ("answer", "gold", "reference_solution", "final_answer", "ground_truth", "target"),
    "trace": ("trace", "reasoning", "response", "completion", "generation", "rationale", "output"),
    "solution": ("solution", "worked_solution"),
}
_NEEDED = ("problem", "answer", "trace")


@dataclass
class AnnotationSummary:
    """Counts for one file: rows scored, rows skipped with the reason, traces by rubric label, sum of totals."""

    rows: int = 0
    traces: int = 0
    left_out: list[str] = field(default_factory=list)
    labels: Counter[str] = field(default_factory=Counter)
    total: float = 0.0

    def count(self, annotation: Annotation, rubric: Rubric) -> None:
        """Add one scored trace."""
        found = rubric.scores(annotation.raw, scaled=annotation.scaled)
        self.traces += 1
        self.total += found.get("total", 0.0)
        self.labels[rubric.label(found["total"]) if "total" in found else "none"] += 1

    def to_json(self) -> dict[str, Any]:
        mean = self.total / self.traces if self.traces else None
        return {
            "rows": self.rows,
            "traces": self.traces,
            "mean_total": mean,
            "labels": dict(self.labels),
            "left_out": self.left_out,
        }


def annotate_file(
    spec: str,
    write: Callable[[bytes], object],
    *,
    annotator: str = "checks",
    rubric: str = "math",
    progress: Callable[[Mapping[str, int]], object] = lambda _: None,
) -> AnnotationSummary:
    """Score each row of `PATH` or `PATH?trace=column&…` and pass it to `write` as one line. Rows are streamed.

    SourceError for a file that can't be read, UnknownNameError for an unknown annotator or rubric, RecordError for a
    rubric with a dimension that the annotator can't score.
    """
    path, columns = trace_source(spec)
    scores = _Scores(ANNOTATORS.get(annotator), annotator, load_rubric(rubric))
    domain = scores.rubric.domain
    scores.annotation(Seed("-", domain, "-", domain, "1 + 1", "2"), "1 + 1 = 2")  # an unsupported rubric fails here
    summary = AnnotationSummary()
    for row in json_rows(path):
        try:
            if isinstance(row, Drop):
                raise RecordError(row.reason)
            scored = _annotated(row, columns, scores, summary)
        except TraceliftError as cause:
            summary.left_out.append(f"{row.place}: {cause}")
        else:
            summary.rows += 1
            write(orjson.dumps(scored) + b"\n")
        progress({"rows": summary.rows, "left out": len(summary.left_out)})
    return summary


def file_of(spec: str) -> Path:
    """The file that a spec `PATH` or `PATH?trace=column&…` names."""
    return _split(spec)[0]


def trace_source(spec: str) -> tuple[Path, dict[str, str]]:
    """The file of a spec and the columns that it names. SourceError for a column of no field, or a file of columns."""
    path, columns = _split(spec)
    if path.suffix in (".csv", ".tsv", ".parquet"):
        raise SourceError(f"{path} is not JSON Lines.", "Convert it to a .jsonl file with one JSON object per line.")
    return path, columns


def is_group_row(row: SourceRow) -> bool:
    """Whether a row is a group, and not a single trace."""
    return "positive_pool" in row.values or "negative_bank" in row.values


def single_trace(row: SourceRow, columns: Mapping[str, str], domain: str) -> tuple[Seed, str]:
    """The problem and the trace of a row. RecordError names a column that is missing."""
    found = {name: column_text(row.values, name, columns) for name in TRACE_COLUMNS}
    for name in _NEEDED:
        if found[name] is None:
            tried = columns.get(name) or ", ".join(TRACE_COLUMNS[name])
            raise RecordError(f'The row has no text for "{name}" ({tried}).', f"Name its column: …?{name}=COLUMN.")
    problem, answer, trace = (found[name] or "" for name in _NEEDED)
    gold = answer.rpartition("####")[2].strip()  # GSM8K's own rows
    named = {"domain": domain, "source": "file", "task_type": domain, "problem": problem, gold_field(domain): gold}
    return Seed.from_json({"problem_id": row.problem_id, **named, "solution": found["solution"]}), trace


@dataclass(frozen=True)
class _Scores:
    annotator: Annotator
    name: str
    rubric: Rubric

    def annotation(self, seed: Seed, text: str) -> Annotation:
        return self.annotator(seed, text, self.rubric)


def _annotated(
    row: SourceRow, columns: Mapping[str, str], scores: _Scores, summary: AnnotationSummary
) -> dict[str, Any]:
    if is_group_row(row):
        return _group(Group.from_json(row.values), scores, summary).to_json()
    seed, trace = single_trace(row, columns, scores.rubric.domain)
    annotation = scores.annotation(seed, trace)
    summary.count(annotation, scores.rubric)
    return {**row.values, "annotation": annotation.to_json() | scores.rubric.candidate_fields(annotation)}


def _group(group: Group, scores: _Scores, summary: AnnotationSummary) -> Group:
    """Score each candidate, with the first positive that has no finding as the worked solution."""
    domain = scores.rubric.domain
    if group.domain != domain or (needs_answer(domain) and group.tests_or_constraints):
        what = f"Group {group.problem_id} is about {'a program' if needs_answer(domain) else 'an answer'}."
        raise RecordError(what, f'Rubric "{scores.rubric.name}" scores {domain} only.')
    seed = seed_of(group)
    alone = [(candidate.reasoning, scores.annotation(seed, candidate.reasoning)) for candidate in group.positive_pool]
    sound = next((text for text, annotation in alone if annotation.first_error_step == -1), None)
    seed = replace(seed, solution=sound)

    def scored(candidate: Candidate) -> Candidate:
        annotation = scores.annotation(seed, candidate.reasoning)
        summary.count(annotation, scores.rubric)
        others = [note for note in candidate.metadata.get("annotations", ()) if note.get("annotator") != scores.name]
        metadata = {**candidate.metadata, "annotations": [*others, annotation.to_json()]}
        return replace(candidate, metadata=metadata, **scores.rubric.candidate_fields(annotation))

    return replace(
        group,
        positive_pool=tuple(map(scored, group.positive_pool)),
        negative_bank=tuple(map(scored, group.negative_bank)),
    )


def column_text(values: Mapping[str, Any], name: str, columns: Mapping[str, str]) -> str | None:
    """The text of a field; None when no column has one. A number is converted to text."""
    for column in (columns[name],) if name in columns else TRACE_COLUMNS[name]:
        value = values.get(column)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        if isinstance(value, str) and (value.strip() or name == "trace"):
            return value
    return None


def _split(spec: str) -> tuple[Path, dict[str, str]]:
    """The path and the column names of its query part. SourceError for an unknown field."""
    path, mark, query = spec.partition("?")
    if not mark or "=" not in query:
        return Path(spec).expanduser(), {}
    columns = dict(parse_qsl(query))
    for name in columns:
        if name not in TRACE_COLUMNS:
            raise SourceError(f'Unknown field "{name}" in the column mapping.', suggestion(name, TRACE_COLUMNS))
    return Path(path).expanduser(), columns
