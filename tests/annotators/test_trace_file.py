"""Scores of existing traces."""

import json
from pathlib import Path

import pytest
from synthetic_problems import CLIPS

from tracelift_groups.annotators.trace_file import AnnotationSummary, annotate_file
from tracelift_groups.cli import app
from tracelift_groups.errors import RecordError, RunError, SourceError, UnknownNameError

ROW = {"problem": CLIPS.problem, "answer": CLIPS.answer, "trace": CLIPS.solution}
WRONG = "Natalia sold 48 / 2 = 26 clips in May.\nIn June she sold 26 + 13 = 39 clips.\nAltogether 48 + 26 + 39 = 113."
RELEASED = {
    "problem_id": "x-1",
    "source": "gsm8k",
    "task_type": "math",
    "problem": CLIPS.problem,
    "reference_solution": CLIPS.answer,
    "tests_or_constraints": "",
    "positive_pool": [{"reasoning": CLIPS.solution, "label": "positive", "rubric_label": "positive"}],
    "negative_bank": [{"reasoning": WRONG, "negative_kind": "slip", "negative_index": 0, "label": "negative"}],
}


def scored(
    tmp_path: Path, *rows: object, query: str = "", **options: str
) -> tuple[list[dict[str, object]], AnnotationSummary]:
    file = tmp_path / "rows.jsonl"
    file.write_text("".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows), "utf-8")
    lines: list[bytes] = []
    summary = annotate_file(f"{file}{query}", lines.append, **options)
    return [json.loads(line) for line in lines], summary


def test_a_plain_row_comes_back_with_its_annotation_and_all_it_had(tmp_path: Path) -> None:
    (right, wrong), summary = scored(tmp_path, {**ROW, "mine": [1]}, {**ROW, "trace": WRONG})
    assert {name: right[name] for name in ROW} == ROW
    assert right["mine"] == [1]
    assert right["annotation"]["first_error_step"] == -1  # type: ignore[index]
    assert right["annotation"]["rubric_label"] == "strong"  # type: ignore[index]
    assert wrong["annotation"]["first_error_step"] == 0  # type: ignore[index]
    assert wrong["annotation"]["rubric"]["calculation_correctness"] == 2  # type: ignore[index]
    assert (summary.rows, summary.traces, summary.left_out) == (2, 2, [])


@pytest.mark.parametrize(
    ("names", "query"),
    [
        (("question", "gold", "response"), ""),
        (("prompt", "ground_truth", "completion"), ""),
        (("q", "a", "t"), "?problem=q&answer=a&trace=t"),
    ],
)
def test_columns_have_usual_names_or_named_ones(tmp_path: Path, names: tuple[str, ...], query: str) -> None:
    row = dict(zip(names, ROW.values(), strict=True))
    (found,), _ = scored(tmp_path, row, query=query)
    assert found["annotation"]["mean"] == 10  # type: ignore[index]


def test_an_answer_in_gsm8k_format_is_parsed(tmp_path: Path) -> None:
    (found,), _ = scored(tmp_path, {**ROW, "answer": f"Half of 48 is 24.\n#### {CLIPS.answer}"})
    assert found["annotation"]["mean"] == 10  # type: ignore[index]


def test_candidates_of_a_released_group_are_scored_and_other_annotations_stay(tmp_path: Path) -> None:
    judged = {"annotator": "judge", "version": "1", "raw": {}, "samples": 3, "spread": 0.0, "reason": ""}
    group = json.loads(json.dumps(RELEASED))
    group["negative_bank"][0]["metadata"] = {"annotations": [judged]}
    (once,), _ = scored(tmp_path, group)
    (twice,), summary = scored(tmp_path, once)
    assert once == twice
    (positive,), (negative,) = twice["positive_pool"], twice["negative_bank"]  # type: ignore[misc]
    assert positive["rubric_label"] == "strong"  # type: ignore[has-type]
    assert negative["rubric"]["total"] < positive["rubric"]["total"]  # type: ignore[has-type]
    assert [note["annotator"] for note in negative["metadata"]["annotations"]] == ["judge", "checks"]  # type: ignore[has-type]
    assert summary.traces == 2


def test_a_row_that_cannot_be_scored_is_reported_and_the_others_are_kept(tmp_path: Path) -> None:
    code = {**RELEASED, "tests_or_constraints": "assert f(1) == 2"}
    found, summary = scored(tmp_path, ROW, "{broken", {"problem": "?"}, code, ROW)
    assert len(found) == 2
    assert [line.split(" ")[0] for line in summary.left_out] == ["rows.jsonl:2:", "rows.jsonl:3:", "rows.jsonl:4:"]
    assert "about a program" in summary.left_out[2]


def test_an_unsupported_dimension_is_rejected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from tracelift_groups.annotators import trace_file
    from tracelift_groups.records import rubric

    other = rubric.load_rubric("math")
    strange = replace(other, dimensions=(replace(other.dimensions[0], name="beauty"), *other.dimensions[1:]))
    monkeypatch.setattr(trace_file, "load_rubric", lambda _: strange)
    with pytest.raises(RecordError, match="beauty"):
        scored(tmp_path, ROW)


def test_unknown_names_and_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError):
        scored(tmp_path, ROW, annotator="judgement")
    with pytest.raises(SourceError, match="trase"):
        scored(tmp_path, ROW, query="?trase=t")
    with pytest.raises(SourceError, match="no file"):
        annotate_file(str(tmp_path / "none.jsonl"), print)


def test_the_command_writes_a_file_and_says_what_it_left_out(tmp_path: Path) -> None:
    from typer.testing import CliRunner

    file, out = tmp_path / "rows.jsonl", tmp_path / "out.jsonl"
    file.write_text(f"{json.dumps(ROW)}\n{{broken\n", "utf-8")
    run = CliRunner().invoke(app, ["annotate", str(file), "--out", str(out), "--json"])
    assert run.exit_code == 1
    assert json.loads(run.stdout)["labels"] == {"strong": 1}
    assert "rows.jsonl:2" in run.stderr
    assert len(out.read_text("utf-8").splitlines()) == 1
    bare = CliRunner().invoke(app, ["annotate", str(file)])
    assert json.loads(bare.stdout)["annotation"]["first_error_step"] == -1


def test_a_table_is_refused_with_what_to_do(tmp_path: Path) -> None:
    file = tmp_path / "traces.csv"
    file.write_text("problem,answer,trace\n1 + 1?,2,1 + 1 = 2\n", encoding="utf-8")
    with pytest.raises(SourceError, match=r"not JSON Lines.*\n?.*\.jsonl"):
        annotate_file(str(file), lambda _: None)


def test_the_command_never_overwrites_the_rows_that_it_reads(tmp_path: Path) -> None:
    from typer.testing import CliRunner

    file = tmp_path / "rows.jsonl"
    file.write_text(f"{json.dumps(ROW)}\n", "utf-8")
    before = file.read_bytes()
    run = CliRunner().invoke(app, ["annotate", f"{file}?trace=trace", "--out", str(file)])
    assert isinstance(run.exception, RunError)
    assert "is the input" in str(run.exception)
    assert file.read_bytes() == before
