"""The schema documents are the contract, and the Python records agree with them."""

import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracelift_groups.errors import RecordError, UnknownNameError
from tracelift_groups.ingest.source import read_seeds
from tracelift_groups.records import schema
from tracelift_groups.records.annotation import Annotation
from tracelift_groups.records.certificate import Certificate
from tracelift_groups.records.group import Candidate, Group
from tracelift_groups.records.perturbation import Edit, Perturbation
from tracelift_groups.records.rubric import Rubric
from tracelift_groups.records.seed import Seed, Test
from tracelift_groups.records.trace import Trace

ANNOTATION = Annotation("checks", "1", {"clear": 4.0, "right": None}, 1, None, 0.0, "Step 2 is wrong.", 1)
CERTIFICATE = Certificate("false_claim", 1, "48 / 2 = 26", "24", "26", True, {"operands": ["48", "2"]})
PERTURBATION = Perturbation(
    "calculation_error", 0, (Edit(0, 9, 11, "24", "26"), Edit(1, 20, 22, "24", "26", "propagated"))
)
NEGATIVE = Candidate(
    "48 / 2 = 26.",
    "negative",
    {"clear": 3, "total": 0.41},
    "weak",
    4.1,
    "26 is wrong",
    "calculation_error",
    0,
    {
        "perturbation": PERTURBATION.to_json(),
        "certificate": CERTIFICATE.to_json(),
        "provenance": {},
        "annotations": [ANNOTATION.to_json()],
    },
)
GROUP = Group("i", "s", "math", "p", "4", (Candidate("r", "positive"),), (NEGATIVE,), "", {"format_version": 1})
SEED = Seed(
    "i",
    "code",
    "s",
    "code",
    "p",
    "",
    "s",
    "x = 1",
    "f",
    (Test("1", "2"), Test(assertion="f()")),
    metadata={"a": 1},
)
ANCHORS = {0: "a", 2.5: "b", 5.0: "c", 7.5: "d", 10: "e"}
RUBRIC = {
    "name": "one",
    "version": "1",
    "domain": "math",
    "dimensions": [{"name": "clear", "weight": 1, "question": "?", "anchors": ANCHORS}],
    "labels": {"strong": 0.8, "acceptable": 0.6, "weak": 0.3, "bad": 0},
}

ROWS: dict[str, Any] = {
    "annotation": ANNOTATION.to_json(),
    "candidate": NEGATIVE.to_json(),
    "certificate": CERTIFICATE.to_json(),
    "group": GROUP.to_json(),
    "perturbation": PERTURBATION.to_json(),
    "rubric": RUBRIC,
    "seed": SEED.to_json(),
    "trace": Trace.read("One. Two.").text,
}
READERS: dict[str, Callable[[Any], object]] = {
    "annotation": Annotation.from_json,
    "candidate": lambda row: Candidate.from_json(row, "negative"),
    "certificate": Certificate.from_json,
    "group": Group.from_json,
    "perturbation": Perturbation.from_json,
    "rubric": Rubric.from_yaml,
    "seed": Seed.from_json,
}
OTHER_VALUES: list[Any] = [None, True, 3, 1.5, "words", [], {}, [3], ["words"], {"a": "words"}]
UNREAD = {"changed_steps"}  # follows from the edits


def test_there_is_a_document_for_every_record_and_a_row_for_every_document() -> None:
    assert schema.record_types() == sorted(ROWS)


@pytest.mark.parametrize("record_type", schema.record_types())
def test_every_document_is_a_schema_of_draft_2020_12(record_type: str) -> None:
    from jsonschema import Draft202012Validator

    document = schema.document(record_type)
    assert document["$schema"] == Draft202012Validator.META_SCHEMA["$id"]
    assert document["$id"] == f"{record_type}.schema.json"
    Draft202012Validator.check_schema(document)


@pytest.mark.parametrize("record_type", ROWS)
def test_what_a_record_writes_is_valid(record_type: str) -> None:
    assert schema.errors(record_type, ROWS[record_type]) == []


@pytest.mark.parametrize("record_type", READERS)
def test_unknown_fields_are_valid(record_type: str) -> None:
    assert schema.errors(record_type, ROWS[record_type] | {"somebody's own": [1]}) == []


def verdicts(record_type: str, row: Any) -> tuple[bool, bool]:
    """Whether the document and the record accept the row."""
    try:
        READERS[record_type](row)
    except RecordError:
        return not schema.errors(record_type, row), False
    return not schema.errors(record_type, row), True


@pytest.mark.parametrize("record_type", READERS)
def test_document_and_record_require_the_same_fields(record_type: str) -> None:
    row = ROWS[record_type]
    seen = 0
    for name in row:
        if name not in UNREAD:
            by_document, by_record = verdicts(record_type, {key: row[key] for key in row if key != name})
            assert by_document == by_record, name
            seen += 1
    assert seen >= len(schema.document(record_type)["required"])


@pytest.mark.parametrize("record_type", READERS)
def test_document_and_record_accept_the_same_types(record_type: str) -> None:
    for name in ROWS[record_type]:
        for value in OTHER_VALUES:
            if name not in UNREAD:
                by_document, by_record = verdicts(record_type, ROWS[record_type] | {name: value})
                assert by_document == by_record, (name, value)


@pytest.mark.parametrize(
    ("record_type", "inner"), [("perturbation", "edits"), ("rubric", "dimensions"), ("seed", "tests")]
)
def test_document_and_record_agree_on_the_rows_inside(record_type: str, inner: str) -> None:
    row = ROWS[record_type]
    for index, item in enumerate(row[inner]):
        for name in item:
            for value in [*OTHER_VALUES, "absent"]:
                changed = {key: item[key] for key in item if key != name} | ({} if value == "absent" else {name: value})
                items = [*row[inner][:index], changed, *row[inner][index + 1 :]]
                # A record also holds an edit's length against its text and adds weights up, which no schema can say.
                if name not in ("start", "end", "before", "weight", "tag") or isinstance(value, list | dict):
                    by_document, by_record = verdicts(record_type, row | {inner: items})
                    assert by_document == by_record, (name, value)


WORDS = st.text().filter(str.strip)
SCORES = st.none() | st.floats(0, 10)


@given(
    st.builds(
        Annotation, WORDS, WORDS, st.dictionaries(st.text(), SCORES), st.integers(0), SCORES, st.floats(0, 9), WORDS,
        st.none() | st.integers(-1),
    )
)  # fmt: skip
def test_any_annotation_is_valid_and_survives_json(annotation: Annotation) -> None:
    row = annotation.to_json()
    assert schema.errors("annotation", row) == []
    assert Annotation.from_json(row) == annotation


@given(
    st.builds(
        Certificate, st.text(), st.integers(), st.text(), st.text(), st.text(), st.booleans(),
        st.dictionaries(st.text(), st.text()),
    )
)  # fmt: skip
def test_any_certificate_is_valid_and_survives_json(certificate: Certificate) -> None:
    row = certificate.to_json()
    assert schema.errors("certificate", row) == []
    assert Certificate.from_json(row) == certificate


@given(
    st.builds(
        Seed, WORDS, st.sampled_from(["math", "code"]), st.text(), st.text(), WORDS, WORDS, st.none() | st.text(),
        tests=st.lists(st.builds(Test, st.text(), st.text()) | st.builds(Test, assertion=st.text())).map(tuple),
    )
)  # fmt: skip
def test_any_seed_is_valid(seed: Seed) -> None:
    assert schema.errors("seed", seed.to_json()) == []


@given(
    st.lists(
        st.builds(
            Candidate, WORDS, st.text(), st.dictionaries(st.text(), st.floats(0, 1)), st.text(), SCORES, st.text(),
            st.none() | st.text(), st.none() | st.integers(0),
        )
    ),
    st.text(),
)  # fmt: skip
def test_any_group_is_valid(candidates: list[Candidate], text: str) -> None:
    group = Group(text, text, text, text, text, tuple(candidates), tuple(candidates))
    assert schema.errors("group", group.to_json()) == []


def test_every_bundled_seed_is_valid() -> None:
    seeds = [seed for seed in read_seeds("bundled") if isinstance(seed, Seed)]
    assert len(seeds) >= 60
    assert [schema.errors("seed", seed.to_json()) for seed in seeds] == [[]] * len(seeds)


def test_a_departure_is_told_with_its_place() -> None:
    row = GROUP.to_json()
    row["negative_bank"][0]["rubric"] = {"total": 1.4}
    row["negative_bank"][0]["metadata"] = {"annotations": [ANNOTATION.to_json() | {"raw": {"clear": 11}}]}
    del row["problem"]
    assert schema.errors("group", row) == [
        "'problem' is a required property",
        "negative_bank[0].metadata.annotations[0].raw.clear: 11 is greater than the maximum of 10",
        "negative_bank[0].rubric.total: 1.4 is greater than the maximum of 1",
    ]


def test_what_is_not_json_is_a_departure() -> None:
    for value in (math.nan, math.inf, b"bytes", object()):
        (told,) = schema.errors("seed", SEED.to_json() | {"x": value})
        assert "is not JSON" in told


def test_a_long_value_does_not_flood_the_sentence() -> None:
    (told,) = schema.errors("group", GROUP.to_json() | {"problem": ["x" * 10_000]})
    assert len(told) < 300


def test_an_unknown_record_type_is_answered_with_the_known_ones() -> None:
    with pytest.raises(UnknownNameError, match='Did you mean "group"'):
        schema.errors("groups", {})
