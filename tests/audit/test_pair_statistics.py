from dataclasses import replace
from random import Random

import pytest
from small_run import built
from synthetic_groups import candidate, groups

from tracelift_groups.audit.pair_statistics import (
    SEVERITIES,
    broken_dimensions,
    first_differences,
    kind_shares,
    length_differences,
    severities,
)
from tracelift_groups.files.group_files import read_groups
from tracelift_groups.records.group import Candidate, Group


def _longer(text: str, rng: Random) -> str:  # noqa: ARG001 - the shape of a rewrite
    return text + " Truly."


def _one(*flaws: Candidate, reference: Candidate | None = None) -> Group:
    return Group("p", "", "math", "Why?", "", (reference or candidate("0123456789"),), flaws)


def test_a_planted_word_makes_every_flaw_of_its_kind_longer() -> None:
    found = length_differences(groups(80, {"plain": lambda text, _: text, "wordy": _longer}))
    assert found["wordy"].longer.value == 1.0
    assert 6.5 < found["wordy"].signed < 7.5
    assert 0.3 < found["plain"].longer.value < 0.7
    assert found["all"].longer.pairs == 320


def test_absolute_difference_does_not_cancel_and_the_unit_can_be_chosen() -> None:
    made = [_one(candidate("012345678", "a"), candidate("0123456789 0", "a"))]
    assert (length_differences(made)["a"].signed, length_differences(made)["a"].absolute) == (0.5, 1.5)
    assert length_differences(made, "words")["a"].absolute == 0.5


def test_the_place_of_the_first_difference_is_counted_in_tenths_of_the_reference() -> None:
    made = [_one(candidate("X123456789", "a"), candidate("01234X6789", "a"), candidate("0123456789 more", "a"))]
    assert first_differences(made) == {"a": [1, 0, 0, 0, 0, 1, 0, 0, 0, 1]}


@pytest.mark.parametrize(
    ("total", "bin"),
    [
        (1.0, "0.00 to 0.05"),
        (0.95, "0.05 to 0.10"),
        (0.9, "0.10 to 0.15"),
        (0.0, "0.60 to 1.00"),
        (None, "not scored"),
    ],
)
def test_severity_is_the_distance_from_the_best_reference(total: float | None, bin: str) -> None:
    rubric = {} if total is None else {"total": total}
    made = [_one(candidate("x", "a", rubric=rubric), reference=candidate("y", rubric={"total": 1.0}))]
    assert {name for name, count in severities(made)["a"].items() if count} == {bin}
    assert list(severities(made)["a"]) == list(SEVERITIES)


def test_a_flaw_above_its_reference_is_below_zero() -> None:
    made = [_one(candidate("x", "a", rubric={"total": 0.9}), reference=candidate("y", rubric={"total": 0.4}))]
    assert severities(made)["a"]["below 0"] == 1


def test_raw_scores_say_more_than_labels_and_ties_count_for_each() -> None:
    def scored(text: str, kind: str | None, **raw: float) -> Candidate:
        rows = [{"annotator": "checks", "raw": raw}]
        return candidate(text, kind, rubric={"a": 2, "b": 2, "c": 2}, metadata={"annotations": rows})

    flaws = (scored("x", "one", a=4.0, b=7.0, c=10.0), scored("z", "one", a=5.0, b=5.0, c=9.0))
    made = [_one(*flaws, reference=scored("y", None, a=10.0, b=10.0, c=10.0))]
    assert broken_dimensions(made) == {"one": {"a": 2, "b": 1}}


def test_without_annotations_labels_are_compared_and_the_total_is_no_dimension() -> None:
    reference = candidate("y", rubric={"a": 4, "b": 4, "total": 10.0})
    fallen, equal = (candidate("x", "k", rubric={"a": 4, "b": b, "total": b}) for b in (3, 4))
    made = [_one(fallen, replace(equal, rubric=reference.rubric), candidate("z", "k"), reference=reference)]
    assert broken_dimensions(made) == {"k": {"b": 1}}


def test_tables_of_a_run_cover_all_its_negatives(tmp_path) -> None:  # type: ignore[no-untyped-def]
    run = built(tmp_path / "run")
    made = [group for file in sorted((run / "groups").glob("*.jsonl")) for group in read_groups(file)]
    negatives = sum(len(group.negative_bank) for group in made)
    assert negatives >= 40
    assert sum(sum(row) for row in first_differences(made).values()) == negatives
    assert sum(sum(row.values()) for row in severities(made).values()) == negatives
    assert sum(kind_shares(made).values()) == pytest.approx(1)
    assert all(broken_dimensions(made).values())
