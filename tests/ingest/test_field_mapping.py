"""Which column is which field of a seed."""

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracelift_groups.errors import RecordError, SourceError
from tracelift_groups.files.jsonl import SourceRow
from tracelift_groups.ingest.field_mapping import FieldMap, split_mapping
from tracelift_groups.records.seed import Seed


def made(mapping: str, values: dict[str, object]) -> Seed:
    return FieldMap.read(mapping).seed(SourceRow("rows-000003", "rows.jsonl:4", "", values), source="rows")


def test_columns_words_nested_fields_and_metadata_are_put_where_the_mapping_says() -> None:
    seed = made(
        "problem=question&answer=extra.answer&solution=rationale&license=CC BY&metadata.topic=subject",
        {"question": "q", "extra": {"answer": 72}, "rationale": "r", "subject": "rates", "other": 1},
    )
    assert seed == Seed(
        "rows-000003", "math", "rows", "math", "q", "72", "r", license="CC BY", metadata={"topic": "rates"}
    )


def test_fields_that_are_not_named_are_read_from_columns_of_their_own_name() -> None:
    seed = made("answer=final", {"problem": "p", "final": "4", "solution": "s", "problem_id": 12, "answer": "no"})
    assert (seed.answer, seed.solution, seed.problem_id) == ("4", "s", "12")


def test_a_field_mapped_to_nothing_is_left_out() -> None:
    assert made("solution=", {"problem": "p", "answer": "4", "solution": ["not", "text"]}).solution is None


def test_an_at_sign_takes_a_word_from_a_column() -> None:
    values = {"problem": "p", "answer": "4", "rights": "MIT", "from": "here"}
    seed = made("license=@rights&source=there", values)
    assert (seed.license, seed.source) == ("MIT", "there")


def test_without_a_mapping_seed_rows_are_taken_whole() -> None:
    seed = Seed("i", "code", "s", "code", "p", "", program="x = 1", metadata={"a": 1}, extra={"more": [1]})
    assert made("", seed.to_json()) == seed
    assert made("", {"problem": "p", "answer": "4", "more": None}).extra == {"more": None}


def test_a_column_named_with_a_dot_comes_before_a_nested_field() -> None:
    assert made("answer=a.b", {"problem": "p", "a.b": "1", "a": {"b": "2"}}).answer == "1"


def test_web_escapes_stand_for_signs_that_have_a_meaning() -> None:
    assert made("answer=a%26b%3D%25", {"problem": "p", "a&b=%": "1"}).answer == "1"


@pytest.mark.parametrize(
    ("value", "text"),
    [(72, "72"), (0.1, "0.1"), (72.0, "72.0"), (-3, "-3"), (10**400, "1" + "0" * 400), (Decimal("1.50"), "1.50")],
)
def test_numbers_become_their_shortest_text(value: object, text: str) -> None:
    assert made("", {"problem": "p", "answer": value}).answer == text


@given(st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False)))
def test_a_number_read_back_is_the_same_number(value: float) -> None:
    assert type(value)(made("", {"problem": "p", "answer": value}).answer) == value


@pytest.mark.parametrize(
    ("answer", "rule"),
    [
        (True, "wrong-type"),
        (["4"], "wrong-type"),
        ({"a": 4}, "wrong-type"),
        (None, "missing-field"),
        (math.nan, "not-finite"),
        (math.inf, "not-finite"),
        (Decimal("NaN"), "not-finite"),
    ],
)
def test_what_is_neither_text_nor_number_is_no_answer(answer: object, rule: str) -> None:
    with pytest.raises(RecordError) as caught:
        made("", {"problem": "p", "answer": answer})
    assert caught.value.rule == rule


@pytest.mark.parametrize("values", [{"answer": "4"}, {"answer": "4", "problem": None}])
def test_a_row_without_a_problem_says_how_to_name_its_column(values: dict[str, object]) -> None:
    with pytest.raises(RecordError, match=r'"problem" is missing.*problem=COLUMN'):
        made("", values)


def test_a_mapped_column_that_a_row_lacks_is_named() -> None:
    with pytest.raises(RecordError, match='"rationale"'):
        made("solution=rationale", {"problem": "p", "answer": "4"})


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        ("anser=a", 'Did you mean "answer"'),
        ("problem=a&problem=b", "twice"),
        ("license=MIT&license=@b", "twice"),
        ("problem=a&answer", "field=column"),
        ("metadata.=a", "no field"),
    ],
)
def test_a_mapping_with_a_mistake_is_refused(mapping: str, words: str) -> None:
    with pytest.raises(SourceError, match=words):
        FieldMap.read(mapping)


def test_a_table_without_a_mapped_column_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(SourceError, match='Did you mean "question"'):
        FieldMap.read("problem=qestion").wanted(["question", "answer"], "a.csv")


def test_only_the_columns_that_are_used_are_wanted() -> None:
    names = ["question", "extra", "a.b", "image", "solution", "topic"]
    mapping = FieldMap.read("problem=question&answer=extra.answer&metadata.topic=topic")
    assert mapping.wanted(names, "a") == ["question", "extra", "solution", "topic"]
    assert FieldMap().wanted(names, "a") == names


@pytest.mark.parametrize(
    ("argument", "path"),
    [
        ("a.csv", "a.csv"),
        ("a.csv?problem=q", "a.csv"),
        (r"C:\data\a.csv?problem=q", r"C:\data\a.csv"),
        ("why?.csv", "why?.csv"),
        ("why?.csv?problem=q", "why?.csv"),
        ("a.csv?problem=Why?&answer=a", "a.csv"),
    ],
)
def test_a_question_mark_begins_a_mapping_only_before_a_field(argument: str, path: str) -> None:
    assert split_mapping(argument)[0] == path


def test_a_value_may_hold_a_question_mark() -> None:
    assert split_mapping("a.csv?problem=Why?&answer=a")[1].columns == {"problem": "Why?", "answer": "a"}


@given(st.text())
def test_any_text_is_a_mapping_or_a_source_error(text: str) -> None:
    try:
        split_mapping(text)
    except SourceError:
        return
