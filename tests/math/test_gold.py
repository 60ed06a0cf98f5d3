"""The check of the worked solution."""

from dataclasses import replace

import pytest
from synthetic_problems import CLIPS, SAMPLES, seed

from tracelift_groups.ingest.source import read_seeds
from tracelift_groups.math.gold import check_solution
from tracelift_groups.records.seed import Seed


def test_every_bundled_seed_and_every_sample_passes() -> None:
    bundled = [item for item in read_seeds("bundled") if isinstance(item, Seed)]
    assert len(bundled) == 84
    assert [check_solution(item) for item in [*bundled, *SAMPLES]] == [None] * (84 + len(SAMPLES))


@pytest.mark.parametrize(
    ("solution", "answer"),
    [
        ("So 3 + 4 = 7.", "7"),
        ("So 3 + 4 = 7.\n#### 7", "7"),
        ("So $3 + 4 = \\boxed{7}$.", "7"),
        ("So 3 + 4 = <<3+4=7>>7.", "7.0"),
        ("So 30 / 40 = 75%.", "75"),
        ("So $\\frac{1}{2} + \\frac{1}{4} = \\frac{3}{4}$.", "\\frac{3}{4}"),
        ("So 1,000 + 250 = 1,250 coins.\nThat is all.", "1,250"),
        ("So 3 - 8 = -5.", "-5"),
        ("The points are $(2,3)$.", "(2, 3)"),
        ("About 10 / 3 = 3 are left.", "3"),
    ],
)
def test_a_solution_that_ends_in_its_answer_passes(solution: str, answer: str) -> None:
    assert check_solution(seed("p", solution, answer)) is None


@pytest.mark.parametrize(
    ("solution", "answer", "rule", "place"),
    [
        ("So 3 + 4 = 8.\nAnd 8 - 1 = 7.", "7", "gold-false-claim", "step 1"),
        ("So 3 + 4 = 7.\nAnd 7 * 2 = 15.", "15", "gold-false-claim", "step 2"),
        ("So 5 / 0 = 5.", "5", "gold-false-claim", "step 1"),
        ("So 3 + 4 = 7.", "8", "gold-answer-missing", ""),
        ("So 3 + 4 = 7.\nIt is so.\nIt is really so.\nYes.", "7", "gold-answer-missing", ""),
        ("The points are (2,3).", "(3, 2)", "gold-answer-missing", ""),
        ("Nothing is said.", "5", "gold-answer-missing", ""),
        ("#### 5", "5", "gold-answer-missing", ""),
        ("So 7 + 5 = 12.", "nan", "gold-answer-missing", ""),
    ],
)
def test_a_solution_that_is_false_or_ends_elsewhere_is_dropped(
    solution: str, answer: str, rule: str, place: str
) -> None:
    drop = check_solution(seed("p", solution, answer, "s-1"))
    assert drop is not None
    assert (drop.stage, drop.rule, drop.place, drop.problem_id, drop.raw) == ("seed", rule, place, "s-1", solution)
    assert drop.reason.endswith(".")


def test_the_drop_says_where_the_seed_is() -> None:
    drop = check_solution(replace(CLIPS, solution="So 1 + 1 = 3.", place="a.jsonl:4"))
    assert drop is not None
    assert drop.place == "a.jsonl:4, step 1"


def test_without_a_solution_there_is_nothing_to_check() -> None:
    assert check_solution(replace(CLIPS, solution=None)) is None
