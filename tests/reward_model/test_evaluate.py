import json
from pathlib import Path

import pytest
import synthetic_groups

from tracelift_groups import RecordError, RunError, TraceliftError, read_groups, write_groups
from tracelift_groups.records.group import Candidate, Group
from tracelift_groups.reward_model.evaluate import KEEPS, evaluate_groups, ranking_accuracy
from tracelift_groups.reward_model.evaluate_run import evaluate_run
from tracelift_groups.reward_model.reward_model import RewardModel


def _group(name: str, *kinds: str) -> Group:
    flaws = tuple(Candidate(f"Flaw {kind}.", "negative", negative_kind=kind) for kind in kinds)
    return Group(name, "t", "math", "P?", "", (Candidate("Right.", "positive"),), flaws)


GROUPS = [_group("a", "x", "y"), _group("b", "x", "y")]


def test_ties_and_missing_scores_count_as_wrong() -> None:
    found = ranking_accuracy(GROUPS, [[1.0, 0.5, 1.0], [1.0, 0.5, None]])
    assert found.pair.value == 0.5
    assert found.group.value == 0.0
    assert found.missing == 1


def test_a_group_is_right_when_its_positive_is_above_every_flaw() -> None:
    found = ranking_accuracy(GROUPS, [[1.0, 0.5, 0.9], [0.6, 0.5, 0.7]])
    assert found.pair.value == 0.75
    assert found.group.value == 0.5
    assert found.group.low <= 0.5 <= found.group.high


def test_the_model_is_above_every_baseline_of_a_run(run: Path) -> None:
    (found,) = evaluate_run(run).groups
    assert found.model.pair.value > max(row.pair.value for row in found.baselines.values())
    assert {"longer", "shorter"} <= found.baselines.keys()
    assert found.baselines.keys() - {"longer", "shorter"} or found.notes
    assert found.problem_alone.pair.value == 0.5
    assert sum(row.pairs for row in found.kinds.values()) == found.model.pair.pairs
    assert found.effects[KEEPS].pairs > 0
    assert found.total_error is not None
    assert found.total_error < 0.3
    assert json.loads(json.dumps(evaluate_run(run).to_json()))["groups"][0]["groups"] == found.groups


def test_a_file_is_judged_by_the_threshold_of_the_dev_groups(run: Path, tmp_path: Path) -> None:
    rows = [
        {"problem": group.problem, "trace": candidate.reasoning, "is_correct": candidate.label == "positive"}
        for group in read_groups(run / "groups" / "math_test.jsonl")
        for candidate in group.candidates
    ]
    path = tmp_path / "traces.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    found = evaluate_run(run, files=[path])
    assert found.threshold is not None
    assert found.traces[0].right + found.traces[0].wrong == len(rows)
    assert found.traces[0].auroc > 0.6


def test_groups_of_another_file_are_ranked_too(run: Path, tmp_path: Path) -> None:
    path = tmp_path / "others.jsonl"
    write_groups(read_groups(run / "groups" / "math_rl.jsonl"), path)
    found = evaluate_run(run, files=[path])
    assert [evaluation.split for evaluation in found.groups] == ["test", "others.jsonl"]


def test_a_group_file_of_another_rubric_is_refused(run: Path, tmp_path: Path) -> None:
    path = tmp_path / "others.jsonl"
    text = (run / "groups" / "math_rl.jsonl").read_text().replace('"step_coherence"', '"clarity"')
    path.write_text(text)
    with pytest.raises(RecordError, match='is scored on "clarity", which the reward model does not have'):
        evaluate_run(run, files=[path])


def test_which_model_and_which_split_are_named(run: Path, tmp_path: Path) -> None:
    with pytest.raises(TraceliftError, match='No split is named "tset"'):
        evaluate_run(run, split="tset")
    with pytest.raises(RunError, match="is not a run folder"):
        evaluate_run(tmp_path)
    with pytest.raises(RunError, match="holds no reward model"):
        evaluate_run(run, rm=tmp_path)


def test_two_models_of_a_run_must_be_told_apart(run: Path) -> None:
    other = run / "reward_model" / "other"
    other.mkdir()
    try:
        with pytest.raises(RunError, match="has 2 reward models"):
            evaluate_run(run)
    finally:
        other.rmdir()


def test_flaws_that_look_different_are_found_by_the_n_grams_of_the_trace(run: Path) -> None:
    pytest.importorskip("sklearn", reason="the n-gram baseline needs scikit-learn (extra audit)")
    groups = synthetic_groups.groups(80, lambda text, _: text.replace("has", "owns"))
    model = RewardModel.load(run / "reward_model" / "linear")
    found = evaluate_groups(model, groups[60:], groups[:60], domain="math", split="made")
    assert found.baselines["n-grams"].pair.value == 1.0


def test_without_scikit_learn_the_baseline_is_missing_with_its_reason(
    run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "sklearn", None)
    (found,) = evaluate_run(run).groups
    assert set(found.baselines) == {"longer", "shorter"}
    assert found.notes[0].startswith("n-grams: ")
    assert "tracelift-groups[audit]" in found.notes[0]
