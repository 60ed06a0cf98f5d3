import json
from pathlib import Path
from typing import Any

import pytest

from tracelift_groups import RecordError
from tracelift_groups.reward_model.foreign import (
    LabelledTrace,
    auroc,
    best_threshold,
    evaluate_traces,
    harmonic_mean,
    read_foreign,
)
from tracelift_groups.reward_model.reward_model import RewardModel
from tracelift_groups.reward_model.reward_score import RewardScore
from tracelift_groups.reward_model.trace_row import TraceRow


class Told:
    """Scores a trace by the number that it is; any other text has no score."""

    dimension_names: dict[str, tuple[str, ...]] = {"": ()}  # noqa: RUF012 - as a property of the protocol

    def judge(self, problem: str, traces: list[str], **_: str) -> list[RewardScore | str]:  # noqa: ARG002
        return [RewardScore(float(t), {}, 0.0) if t.replace(".", "").isdigit() else "no number" for t in traces]


MODEL = RewardModel(Told(), Path("told"))  # type: ignore[arg-type]  # keywords in one


def test_auroc_is_the_share_of_pairs_with_ties_and_missing_scores_as_half() -> None:
    # right: 3, 1; wrong: 1, 0 → pairs 3>1, 3>0, 1=1, 1>0: 3.5 of 4.
    assert auroc([3, 1, 1, 0], [True, True, False, False]) == 0.875
    # right: 3, missing → 3>1, 3>0, and two halves.
    assert auroc([3, None, 1, 0], [True, True, False, False]) == 0.75
    assert auroc([None, None], [True, False]) == 0.5


def test_the_threshold_balances_both_shares() -> None:
    assert best_threshold([0.9, 0.8, 0.3], [0.1, 0.2, 0.85]) == 0.3
    assert best_threshold([0.9], []) is None
    assert harmonic_mean(0.5, 1.0) == pytest.approx(2 / 3)
    assert harmonic_mean(0.0, 0.0) == 0


def test_traces_are_separated_by_their_totals() -> None:
    rows = [("0.9", True), ("0.4", True), ("0.5", False), ("oops", False)]
    traces = [LabelledTrace(TraceRow(f"Problem {i}?", text), right) for i, (text, right) in enumerate(rows)]
    found = evaluate_traces(MODEL, "file", "is_correct", traces, 0.45)
    assert (found.right, found.wrong, found.missing) == (2, 2, 1)
    assert found.auroc == (1 + 0 + 0.5 + 0.5) / 4
    assert found.low <= found.auroc <= found.high
    # One of two right ones is kept; 0.5 is not below the threshold and a missing score rejects nothing.
    assert (found.right_accepted, found.wrong_rejected, found.f1) == (0.5, 0.0, 0.0)


def test_without_a_threshold_there_is_no_f1() -> None:
    traces = [LabelledTrace(TraceRow("P?", "0.9"), True), LabelledTrace(TraceRow("P?", "0.1"), False)]
    found = evaluate_traces(MODEL, "file", "is_correct", traces, None)
    assert (found.auroc, found.f1) == (1.0, None)


def test_traces_of_one_label_are_refused() -> None:
    with pytest.raises(RecordError, match="file has only right traces"):
        evaluate_traces(MODEL, "file", "is_correct", [LabelledTrace(TraceRow("P?", "1"), True)], None)


def _read(folder: Path, *rows: dict[str, Any]) -> tuple[str, list[Any]]:
    path = folder / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return read_foreign(path)


def test_both_forms_of_labels_are_read(tmp_path: Path) -> None:
    label, rows = _read(tmp_path, {"question": "P?", "response": "1 + 1 = 2", "is_correct": False, "answer": "3"})
    assert (label, rows) == ("is_correct", [LabelledTrace(TraceRow("P?", "1 + 1 = 2"), False)])
    label, rows = _read(
        tmp_path,
        {"problem": "P?", "steps": ["One\nline.", "Two."], "first_wrong_step": -1},
        {"problem": "P?", "steps": ["One."], "first_wrong_step": 0},
    )
    assert label == "first_wrong_step"
    assert rows == [
        LabelledTrace(TraceRow("P?", "One line.\nTwo."), True),
        LabelledTrace(TraceRow("P?", "One."), False),
    ]


@pytest.mark.parametrize(
    ("rows", "what"),
    [
        ([{"problem": "P?", "trace": "1"}], "rows.jsonl:1: The row has no label."),
        ([{"problem": "P?", "is_correct": True}], 'rows.jsonl:1: The row has no text for "trace"'),
        (
            [{"problem": "P?", "trace": "1", "is_correct": True}, {"problem": "P?", "trace": "1", "label": 0}],
            'rows.jsonl:2: The row is labelled by "label", the rows before by "is_correct".',
        ),
    ],
)
def test_a_row_of_no_form_is_named(tmp_path: Path, rows: list[dict[str, Any]], what: str) -> None:
    with pytest.raises(RecordError) as error:
        _read(tmp_path, *rows)
    assert error.value.what.startswith(what)
