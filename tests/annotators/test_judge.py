"""The judge over a scripted backend: what it is shown, what it adds, and what is missing."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any  # JSON

import pytest

from tracelift_groups.annotators.judge import Judge, Judgement, judge_schema
from tracelift_groups.annotators.judged_group import JudgeCounts, judge_file
from tracelift_groups.models.backend import Reply, Request
from tracelift_groups.records.rubric import load_rubric
from tracelift_groups.records.seed import Seed

RUBRIC = load_rubric("math")
SEED = Seed("m", "math", "test", "math", "Tom has 3 boxes of 12 pens. How many pens?", "36")
TRACE = "There are 3 * 12 = 36 pens."


def graded(*scores: object, **other: object) -> str:
    """An answer with these scores; the last one is that of the remaining dimensions."""
    given = [*scores, *[scores[-1]] * (len(RUBRIC.names) - len(scores))]
    rows = {name: {"evidence": "3 * 12", "reason": "It is right.", "score": s} for name, s in zip(RUBRIC.names, given)}  # noqa: B905
    return json.dumps({**rows, **other})


class Grading:
    """A backend whose answer is a function of the request."""

    def __init__(self, answer: Callable[[Request], str | Reply]) -> None:
        self.answer = answer
        self.asked: list[Request] = []

    async def complete(self, request: Request) -> Reply:
        self.asked.append(request)
        said = self.answer(request)
        return said if isinstance(said, Reply) else Reply(said, "stop", 1, 1)


def judged(*answers: str | Reply, samples: int = 1, seed: Seed = SEED, trace: str = TRACE) -> Judgement:
    backend = Grading(lambda request: answers[min(request.sample, len(answers) - 1)])
    return asyncio.run(Judge("grader", backend, samples).judge(seed, trace, RUBRIC))


def test_a_judgement_has_scores_a_mean_and_reasons_with_their_evidence() -> None:
    found = judged(graded(10, 5)).annotation
    assert found is not None
    assert found.raw == dict.fromkeys(RUBRIC.names, 5.0) | {RUBRIC.names[0]: 10.0}
    assert (found.annotator, found.samples, found.mean, found.spread) == ("judge", 1, 6.0, 0.0)
    assert found.version == "grader temperature=0 judge/1 rubric=math/1"
    assert found.reason.splitlines()[0] == 'problem_understanding 10: "3 * 12": It is right.'


def test_evidence_that_is_not_in_the_trace_is_not_quoted() -> None:
    found = judged(graded(5), trace="Pens.").annotation
    assert found is not None
    assert "3 * 12" not in found.reason


def test_several_samples_give_mean_and_spread() -> None:
    found = judged(graded(4), graded(8), samples=2).annotation
    assert found is not None
    assert (found.mean, found.spread, found.samples) == (6.0, 2.0, 2)
    assert found.version.startswith("grader temperature=0.7 ")


@pytest.mark.parametrize("score", ["four to five", "4/5", 11, True, None])
def test_a_score_that_can_not_be_read_is_missing_and_never_zero(score: object) -> None:
    found = judged(graded(score, 8)).annotation
    assert found is not None
    assert found.raw[RUBRIC.names[0]] is None
    assert set(list(found.raw.values())[1:]) == {8.0}


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        (Reply(graded(5)[:40], "length", 1, 9), "cut off"),
        (Reply("", "content_filter", 1, 0), "refused"),
        ("", "empty"),
        ("I'd say 8 out of 10.", "unparsable"),
        (graded(None), "no score"),
    ],
)
def test_a_judgement_that_failed_is_missing_by_name(answer: str | Reply, failure: str) -> None:
    assert judged(answer) == Judgement(None, {failure: 1})


def test_of_several_samples_the_good_ones_count() -> None:
    found = judged("", graded(8), graded(8), samples=3)
    assert found.annotation is not None
    assert (found.annotation.samples, found.annotation.mean, found.failures) == (2, 8.0, {"empty": 1})


def test_the_prompt_shows_problem_solution_trace_and_every_anchor_and_can_not_be_rewritten_by_them() -> None:
    backend = Grading(lambda _: graded(5))
    seed = Seed("m", "math", "test", "math", "What is {trace}?", "{dimensions}")
    asyncio.run(Judge("grader", backend).judge(seed, "It is {problem} {form}.", RUBRIC))
    asked = backend.asked[0].messages[-1][1]
    assert asked.endswith("What is {trace}?\n\n# Correct solution, for you only\n{dimensions}\n\n"
                          "# Reasoning to grade\nIt is {problem} {form}.")  # fmt: skip
    for dimension in RUBRIC.dimensions:
        assert dimension.question in asked
        assert all(words in asked for words in dimension.anchors.values())


def test_the_schema_asks_for_evidence_before_the_score_of_every_dimension() -> None:
    schema = judge_schema(RUBRIC)
    assert tuple(schema["properties"]) == tuple(schema["required"]) == RUBRIC.names
    for part in schema["properties"].values():
        assert list(part["properties"]) == ["evidence", "reason", "score"]


GROUP: dict[str, Any] = {
    "problem_id": "p", "source": "s", "task_type": "math", "problem": "2 + 2?", "reference_solution": "4",
    "positive_pool": [{"reasoning": "2 + 2 = 4", "label": "positive", "rubric": {"total": 1.0}, "mine": 1}],
    "negative_bank": [{"reasoning": "2 + 2 = 5", "label": "negative", "negative_kind": "calculation_error",
                       "metadata": {"annotations": [{"annotator": "checks", "samples": 1}]}}],
    "other": [1],
}  # fmt: skip


def judge_rows(
    path: Path, answer: Callable[[Request], str], *rows: object
) -> tuple[list[Any], Any, JudgeCounts, Grading]:
    path.write_text("".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows))
    backend, written = Grading(answer), []
    summary, counts = asyncio.run(
        judge_file(str(path), lambda line: written.append(json.loads(line)), Judge("g", backend))
    )
    return written, summary, counts, backend


def test_a_group_gets_an_entry_on_every_candidate_and_nothing_else_changes(tmp_path: Path) -> None:
    (row,), summary, counts, backend = judge_rows(tmp_path / "g.jsonl", lambda _: graded(8), GROUP)
    for candidate in (*row["positive_pool"], *row["negative_bank"]):
        entry = candidate["metadata"]["annotations"].pop()
        assert {"annotator", "version", "raw", "samples", "mean", "spread", "reason"} <= entry.keys()
        assert entry["mean"] == 8.0
    assert row["positive_pool"][0].pop("metadata") == {"annotations": []}
    assert row | {"tests_or_constraints": "", "metadata": {}} == GROUP | {"tests_or_constraints": "", "metadata": {}}
    assert (summary.rows, counts.judged, counts.missing) == (1, 2, 0)
    assert not [request for request in backend.asked if "calculation_error" in request.messages[-1][1]]


def test_what_was_judged_before_is_not_judged_again(tmp_path: Path) -> None:
    (once,), *_ = judge_rows(tmp_path / "g.jsonl", lambda _: graded(8), GROUP)
    (twice,), _, counts, backend = judge_rows(tmp_path / "g.jsonl", lambda _: graded(1), once)
    assert (twice, counts.kept, backend.asked) == (once, 2, [])


def test_a_single_trace_gets_its_scores_and_a_failed_judgement_leaves_the_row_as_it_was(tmp_path: Path) -> None:
    rows = [{"question": "2 + 2?", "answer": "4", "response": text} for text in ("good", "bad")]
    written, summary, counts, _ = judge_rows(
        tmp_path / "t.jsonl", lambda request: graded(9) if "good" in request.messages[-1][1] else "?", *rows, "no json"
    )
    assert written[0]["annotation"]["mean"] == 9.0
    assert written[0]["annotation"]["rubric_label"] == "strong"
    assert written[1] == rows[1]
    assert (counts.judged, counts.missing, counts.failures) == (1, 1, {"unparsable": 1})
    assert len(summary.left_out) == 1
    assert "t.jsonl:3" in summary.left_out[0]
