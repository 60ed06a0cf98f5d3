"""A rubric: weights, labels and thresholds."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracelift_groups.errors import RecordError, UnknownNameError
from tracelift_groups.records.rubric import LABELS, Rubric, label_of, load_rubric, rubric_names

ANCHORS = {0: "none", 2.5: "little", 5: "half", 7.5: "most", 10: "all"}


def row(**changes: Any) -> dict[str, Any]:
    dimensions = [
        {"name": name, "weight": weight, "question": "?", "anchors": dict(ANCHORS)}
        for name, weight in (("clear", 0.75), ("right", 0.25))
    ]
    labels = {"strong": 0.8, "acceptable": 0.6, "weak": 0.3, "bad": 0}
    return {"name": "two", "version": "1", "domain": "math", "dimensions": dimensions, "labels": labels} | changes


TWO = Rubric.from_yaml(row())


def test_the_total_is_weighted_and_labels_are_the_released_ones() -> None:
    assert TWO.mean({"clear": 8.0, "right": 4.0}) == 7.0
    assert TWO.scores({"clear": 8.0, "right": 4.0}) == {"clear": 4, "right": 2, "total": 0.7}


@pytest.mark.parametrize(("raw", "label"), [(0, 0), (1.9, 0), (2, 1), (5, 2), (7.9, 3), (8, 4), (9.9, 4), (10, 4)])
def test_a_raw_score_becomes_half_of_it_rounded_down_but_at_most_four(raw: float, label: int) -> None:
    assert label_of(raw) == label


def test_a_missing_dimension_leaves_no_total_instead_of_a_zero() -> None:
    assert TWO.mean({"clear": 8.0, "right": None}) is None
    assert TWO.mean({"clear": 8.0}) is None
    assert TWO.scores({"clear": 8.0, "right": None}) == {"clear": 4}


@given(st.floats(0, 1))
def test_a_total_earns_the_highest_label_whose_threshold_it_reaches(total: float) -> None:
    label = TWO.label(total)
    assert total >= TWO.thresholds[label]
    assert all(low <= TWO.thresholds[label] for low in TWO.thresholds.values() if total >= low)


def test_thresholds_belong_to_the_label_they_open() -> None:
    assert [TWO.label(total) for total in (1, 0.8, 0.7999, 0.6, 0.3, 0.1)] == [
        "strong",
        "strong",
        "acceptable",
        "acceptable",
        "weak",
        "bad",
    ]


def changed(dimension: int, **changes: Any) -> dict[str, Any]:
    made = row()
    made["dimensions"][dimension] |= changes
    return made


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (row(dimensions=[]), "different names"),
        (changed(0, name="right"), "different names"),
        (changed(0, name="total"), '"total"'),
        (changed(0, weight=0.5), "add up to 1"),
        (changed(0, weight=-0.25), "positive"),
        (changed(0, weight="0.75"), "must be a number"),
        (changed(0, anchors={0: "a", 10: "b"}), "descriptors"),
        (changed(0, anchors={**ANCHORS, 5: None, 2.5: 3}), "must be text"),
        (row(labels={"strong": 0.5}), "acceptable"),
        (row(labels=dict.fromkeys(LABELS, 0.5) | {"superb": 0.9}), "threshold for each"),
        (row(dimensions=["clear"]), "dimension must be an object"),
        ({"name": "two"}, "missing"),
        (row(version=1.1), '"version" of a rubric must be text'),
        ("words", "must be an object"),
    ],
)
def test_a_broken_rubric_is_refused_in_words(broken: Any, words: str) -> None:
    with pytest.raises(RecordError, match=words):
        Rubric.from_yaml(broken)


def test_an_unknown_rubric_is_answered_with_what_there_is() -> None:
    with pytest.raises(UnknownNameError, match='No rubric named "mahts"'):
        load_rubric("mahts")


@pytest.mark.parametrize("name", rubric_names())
def test_every_rubric_loads_under_its_own_name(name: str) -> None:
    assert load_rubric(name).name == name
