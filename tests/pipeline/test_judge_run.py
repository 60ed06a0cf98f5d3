"""The judge on a run folder: entries are in the ledger, survive kills and exports, and change nothing else."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any  # JSON

import pytest
from command import Ended, run_command
from model_server import ModelServer, Said
from small_run import built

from tracelift_groups.config import Config
from tracelift_groups.pipeline.build import build
from tracelift_groups.records.rubric import load_rubric

MAIN = "from tracelift_groups.cli import main; main()"
RUBRIC = load_rubric("math")
GRADE = json.dumps({name: {"evidence": "", "reason": "Fine.", "score": 7} for name in RUBRIC.names})


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("judged") / "run", 3)


@pytest.fixture
def run(finished: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "run"
    subprocess.run(["cp", "-r", str(finished), str(copy)], check=True)
    return copy


def judge(run: Path, server: ModelServer, *more: object) -> Ended:
    return run_command("annotate", run, "--judge", server.spec, "--cache", run.parent / "calls", *more)


def groups(run: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for file in sorted(run.glob("groups/*.jsonl")) for line in file.read_text().splitlines()]


def candidates(run: Path) -> list[dict[str, Any]]:
    return [candidate for group in groups(run) for candidate in group["positive_pool"] + group["negative_bank"]]


def test_every_candidate_gets_an_entry_and_nothing_else_changes(run: Path) -> None:
    before = groups(run)
    with ModelServer(lambda *_: Said(GRADE)).serving() as server:
        done = judge(run, server)
    assert (done.code, done.err) == (0, "")
    assert f"{server.calls} traces judged, 0 missing; {server.calls} calls." in done.out
    after = groups(run)
    entries = [
        candidate["metadata"]["annotations"].pop()
        for group in after
        for candidate in group["positive_pool"] + group["negative_bank"]
    ]
    assert after == before
    assert len(entries) == server.calls >= 10
    assert {(entry["annotator"], entry["mean"]) for entry in entries} == {("judge", 7.0)}


def test_entries_survive_another_export_and_certificates_still_hold(run: Path) -> None:
    with ModelServer(lambda *_: Said(GRADE)).serving() as server:
        judge(run, server)
    judged = [file.read_bytes() for file in sorted(run.glob("groups/*.jsonl"))]
    for file in run.glob("groups/*.jsonl"):
        file.unlink()
    run_command("build", "--out", run, "--limit", 3)
    assert [file.read_bytes() for file in sorted(run.glob("groups/*.jsonl"))] == judged != []
    checked = run_command("validate", run, "--certificates", "--workers", 1)
    assert checked.code == 0
    assert "(100.00%)" in checked.out


def test_a_judge_that_is_killed_twice_pays_no_call_twice_and_ends_with_the_same_bytes(
    run: Path, finished: Path
) -> None:
    kills, answered, ending = {4, 9}, [], False

    def script(body: dict[str, Any], _: int) -> Said:
        nonlocal ending
        if not ending and len(answered) in kills:
            kills.remove(len(answered))
            ending = True  # no answer is sent from now on, so none is under way when the process is killed
            time.sleep(0.3)
            process.send_signal(signal.SIGKILL)
        if ending:
            return Said(drop=True)
        answered.append(json.dumps(body))
        return Said(GRADE)

    server = ModelServer(script)
    with server.serving():
        for end in (-signal.SIGKILL, -signal.SIGKILL, 0):
            ending = False
            command = ["annotate", str(run), "--judge", server.spec, "--cache", str(run.parent / "calls")]
            process = subprocess.Popen([sys.executable, "-c", MAIN, *command], stdout=subprocess.DEVNULL)
            assert process.wait(120) == end
    assert len(answered) == len(set(answered)) == len(candidates(run))
    with ModelServer(lambda *_: Said(GRADE)).serving() as other:
        copy = run.parent / "copy"
        subprocess.run(["cp", "-r", str(finished), str(copy)], check=True)
        judge(copy, other, "--cache", run.parent / "other")
    assert [f.read_bytes() for f in sorted(run.glob("groups/*"))] == [
        f.read_bytes() for f in sorted(copy.glob("groups/*"))
    ]


def test_a_failed_judgement_is_missing_counted_and_can_be_tried_again(run: Path) -> None:
    with ModelServer(
        lambda _, number: Said("", finish_reason="content_filter") if number == 0 else Said(GRADE)
    ).serving() as server:
        done = judge(run, server)
    assert done.code == 1
    assert "1 missing" in done.out
    assert "Judgements that failed: 1 refused. They are missing, not zero." in done.err
    judged = [len(candidate["metadata"]["annotations"]) for candidate in candidates(run)]
    assert judged.count(1) == 1


@pytest.mark.parametrize("stage", ["generate", "perturb"])
def test_an_unfinished_run_is_refused_and_nothing_is_paid(tmp_path: Path, stage: str) -> None:
    run = tmp_path / "run"
    build(Config(limit=2, workers=1), run, upto=stage)
    with ModelServer(lambda *_: Said(GRADE)).serving() as server:
        done = judge(run, server)
    assert (done.code, server.calls) == (2, 0)
    assert "is not finished: 2 problems have not been through all stages." in done.err


def test_a_folder_that_is_no_run_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    with ModelServer(lambda *_: Said(GRADE)).serving() as server:
        done = judge(tmp_path / "notes", server)
    assert (done.code, server.calls) == (2, 0)
    assert "is not a run folder" in done.err
