"""Runs that hold code groups: both domains in one folder, the same bytes whatever happened on the way."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tracelift_groups.config import Config
from tracelift_groups.files.group_files import read_groups
from tracelift_groups.files.run_folder import RunFolder
from tracelift_groups.pipeline.build import build
from tracelift_groups.report.lookup import find_group
from tracelift_groups.validation.files import ValidationLimits, validate_paths

SEEDS = ("bundled", "bundled:code")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("runs") / "run"
    build(Config(seeds=SEEDS, limit=5, workers=1), path)
    return path


def bytes_of(run: Path) -> dict[str, bytes]:
    files = [*run.glob("groups/*"), *run.glob("data/*/*"), run / "rejected.jsonl"]
    return {str(path.relative_to(run)): path.read_bytes() for path in files}


def test_one_run_holds_the_groups_of_both_domains(run: Path) -> None:
    domains = {path.name.partition("_")[0] for path in run.glob("groups/*.jsonl")}
    assert domains == {"math", "code"}
    import datasets

    rows = datasets.load_dataset(str(run), "code", cache_dir=str(run.parent / "cache"))
    assert sum(part.num_rows for part in rows.values()) >= 3


def test_every_certificate_of_a_code_group_holds_from_the_file_alone(run: Path) -> None:
    found = validate_paths(sorted((run / "groups").glob("code_*")), ValidationLimits(certificates=True))
    assert found.recomputed == found.held > 10


def test_a_code_group_holds_its_program_its_tests_and_only_the_samples_for_a_reward_model(run: Path) -> None:
    groups = [g for path in RunFolder(run).group_files() for g in read_groups(path) if g.domain == "code"]
    for group in groups:
        tags = {test["assertion"]: test["tag"] for test in group.metadata["tests"] if "assertion" in test}
        shown = group.tests_or_constraints.splitlines()
        assert all(tags[line] == "sample" for line in shown if line in tags)
        assert group.metadata["entry_point"] in group.reference_solution or not tags
    assert find_group(run, groups[0].problem_id) == groups[0]


def test_two_workers_and_a_kill_on_the_way_give_the_same_bytes(run: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    command = [
        sys.executable,
        "-c",
        "from tracelift_groups.cli import main; main()",
        "build",
        *SEEDS,
        "--limit",
        "5",
        "--workers",
        "2",
    ]
    process = subprocess.Popen([*command, "--out", str(other)], stderr=subprocess.DEVNULL, start_new_session=True)
    while process.poll() is None and not (other / "ledger.sqlite").exists():
        time.sleep(0.02)
    time.sleep(0.7)
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    build(Config(seeds=SEEDS, limit=5, workers=2), other)
    assert bytes_of(other) == bytes_of(run)
