import json
from pathlib import Path
from typing import Any

import pytest

from tracelift_groups import RewardModel, SourceError, read_groups
from tracelift_groups.reward_model.score_file import ScoreSummary, score_file

RIGHT = {"problem": "A crate holds 36 eggs. How many eggs do 14 crates hold?", "reasoning": "14 * 36 = 504 eggs."}


@pytest.fixture(scope="module")
def model(run: Path) -> RewardModel:
    return RewardModel.load(run / "reward_model" / "linear")


def _scored(model: RewardModel, spec: str | Path) -> tuple[ScoreSummary, list[dict[str, Any]]]:
    lines: list[bytes] = []
    summary = score_file(model, str(spec), lines.append)
    return summary, [json.loads(line) for line in lines]


def _file(folder: Path, *lines: str) -> Path:
    path = folder / "traces.jsonl"
    path.write_text("".join(f"{line}\n" for line in lines))
    return path


def test_every_row_comes_out_with_its_fields_and_its_reward(model: RewardModel, tmp_path: Path) -> None:
    summary, rows = _scored(model, _file(tmp_path, json.dumps({"id": 7, **RIGHT})))
    (expected,) = model.score(RIGHT["problem"], [RIGHT["reasoning"]])
    assert expected is not None
    assert rows == [{"id": 7, **RIGHT, "reward": expected.to_json()}]
    assert summary == ScoreSummary(1, 1, 0)


def test_a_row_without_a_score_has_null_and_a_reason(model: RewardModel, tmp_path: Path) -> None:
    lines = [json.dumps(RIGHT), "{", '{"problem": "P?"}', json.dumps(RIGHT | {"reasoning": ""})]
    lines.append(json.dumps(RIGHT | {"domain": "code"}))
    summary, rows = _scored(model, _file(tmp_path, *lines))
    assert (summary.rows, summary.scored, summary.missing) == (5, 1, 4)
    assert summary.first_reason.startswith("traces.jsonl:2: ")
    assert [row["reward"] for row in rows[1:]] == [None] * 4
    assert [row["reward_reason"].split(".")[0] for row in rows[1:]] == [
        "The line is not valid JSON: Expecting property name enclosed in double quotes at character 3",
        'The row has no text for "trace" (trace, reasoning, response, completion, generation, rationale, output)',
        "The trace is empty",
        "The reward model was not fitted on code problems",
    ]
    assert rows[1]["place"] == "traces.jsonl:2"


def test_columns_can_be_named(model: RewardModel, tmp_path: Path) -> None:
    path = _file(tmp_path, json.dumps({"problem": RIGHT["problem"], "attempt": RIGHT["reasoning"]}))
    assert _scored(model, f"{path}?trace=attempt")[0].scored == 1


def test_each_candidate_of_a_group_is_scored(model: RewardModel, run: Path) -> None:
    path = run / "groups" / "math_test.jsonl"
    summary, rows = _scored(model, path)
    groups = list(read_groups(path))
    assert summary == ScoreSummary(len(groups), sum(len(group.candidates) for group in groups), 0)
    for group, row in zip(groups, rows, strict=True):
        found = model.score(group.problem, [group.candidates[0].reasoning])[0]
        assert found is not None
        assert row["positive_pool"][0]["reward"] == found.to_json()
        assert [c["reasoning"] for c in row["negative_bank"]] == [c.reasoning for c in group.negative_bank]


def test_a_group_on_another_rubric_is_not_scored(model: RewardModel, run: Path, tmp_path: Path) -> None:
    line = (run / "groups" / "math_test.jsonl").read_text().splitlines()[0].replace('"step_coherence"', '"clarity"')
    summary, rows = _scored(model, _file(tmp_path, line))
    assert (summary.rows, summary.scored, summary.missing) == (1, 0, 1)
    assert summary.first_reason == f"traces.jsonl:1: {rows[0]['reward_reason']}"
    assert "clarity" in rows[0]["reward_reason"]


def test_a_missing_file_is_one_sentence(model: RewardModel, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="There is no file"):
        score_file(model, str(tmp_path / "none.jsonl"), print)
