"""Seeds: what is accepted, what is refused, and that nothing is lost."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracelift_groups.errors import RecordError
from tracelift_groups.records.seed import Seed, Test

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
WORDS = st.text().filter(str.strip)
TESTS = st.one_of(
    st.builds(Test, input=st.text(), output=st.text(), tag=st.sampled_from(["sample", "edge", "large"])),
    st.builds(Test, assertion=st.text()),
)
SEEDS = st.builds(
    Seed,
    problem_id=WORDS,
    domain=st.sampled_from(["math", "code"]),
    source=st.text(),
    task_type=st.text(),
    problem=WORDS,
    answer=WORDS,
    solution=st.none() | st.text(),
    program=st.none() | st.text(),
    entry_point=st.none() | st.text(),
    tests=st.lists(TESTS, max_size=2).map(tuple),
    license=st.text(),
    metadata=st.dictionaries(st.text(), JSON, max_size=3),
    extra=st.dictionaries(st.text().map(lambda name: f"x-{name}"), JSON, max_size=3),
)


def row(**changes: Any) -> dict[str, Any]:
    made = {"problem_id": "i", "domain": "math", "source": "s", "task_type": "math", "problem": "p", "answer": "4"}
    return made | changes


@given(SEEDS)
def test_a_seed_survives_json_with_its_unknown_fields(seed: Seed) -> None:
    assert Seed.from_json(seed.to_json()) == seed


def test_the_row_has_its_keys_in_one_order_and_leaves_out_what_is_absent() -> None:
    shuffled = dict(reversed(row(zebra=1, solution="s", metadata={}).items()))
    expected = ["problem_id", "domain", "source", "task_type", "problem", "answer", "solution", "license", "metadata"]
    assert list(Seed.from_json(shuffled).to_json()) == [*expected, "zebra"]


def test_optional_fields_may_be_null() -> None:
    absent = dict.fromkeys(("solution", "program", "entry_point", "tests", "license", "metadata"))
    assert Seed.from_json(row(**absent)) == Seed.from_json(row())


@pytest.mark.parametrize(
    ("changes", "words", "rule"),
    [
        ({"problem": 3}, '"problem" of a seed must be text, not a whole number', "wrong-type"),
        ({"answer": 72}, '"answer"', "wrong-type"),
        ({"metadata": []}, '"metadata".*an object', "wrong-type"),
        ({"tests": {}}, '"tests".*a list', "wrong-type"),
        ({"tests": ["assert f()"]}, "test must be an object", "wrong-type"),
        ({"tests": [{"assertion": 3}]}, '"assertion"', "wrong-type"),
        ({"tests": [{"input": "1"}]}, "either input and output, or an assertion", "bad-record"),
        ({"tests": [{"input": "1", "output": "2", "assertion": "x"}]}, "either", "bad-record"),
        ({"tests": [{"assertion": "x", "tag": "huge"}]}, "sample, edge, large, hidden", "bad-record"),
        ({"domain": "poetry"}, "Known: math, code", "bad-record"),
        ({"problem": " \n"}, "empty problem", "empty-field"),
        ({"answer": ""}, "no answer", "empty-field"),
        ({"problem_id": " "}, "needs a problem_id", "empty-field"),
    ],
)
def test_a_row_that_is_no_seed_is_refused_in_words(changes: dict[str, Any], words: str, rule: str) -> None:
    with pytest.raises(RecordError, match=words) as caught:
        Seed.from_json(row(**changes))
    assert caught.value.rule == rule


@pytest.mark.parametrize("name", ["problem_id", "domain", "source", "task_type", "problem"])
def test_a_missing_field_is_named(name: str) -> None:
    made = row()
    del made[name]
    with pytest.raises(RecordError, match=f'"{name}" of a seed is missing') as caught:
        Seed.from_json(made)
    assert caught.value.rule == "missing-field"


def test_a_code_seed_needs_no_answer() -> None:
    assert Seed.from_json(row(domain="code", answer=None)).answer == ""
