import json
from pathlib import Path

import pytest
from small_run import LIMIT, built

from tracelift_groups.errors import RunError
from tracelift_groups.files.group_files import read_groups
from tracelift_groups.report.stats import BINS, Stats, collect


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("runs") / "run")


@pytest.fixture(scope="module")
def stats(run: Path) -> Stats:
    return collect(run)


def test_the_counts_are_those_of_the_files(run: Path, stats: Stats) -> None:
    groups = [group for file in sorted((run / "groups").glob("*.jsonl")) for group in read_groups(file)]
    assert len(groups) > LIMIT // 2
    assert sum(stats.stages["seed"].values()) == LIMIT
    assert stats.group_count == len(groups)
    assert stats.negative_count == sum(len(group.negative_bank) for group in groups)
    assert sum(stats.licenses.values()) == sum(stats.sources.values()) == len(groups)
    rejected = (run / "rejected.jsonl").read_text(encoding="utf-8").splitlines()
    assert sum(drop.count for drop in stats.drops) == len(rejected)


def test_kinds_are_tried_for_every_problem_and_end_one_way(stats: Stats) -> None:
    tried = stats.stages["perturb"]["done"]
    for kind in stats.kinds.values():
        assert tried >= kind.tried == kind.does_not_apply + kind.dropped + kind.made
        assert kind.kept <= kind.made
        assert kind.keeps_answer in (0, kind.kept)
    assert sum(kind.kept for kind in stats.kinds.values()) == stats.negative_count


def test_the_mean_fall_of_a_kind_is_measured_from_the_best_positive(run: Path, stats: Stats) -> None:
    groups = [group for file in (run / "groups").glob("*.jsonl") for group in read_groups(file)]
    falls = [
        max(positive.rubric["total"] for positive in group.positive_pool) - flaw.rubric["total"]
        for group in groups
        for flaw in group.negative_bank
        if flaw.negative_kind == "calculation_error"
    ]
    assert falls
    assert stats.kinds["calculation_error"].fall == pytest.approx(sum(falls) / len(falls))


def test_histograms_hold_every_scored_negative_and_positives_have_full_marks(stats: Stats) -> None:
    scores = stats.scores["math"]
    assert len(scores.totals) == BINS
    assert sum(scores.totals) == sum(scores.falls) == sum(scores.rubric_labels.values()) == stats.negative_count
    for name, counts in scores.positive.items():
        assert counts[:4] == [0, 0, 0, 0]
        assert scores.mean(scores.positive, name) == 4
        assert sum(scores.negative[name]) == stats.negative_count


def test_a_fall_on_the_edge_of_a_bin_belongs_to_the_upper_bin() -> None:
    from tracelift_groups.report.stats import _bin

    assert [_bin(value) for value in (0, 0.05, 1 - 0.9, 0.95, 1.0, -0.1)] == [0, 1, 2, 19, 19, 0]


def test_the_json_form_is_json_with_means(stats: Stats) -> None:
    row = json.loads(json.dumps(stats.to_json()))
    assert row["scores"]["math"]["means"]["answer_support"]["positive"] == 4


def test_a_folder_that_is_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="not a run folder"):
        collect(tmp_path)
