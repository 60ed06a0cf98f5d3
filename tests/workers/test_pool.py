"""The pool of worker processes: what an item can do to it, and how it ends."""

import signal
from collections.abc import Iterator
from pathlib import Path

import fake_stages
import orjson
import pytest
from echo_job import Echo
from processes import children, held_back

from tracelift_groups.config import Config
from tracelift_groups.errors import RunError, TraceliftError
from tracelift_groups.pipeline.job import Item, Job
from tracelift_groups.pipeline.ledger import LedgerRow
from tracelift_groups.records.seed import Seed
from tracelift_groups.workers.job import Death
from tracelift_groups.workers.pool import Pool, run_all

JOB = Job(Config(), functions=fake_stages.FUNCTIONS)


def item(name: str, problem: str = "Add.") -> Item:
    return Item(name, orjson.dumps(Seed(name, "math", "scripted", "math", problem, "72").to_json()))


def results(tasks: list[list[Item]], workers: int, job: Job = JOB) -> dict[str, tuple[LedgerRow, ...]]:
    return {rows[0].item: rows for answer in run_all(tasks, job, workers) for rows in answer}


def test_workers_give_what_one_process_gives() -> None:
    tasks = [[item(f"{i}-{j}") for j in range(3)] for i in range(5)]
    assert results(tasks, 2) == results(tasks, 1)


def test_an_item_that_kills_its_worker_fails_alone() -> None:
    found = results([[item("a"), item("bad", "fatal"), item("b")], [item("c")], [item("d")]], 2)
    assert {name: rows[-1].status for name, rows in found.items()} == {
        "a": "done",
        "b": "done",
        "c": "done",
        "d": "done",
        "bad": "failed",
    }
    (drop,) = orjson.loads(found["bad"][-1].drops or b"")
    assert drop["rule"] == "worker-died"
    assert drop["reason"] == "The process working on this item died: killed by SIGKILL."
    assert found["bad"][-1].payload == item("bad", "fatal").seed


def test_a_worker_that_dies_once_costs_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCRIPTED_MENDED", str(tmp_path / "mended"))
    found = results([[item("a"), item("b", "gone")], [item("c")]], 2)
    assert {rows[-1].status for rows in found.values()} == {"done"}
    assert len(found) == 3


def test_a_mistake_in_the_configuration_reaches_the_parent_in_words() -> None:
    job = Job(Config(), functions=fake_stages.FUNCTIONS | {"generate": "fake_stages:refuse"})
    before = children()
    with pytest.raises(TraceliftError) as caught:
        results([[item("a")]], 2, job)
    assert (caught.value.what, caught.value.todo) == ("No such annotator.", "Name another.")
    assert children() <= before


def test_a_stage_that_can_not_be_imported_shows_its_traceback() -> None:
    job = Job(Config(), functions=fake_stages.FUNCTIONS | {"generate": "fake_stages:nowhere"})
    with pytest.raises(RuntimeError, match="no attribute 'nowhere'"):
        results([[item("a")]], 2, job)


def test_nothing_to_do_starts_nothing() -> None:
    assert results([], 2) == {}


def test_leaving_early_ends_the_workers() -> None:
    before = children()
    answers = run_all([[item("a")], [item("b", "endless")], [item("c")]], JOB, 2)
    next(answers)
    assert len(children() - before) == 2
    answers.close()  # type: ignore[attr-defined]  # it is a generator
    assert children() <= before


def test_ctrl_c_is_held_back_in_workers_from_their_start() -> None:
    before = children()
    answers = run_all([[item("a")], [item("b", "endless")]], JOB, 2)
    next(answers)
    held = [held_back(child) for child in children() - before]
    answers.close()  # type: ignore[attr-defined]  # it is a generator
    assert len(held) == 2
    assert all(mask >> (signal.SIGINT - 1) & 1 for mask in held)


@pytest.fixture
def echo() -> Iterator[Pool[str, str]]:
    pool: Pool[str, str] = Pool(Echo(), 2)
    yield pool
    pool.close()


def test_what_a_job_prints_does_not_get_between_the_answers(echo: Pool[str, str]) -> None:
    assert [echo.ask(["print"]), echo.ask(["a", "b"])] == [["PRINT"], ["A", "B"]]


def test_a_worker_out_of_memory_or_time_is_replaced(echo: Pool[str, str]) -> None:
    assert echo.ask(["hungry"]) == Death("out of memory")
    assert echo.ask(["late"], 2.0) == Death("late")
    assert echo.ask(["a"]) == ["A"]


def test_a_closed_pool_starts_nothing(echo: Pool[str, str]) -> None:
    assert echo.ask(["a"]) == ["A"]
    echo.close()
    assert echo.pids == set()
    with pytest.raises(RunError, match="closed"):
        echo.ask(["b"])
