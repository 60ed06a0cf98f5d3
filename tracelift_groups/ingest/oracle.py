"""Oracle files of the released layout: the tests of code problems, in a file of their own, joined by problem_id.

One row: {"problem_id": "p-1", "tests": [{"input": "4\\n", "output": "8\\n", "source": "statement",
"is_reward_test": false, "is_feedback_test": true}]}

| in the file | here |
|---|---|
| a reward test, no feedback test, and not from the statement | tag hidden, or the row's own `tag` (edge, large) |
| anything else | tag sample: it may be shown, and it never counts for a reward, even if the file says so |
| source "statement", or one that holds the word statement, example, sample or public | from the statement |

Written, a sample is a feedback test and any other a reward test, never both. `tag` is written too, and a test of a
function has `assertion` in place of input and output; both are fields of ours that other readers may ignore.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any  # JSON

import orjson

from tracelift_groups.errors import RecordError
from tracelift_groups.files.atomic import atomic_write, reported_as_run_error
from tracelift_groups.files.jsonl import json_rows
from tracelift_groups.records.fields import FLAG, LIST, TEXT, require_fields, text_field
from tracelift_groups.records.seed import FROM_STATEMENT, Seed, Test
from tracelift_groups.records.stage import Drop

_SHOWN_BY = ("statement", "example", "sample", "public")


def read_oracles(path: Path) -> tuple[dict[str, tuple[Test, ...]], list[Drop]]:
    """Tests by problem_id, and the rows that can't be used, each with its place. The first row of a problem counts."""
    found: dict[str, tuple[Test, ...]] = {}
    drops: list[Drop] = []
    for row in json_rows(path):
        if isinstance(row, Drop):
            drops.append(row)
            continue
        try:
            name = text_field(row.values, "problem_id", "an oracle row")
            if name in found:
                raise RecordError(f'An earlier row has the tests of "{name}".', "Keep one.", rule="duplicate-id")
            tests = require_fields(row.values, "an oracle row", {"tests": LIST})["tests"]
            found[name] = tuple(_test(test, index) for index, test in enumerate(tests))
        except RecordError as cause:
            drops.append(row.drop(cause))
    return found, drops


def attached(rows: Iterable[Seed | Drop], oracles: Mapping[str, tuple[Test, ...]]) -> Iterator[Seed | Drop]:
    """The rows in their order, with the oracle's tests in place of a seed's own tests, where there are any."""
    for row in rows:
        tests = () if isinstance(row, Drop) else oracles.get(row.problem_id, ())
        yield replace(row, tests=tests) if isinstance(row, Seed) and tests else row


def write_oracles(path: Path, seeds: Iterable[Seed]) -> int:
    """Write the seeds that have tests, one a line; returns how many. The file appears whole or not at all."""
    count = 0
    with reported_as_run_error(path), atomic_write(path) as part, part.open("wb") as file:
        for seed in seeds:
            if seed.tests:
                file.write(orjson.dumps(oracle_row(seed)) + b"\n")
                count += 1
    return count


def oracle_row(seed: Seed) -> dict[str, Any]:
    """A seed's tests in the released layout."""
    return {"problem_id": seed.problem_id, "tests": [_written(test, seed.source) for test in seed.tests]}


def _written(test: Test, source: str) -> dict[str, Any]:
    row: dict[str, Any] = {"input": test.input, "output": test.output}
    if test.assertion is not None:
        row = {"assertion": test.assertion}
    flags = {"is_reward_test": test.rewards, "is_feedback_test": not test.rewards}
    return row | {"source": test.source or source, "tag": test.tag} | flags


def _test(found: object, index: int) -> Test:
    noun = f"test {index + 1}"
    texts = dict.fromkeys(("input", "output", "assertion", "source", "tag"), TEXT)
    row = require_fields(found, noun, {}, texts | {"is_reward_test": FLAG, "is_feedback_test": FLAG})
    source = row.get("source") or ""
    shown = any(word in source.lower() for word in _SHOWN_BY)
    rewards = bool(row.get("is_reward_test")) and not row.get("is_feedback_test") and not shown
    tag = (row.get("tag") or "hidden") if rewards else "sample"
    if rewards and tag == "sample":
        raise RecordError(f'Field "tag" of {noun} is sample, but it is a reward test.', "Choose one.")
    return Test(row.get("input"), row.get("output"), row.get("assertion"), tag, FROM_STATEMENT if shown else source)
