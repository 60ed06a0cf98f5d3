"""Groups in the released layout read and write without loss."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracelift_groups.errors import RecordError, SourceError
from tracelift_groups.files.group_files import read_groups, write_groups
from tracelift_groups.records.group import Candidate, Group

SCORES = dict.fromkeys(
    ("problem_understanding", "solution_strategy", "step_coherence", "calculation_correctness", "answer_support"), 4
)
RELEASED: dict[str, Any] = {
    "problem_id": "gsm8k-train-000017",
    "source": "gsm8k",
    "task_type": "math",
    "problem": "How many clips?",
    "reference_solution": "72",
    "tests_or_constraints": "",
    "positive_pool": [
        {
            "reasoning": "48 / 2 = 24, so 72.",
            "label": "positive",
            "rubric": SCORES | {"total": 1.0},
            "rubric_label": "positive",
            "rubric_score_raw": 10.0,
            "rubric_reason": "ok",
        }
    ],
    "negative_bank": [
        {
            "reasoning": "48 / 2 = 26, so 74.",
            "negative_kind": "calculation_error",
            "negative_index": 0,
            "label": "negative",
            "rubric": SCORES | {"calculation_correctness": 1, "total": 0.41},
            "rubric_label": "weak",
            "rubric_score_raw": 4.1,
            "rubric_reason": "26 is wrong",
            "metadata": {"perturbation": {}, "certificate": {}, "provenance": {}},
        }
    ],
    "metadata": {"split_key": "k", "license": "MIT"},
}


def changed(**changes: Any) -> dict[str, Any]:
    return RELEASED | changes


def with_negative(**changes: Any) -> dict[str, Any]:
    return changed(negative_bank=[RELEASED["negative_bank"][0] | changes])


@pytest.mark.parametrize(
    "row",
    [
        RELEASED,
        changed(extra_field=[1, None], tests_or_constraints=None, metadata=None, reference_solution=None),
        changed(metadata={}, positive_pool=[], negative_bank=[]),
        with_negative(rubric=None, rubric_label=None, rubric_score_raw=None, metadata=None),
        with_negative(rubric={}, rubric_reason="", metadata={}, negative_kind=None, more={"a": [None]}),
        with_negative(rubric_label="any words", rubric_score_raw=4, negative_index=7),
    ],
)
def test_a_row_is_written_as_it_was_read_in_any_order_of_its_keys(row: dict[str, Any]) -> None:
    assert Group.from_json(row).to_json() == row
    assert Group.from_json(dict(reversed(row.items()))).to_json() == row


def test_the_bytes_of_a_row_do_not_depend_on_the_order_it_came_in() -> None:
    shuffled = dict(reversed(RELEASED.items()))
    assert orjson.dumps(Group.from_json(shuffled).to_json()) == orjson.dumps(RELEASED)


@pytest.mark.parametrize("name", ["source", "task_type", "reference_solution", "tests_or_constraints", "metadata"])
def test_a_row_without_an_optional_field_reads_as_empty_and_keeps_the_rest(name: str) -> None:
    row = {key: value for key, value in RELEASED.items() if key != name}
    assert Group.from_json(row).to_json() == changed(**{name: {} if name == "metadata" else ""})


def test_a_candidate_may_have_nothing_but_its_reasoning() -> None:
    group = Group.from_json(changed(positive_pool=[{"reasoning": "r"}], negative_bank=[{"reasoning": "s"}]))
    assert [candidate.label for candidate in group.candidates] == ["positive", "negative"]
    assert [candidate.total for candidate in group.candidates] == [None, None]


def test_a_value_set_later_is_not_hidden_by_the_null_that_was_read() -> None:
    candidate = Candidate.from_json({"reasoning": "r", "rubric": None, "rubric_label": ""}, "negative")
    scored = replace(candidate, rubric={"total": 0.5}, rubric_label="weak").to_json()
    assert (scored["rubric"], scored["rubric_label"]) == ({"total": 0.5}, "weak")


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
EXTRAS = st.dictionaries(st.text().map(lambda name: f"x-{name}"), JSON, max_size=2)
CANDIDATES = st.builds(
    Candidate,
    reasoning=st.text().filter(str.strip),
    label=st.sampled_from(["positive", "negative"]),
    rubric=st.dictionaries(st.sampled_from(["total", "step_coherence"]), st.floats(0, 1)),
    rubric_label=st.text(),
    rubric_score_raw=st.none() | st.floats(0, 10),
    rubric_reason=st.text(),
    negative_kind=st.none() | st.text(min_size=1),
    negative_index=st.none() | st.integers(0, 9),
    metadata=st.dictionaries(st.text(), JSON, max_size=2),
    extra=EXTRAS,
)
GROUPS = st.builds(
    Group,
    problem_id=st.text(),
    source=st.text(),
    task_type=st.text(),
    problem=st.text(),
    reference_solution=st.text(),
    positive_pool=st.lists(CANDIDATES, max_size=2).map(tuple),
    negative_bank=st.lists(CANDIDATES, max_size=2).map(tuple),
    tests_or_constraints=st.text(),
    metadata=st.dictionaries(st.text().map(lambda name: f"m-{name}"), JSON, max_size=2),
    extra=EXTRAS,
)


@given(GROUPS)
def test_a_group_survives_json_with_its_unknown_fields(group: Group) -> None:
    row = group.to_json()
    assert Group.from_json(row).to_json() == row
    assert Group.from_json(row).extra == group.extra


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({}, '"problem_id" of a group is missing'),
        (changed(problem=3), '"problem" of a group must be text'),
        (changed(positive_pool=None), '"positive_pool" of a group must be a list, not null'),
        (changed(negative_bank=["text"]), "negative must be an object, not text"),
        (changed(metadata=["a"]), '"metadata" of a group must be an object'),
        (changed(metadata={"format_version": 2}), "Group format 2 is not known"),
        (changed(positive_pool=[{}]), '"reasoning" of a positive is missing'),
        (with_negative(reasoning=" "), "no reasoning"),
        (with_negative(negative_index=True), '"negative_index" of a negative must be a whole number'),
        (with_negative(rubric={"total": "high"}), '"total" of the rubric of a negative must be a number'),
        (with_negative(rubric_label=3), '"rubric_label"'),
    ],
)
def test_a_row_that_is_no_group_is_refused_in_words(row: dict[str, Any], words: str) -> None:
    with pytest.raises(RecordError, match=words):
        Group.from_json(row)


def test_groups_are_written_a_line_each_and_read_in_order(tmp_path: Path) -> None:
    groups = [Group.from_json(changed(problem_id=f"p-{number}")) for number in range(3)]
    path = tmp_path / "groups.jsonl"
    assert write_groups(groups, path) == 3
    assert path.read_bytes().count(b"\n") == 3
    assert list(read_groups(path)) == groups


@pytest.mark.parametrize(
    ("line", "words"), [(b"{", "not valid JSON"), (b"[]", "object"), (b"{}", '"problem_id" of a group is missing')]
)
def test_a_bad_line_is_named_by_file_and_line(tmp_path: Path, line: bytes, words: str) -> None:
    path = tmp_path / "groups.jsonl"
    path.write_bytes(b"\n" + line + b"\n")
    with pytest.raises(RecordError, match=words) as caught:
        list(read_groups(path))
    assert "groups.jsonl:2: " in caught.value.what


def test_a_missing_file_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no file"):
        list(read_groups(tmp_path / "no.jsonl"))
