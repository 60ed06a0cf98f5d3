"""A reward model from a run to a score: what a user of `RewardModel` sees."""

from pathlib import Path

import orjson
import pytest
from made_run import made_run

from tracelift_groups import RecordError, RewardModel, RunError, read_groups
from tracelift_groups.files.group_files import write_groups
from tracelift_groups.reward_model.train_linear import train_linear

PROBLEM = "A crate holds 36 eggs. How many eggs do 14 crates hold?"
RIGHT, WRONG = "14 * 36 = 504 eggs.", "14 * 36 = 540 eggs."


@pytest.fixture(scope="module")
def model(run: Path) -> RewardModel:
    return RewardModel.load(run / "reward_model" / "linear")


def test_a_right_trace_scores_above_a_wrong_one(model: RewardModel) -> None:
    right, wrong = model.score(PROBLEM, [RIGHT, WRONG])
    assert right is not None
    assert wrong is not None
    assert right.total > wrong.total
    assert right.dimensions["calculation_correctness"] > wrong.dimensions["calculation_correctness"]


def test_all_scores_are_between_0_and_1_and_derived_is_the_mean_of_the_dimensions(model: RewardModel) -> None:
    for found in model.score(PROBLEM, [RIGHT, WRONG, "Eggs.", f"{WRONG}\n" * 500]):
        assert found is not None
        assert all(0 <= value <= 1 for value in (found.total, found.derived, *found.dimensions.values()))
        assert found.derived == pytest.approx(sum(found.dimensions.values()) / 5)


def test_most_held_out_pairs_are_ranked_right(run: Path, model: RewardModel) -> None:
    right = pairs = 0
    for group in read_groups(run / "groups" / "math_test.jsonl"):
        best, *others = model.score(group.problem, [c.reasoning for c in group.candidates])
        right += sum(best is not None and other is not None and best.total > other.total for other in others)
        pairs += len(others)
    assert pairs >= 8
    assert right / pairs > 0.7


def test_what_cannot_be_scored_is_missing(model: RewardModel) -> None:
    assert model.score(PROBLEM, ["", RIGHT, "  "])[::2] == [None, None]
    assert model.score(" ", [RIGHT]) == [None]
    assert model.score("Sort a list.", ["Compare neighbours."], domain="code") == [None]
    assert model.judge("Sort a list.", ["Compare neighbours."], tests="assert f([]) == []") == [
        "The reward model was not fitted on code problems."
    ]


def test_training_again_gives_the_same_file(run: Path, tmp_path: Path) -> None:
    train_linear(run, tmp_path / "again", workers=1)
    first = orjson.loads((run / "reward_model" / "linear" / "reward_model.json").read_bytes())
    again = orjson.loads((tmp_path / "again" / "reward_model.json").read_bytes())
    assert first["rankers"]["math"]["features"] == again["rankers"]["math"]["features"]
    assert first["rankers"]["math"]["total"]["weights"] == pytest.approx(again["rankers"]["math"]["total"]["weights"])


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (None, "holds no reward model"),
        (b"{", "is not a reward model"),
        (b'{"format_version": 1, "rankers": {"math": {"features": []}}}', "is not a reward model"),
        (b'{"format_version": 2}', "has format 2"),
    ],
)
def test_a_folder_without_a_whole_checkpoint_is_one_sentence(tmp_path: Path, content: bytes | None, what: str) -> None:
    if content is not None:
        (tmp_path / "reward_model.json").write_bytes(content)
    with pytest.raises(RunError, match=what):
        RewardModel.load(tmp_path)


def test_a_folder_with_other_files_is_left_alone(run: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(RunError, match="is not empty"):
        train_linear(run, tmp_path, workers=1)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_groups_on_another_rubric_are_refused(run: Path, tmp_path: Path) -> None:
    other = tmp_path / "run"
    made_run(other)
    (other / "groups").mkdir()
    text = (run / "groups" / "math_train.jsonl").read_text().replace('"step_coherence"', '"clarity"')
    (other / "groups" / "math_train.jsonl").write_text(text)
    with pytest.raises(RecordError, match='is scored on "clarity", which rubric "math" does not have'):
        train_linear(other, workers=1)
    assert not (other / "reward_model").exists()


def test_a_run_without_a_group_to_fit_on_is_one_sentence(run: Path, tmp_path: Path) -> None:
    other = tmp_path / "run"
    other.mkdir()
    for name in ("ledger.sqlite", "build.yaml"):
        (other / name).write_bytes((run / name).read_bytes())
    with pytest.raises(RunError, match="is not finished: its groups are not exported"):
        train_linear(other, workers=1)
    (other / "ledger.sqlite").unlink()
    made_run(other)
    with pytest.raises(RunError, match="holds no groups"):
        train_linear(other, workers=1)
    write_groups([], other / "groups" / "math_train.jsonl")
    with pytest.raises(RecordError, match="has no train group with a positive and a negative"):
        train_linear(other, workers=1)
