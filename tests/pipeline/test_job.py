from dataclasses import replace

import fake_stages
import orjson
import pytest

from tracelift_groups.config import Config
from tracelift_groups.errors import ConfigError
from tracelift_groups.pipeline.job import STAGE_FUNCTIONS, Item, Job, digest_of
from tracelift_groups.records.seed import Seed
from tracelift_groups.records.stage import STAGES

JOB = Job(Config(), functions=fake_stages.FUNCTIONS)


def item(problem: str) -> Item:
    seed = Seed("p", "math", "scripted", "math", problem, "72")
    return Item("p", orjson.dumps(seed.to_json()))


def test_an_item_goes_through_all_stages() -> None:
    given = item("Add.")
    (rows,) = JOB.run([given])
    assert [(row.stage, row.status) for row in rows] == [(stage, "done") for stage in STAGES]
    assert (rows[0].payload, rows[0].digest) == (given.seed, digest_of(given.seed))
    assert orjson.loads(rows[-1].payload or b"")["problem_id"] == "p"


def test_a_rejected_item_ends_and_keeps_its_seed() -> None:
    given = item("untrue")
    (rows,) = JOB.run([given])
    assert [(row.stage, row.status, row.payload) for row in rows] == [("seed", "rejected", given.seed)]


@pytest.mark.parametrize("start", STAGES[1:])
def test_an_item_continued_at_any_stage_gives_the_same_rows(start: str) -> None:
    (whole,) = JOB.run([item("Add.")])
    at = STAGES.index(start)
    payloads = {row.stage: row.payload for row in whole[1:at] if row.payload}
    (rest,) = JOB.run([replace(item("Add."), start=start, payloads=payloads)])
    assert rest == whole[at:]


def test_a_job_stops_after_its_last_stage() -> None:
    (rows,) = replace(JOB, upto="perturb").run([item("Add.")])
    assert [row.stage for row in rows] == ["seed", "generate", "perturb"]


def test_a_crash_fails_the_item_and_keeps_its_traceback_out_of_the_export() -> None:
    crashed, fine = JOB.run([item("crash"), item("Add.")])
    assert (crashed[-1].stage, crashed[-1].status, fine[-1].status) == ("perturb", "failed", "done")
    (drop,) = orjson.loads(crashed[-1].drops or b"")
    assert drop["rule"] == "crash"
    assert drop["reason"].startswith("ValueError: no such number \\ud800 (fake_stages.py:")
    assert "Traceback" in (crashed[-1].detail or "")


def test_a_payload_that_json_can_not_hold_fails_the_item() -> None:
    (rows,) = Job(Config(), functions=fake_stages.FUNCTIONS | {"generate": "fake_stages:huge"}).run([item("Add.")])
    assert rows[-1].status == "failed"
    assert b"64-bit" in (rows[-1].drops or b"")


def test_a_mistake_in_the_configuration_stops_everything() -> None:
    job = Job(Config(), functions=fake_stages.FUNCTIONS | {"generate": "fake_stages:refuse"})
    with pytest.raises(ConfigError):
        job.run([item("Add.")])


def test_a_seed_that_breaks_the_contract_fails_by_itself() -> None:
    (rows,) = JOB.run([Item("p", b'{"problem_id": "p"}')])
    assert [(row.stage, row.status) for row in rows] == [("seed", "failed")]
    assert b"unusable-record" in (rows[0].drops or b"")


def test_every_stage_has_a_function() -> None:
    assert tuple(STAGE_FUNCTIONS) == STAGES
