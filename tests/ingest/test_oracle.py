"""Oracle files of the released layout, read, joined to seeds and written."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tracelift_groups.errors import RecordError
from tracelift_groups.ingest.oracle import attached, oracle_row, read_oracles, write_oracles
from tracelift_groups.records.seed import FROM_STATEMENT, Seed, Test
from tracelift_groups.records.stage import Drop

SEED = Seed("p-1", "code", "t", "code", "Double it.", "", tests=(Test("1", "2"),))


def row(**flags: Any) -> dict[str, Any]:
    return {"input": "4", "output": "8", **flags}


def read(path: Path, *tests: dict[str, Any]) -> tuple[Test, ...]:
    path.write_text(json.dumps({"problem_id": "p-1", "tests": tests}))
    found, drops = read_oracles(path)
    assert not drops
    return found["p-1"]


@pytest.mark.parametrize(
    ("flags", "tag", "source"),
    [
        ({"is_reward_test": True, "is_feedback_test": False, "source": "generated"}, "hidden", "generated"),
        ({"is_reward_test": True, "is_feedback_test": False, "tag": "edge"}, "edge", ""),
        ({"is_reward_test": False, "is_feedback_test": True, "source": "generated"}, "sample", "generated"),
        ({"is_reward_test": True, "is_feedback_test": True}, "sample", ""),
        ({"is_reward_test": True, "is_feedback_test": False, "source": "problem_example"}, "sample", FROM_STATEMENT),
        ({}, "sample", ""),
    ],
)
def test_only_what_is_a_reward_test_and_nothing_else_may_reward(
    tmp_path: Path, flags: dict[str, Any], tag: str, source: str
) -> None:
    (test,) = read(tmp_path / "o.jsonl", row(**flags))
    assert (test.tag, test.source, test.rewards) == (tag, source, tag != "sample")


def test_what_is_written_is_read_back_and_no_test_is_both(tmp_path: Path) -> None:
    tests = (
        Test("1", "2", tag="sample", source=FROM_STATEMENT),
        Test("0", "0", tag="edge", source="t"),
        Test(assertion="assert f(1) == 2", tag="hidden", source="t"),
    )
    seed = replace(SEED, tests=tests)
    assert write_oracles(tmp_path / "o.jsonl", [seed, replace(SEED, problem_id="none", tests=())]) == 1
    found, drops = read_oracles(tmp_path / "o.jsonl")
    assert (found, drops) == ({"p-1": tests}, [])
    assert all(test["is_reward_test"] != test["is_feedback_test"] for test in oracle_row(seed)["tests"])


def test_seeds_get_the_tests_of_their_id_and_others_keep_their_own() -> None:
    other, drop = replace(SEED, problem_id="p-2"), Drop("seed", "x", "r", "Why.")
    given = (Test("4", "8"),)
    assert list(attached([SEED, other, drop], {"p-1": given})) == [replace(SEED, tests=given), other, drop]


def test_bad_rows_are_dropped_with_their_place(tmp_path: Path) -> None:
    path = tmp_path / "o.jsonl"
    good = json.dumps({"problem_id": "p-1", "tests": [row(is_reward_test=True)]})
    path.write_text(f'{good}\n{good}\n{{}}\n{{"problem_id": "q", "tests": [{{"input": "1"}}]}}\nno\n')
    found, drops = read_oracles(path)
    assert list(found) == ["p-1"]
    assert [drop.rule for drop in drops] == ["duplicate-id", "missing-field", "bad-record", "malformed-json"]
    assert [drop.place for drop in drops] == [f"o.jsonl:{line}" for line in (2, 3, 4, 5)]


def test_a_test_from_the_statement_can_not_be_anything_but_a_sample() -> None:
    with pytest.raises(RecordError, match="Tag it sample"):
        Test("1", "2", tag="hidden", source=FROM_STATEMENT)
