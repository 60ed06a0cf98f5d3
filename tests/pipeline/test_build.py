import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import fake_stages
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracelift_groups.config import Config, read_config
from tracelift_groups.errors import RunError, UnknownNameError
from tracelift_groups.pipeline import build as engine
from tracelift_groups.pipeline.build import Summary, build, dry_run, recorded_config, redo, resume
from tracelift_groups.pipeline.ledger import Ledger, LedgerRow
from tracelift_groups.records.stage import STAGES

LOAD = """
import json, sys
import datasets
print(json.dumps({name: list(split) for name, split in datasets.load_dataset(sys.argv[1], "math").items()}))
"""
COUNT = 66
WAIT_SECONDS = 60


@pytest.fixture(scope="module")
def spec(tmp_path_factory: pytest.TempPathFactory) -> str:
    return fake_stages.write_seeds(tmp_path_factory.mktemp("seeds") / "seeds.jsonl", fake_stages.many(COUNT))


@pytest.fixture(scope="module")
def undisturbed(spec: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What a run that nothing ever stopped exports."""
    out = tmp_path_factory.mktemp("undisturbed") / "run"
    make(out, spec)
    return fake_stages.exported(out)


def make(out: Path, *specs: str, workers: int = 1, **more: bool) -> Summary:
    return build(Config(seeds=specs, workers=workers), out, pipeline=fake_stages.PIPELINE, **more)  # type: ignore[arg-type]  # flags


@contextmanager
def started(spec: str, out: Path, workers: int) -> Iterator["subprocess.Popen[str]"]:
    """A build in a process of its own, that is ready to work."""
    command = [sys.executable, fake_stages.__file__, spec, str(out), str(workers)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "started\n"
        yield process


def test_two_workers_give_the_same_bytes_as_one(spec: str, undisturbed: dict[str, bytes], tmp_path: Path) -> None:
    summary = make(tmp_path, spec, workers=2)
    assert fake_stages.exported(tmp_path) == undisturbed
    assert summary.worked_on == COUNT
    assert summary.group_count == sum(
        content.count(b"\n") for name, content in undisturbed.items() if name.startswith("groups")
    )


@pytest.mark.parametrize("workers", [1, 2])
def test_a_run_killed_again_and_again_ends_in_the_same_bytes(
    spec: str, undisturbed: dict[str, bytes], tmp_path: Path, workers: int
) -> None:
    for batches in (0, 1, 2):
        with started(spec, tmp_path, workers) as process:
            assert process.stdout is not None
            for _ in range(batches):
                assert process.stdout.readline()
            process.kill()
    with closing(Ledger(tmp_path / "ledger.sqlite")) as ledger:
        assert ledger.states()
    make(tmp_path, spec, workers=workers)
    assert fake_stages.exported(tmp_path) == undisturbed


def endless_after_a_batch(path: Path) -> str:
    """Seeds of which one task of a build ends and the other never does."""
    problems = {f"{i:02d}": "Add." for i in range(16)} | {"endless": "endless"}
    return fake_stages.write_seeds(path / "endless.jsonl", problems)


def test_workers_die_with_their_parent(tmp_path: Path) -> None:
    with started(endless_after_a_batch(tmp_path), tmp_path / "run", 2) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "16\n"
        process.kill()
        # The workers hold the other end of the pipe for errors too: it ends when the last of them is gone.
        assert process.communicate(timeout=WAIT_SECONDS) == ("", "")


def test_a_second_process_on_one_run_is_refused(spec: str, tmp_path: Path) -> None:
    with started(endless_after_a_batch(tmp_path), tmp_path / "run", 1) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "16\n"
        with pytest.raises(RunError, match="Another process is writing to"):
            make(tmp_path / "run", spec)
        process.kill()


@settings(max_examples=15, deadline=None)
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(STAGES[1:]), st.integers(0, 12), st.integers(1, 5), st.booleans()), max_size=5
    )
)
def test_any_interleaving_of_stops_stages_and_sizes_ends_in_the_same_bytes(
    steps: list[tuple[str, int, int, bool]],
    spec: str,
    undisturbed: dict[str, bytes],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    out = tmp_path_factory.mktemp("resume") / "run"

    class StopError(Exception):
        pass

    with pytest.MonkeyPatch.context() as patch:
        for upto, batches, size, from_ledger in steps:
            left = iter(range(batches))

            def stop(_: Mapping[str, int], left: Iterator[int] = left) -> None:
                if next(left, None) is None:
                    raise StopError

            patch.setattr(engine, "_ITEMS_A_TASK", size)
            try:
                if from_ledger and out.exists():
                    resume(out, upto=upto, pipeline=fake_stages.PIPELINE, workers=1, progress=stop)
                else:
                    config = Config(seeds=(spec,), workers=1)
                    build(config, out, upto=upto, pipeline=fake_stages.PIPELINE, progress=stop)
            except StopError:
                pass
    make(out, spec)
    assert fake_stages.exported(out) == undisturbed


def test_more_seeds_extend_a_run_to_what_one_build_of_all_gives(
    spec: str, undisturbed: dict[str, bytes], tmp_path: Path
) -> None:
    problems = list(fake_stages.many(COUNT).items())
    half = fake_stages.write_seeds(tmp_path / "half.jsonl", dict(problems[::2]))
    make(tmp_path / "run", half)
    summary = make(tmp_path / "run", spec)
    assert summary.worked_on == COUNT // 2
    assert fake_stages.exported(tmp_path / "run") == undisturbed
    assert recorded_config(tmp_path / "run").seeds == (half, spec)


def test_stage_by_stage_gives_what_a_build_gives(spec: str, undisturbed: dict[str, bytes], tmp_path: Path) -> None:
    build(Config(seeds=(spec,), workers=1), tmp_path, upto="generate", pipeline=fake_stages.PIPELINE)
    for stage in ("perturb", "annotate", "validate"):
        summary = resume(tmp_path, upto=stage, workers=1, pipeline=fake_stages.PIPELINE)
        assert summary.stages[stage]["done"] > 0
    assert fake_stages.exported(tmp_path) == undisturbed


def test_redo_makes_the_named_items_again_and_changes_nothing_else(
    spec: str, undisturbed: dict[str, bytes], tmp_path: Path
) -> None:
    make(tmp_path, spec)
    with closing(Ledger(tmp_path / "ledger.sqlite")) as ledger:
        ledger.write([(ledger_row("item-0001", b'{"positives":[]}'),)])
        ledger.write([(ledger_row("item-0002", b'{"positives":[]}'),)])
    summary = redo(tmp_path, ["item-0001", "item-0002", "item-0000"], workers=1, pipeline=fake_stages.PIPELINE)
    assert summary.worked_on == 3
    assert fake_stages.exported(tmp_path) == undisturbed


def ledger_row(name: str, payload: bytes) -> LedgerRow:
    return LedgerRow(name, "generate", "done", payload)


def test_failed_items_are_left_until_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCRIPTED_MENDED", str(tmp_path / "mended"))
    spec = fake_stages.write_seeds(tmp_path / "seeds.jsonl", {"a": "Add.", "b": "broken"})
    assert make(tmp_path / "run", spec).count("failed") == 1
    (tmp_path / "mended").touch()
    assert make(tmp_path / "run", spec).worked_on == 0
    summary = make(tmp_path / "run", spec, retry_failed=True)
    assert (summary.worked_on, summary.count("failed"), summary.group_count) == (1, 0, 2)
    make(tmp_path / "whole", spec)
    assert fake_stages.exported(tmp_path / "run") == fake_stages.exported(tmp_path / "whole")


def test_fresh_starts_over_with_another_configuration(spec: str, tmp_path: Path) -> None:
    make(tmp_path / "run", fake_stages.write_seeds(tmp_path / "one.jsonl", {"old": "Add."}))
    (tmp_path / "run" / "notes.txt").touch()
    config = Config(seeds=(spec,), workers=1, max_negatives=4)
    with pytest.raises(RunError, match="max_negatives: 6 → 4"):
        build(config, tmp_path / "run", pipeline=fake_stages.PIPELINE)
    build(config, tmp_path / "run", fresh=True, pipeline=fake_stages.PIPELINE)
    build(config, tmp_path / "other", pipeline=fake_stages.PIPELINE)
    assert fake_stages.exported(tmp_path / "run") == fake_stages.exported(tmp_path / "other")
    assert (tmp_path / "run" / "notes.txt").exists()


def test_fresh_does_not_touch_a_folder_that_is_not_a_run(spec: str, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("mine")
    with pytest.raises(RunError, match="not empty and not a run folder"):
        make(tmp_path, spec, fresh=True)
    assert [file.name for file in tmp_path.iterdir()] == ["README.md"]


def test_fresh_replaces_a_damaged_ledger(spec: str, tmp_path: Path) -> None:
    (tmp_path / "ledger.sqlite").write_bytes(b"no database" * 1000)
    with pytest.raises(RunError, match="is damaged"):
        make(tmp_path, spec)
    assert make(tmp_path, spec, fresh=True).group_count > 0


def test_load_dataset_opens_a_run_folder_by_its_domain(tmp_path: Path) -> None:
    summary = build(Config(limit=12, workers=1), tmp_path / "run")
    environment = os.environ | {"HF_HOME": str(tmp_path / "cache"), "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", LOAD, str(tmp_path / "run")], env=environment, capture_output=True, check=True
    )
    loaded = orjson.loads(done.stdout)
    assert {name: len(rows) for name, rows in loaded.items()} == {
        name: count for name, count in summary.groups["math"].items() if count
    }
    for name, rows in loaded.items():
        lines = (tmp_path / "run" / "groups" / f"math_{name}.jsonl").read_bytes().splitlines()
        for row, line in zip(rows, lines, strict=True):
            group = orjson.loads(line)
            assert orjson.loads(row["metadata"]) == group["metadata"]
            for mine, theirs in zip(row["negative_bank"], group["negative_bank"], strict=True):
                assert {name: orjson.loads(text) for name, text in mine["metadata"].items()} == theirs["metadata"]
                assert mine["rubric"] == theirs["rubric"]


def test_a_dry_run_takes_three_problems_through_and_writes_nothing(
    spec: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    items = dry_run(Config(seeds=(spec,)), pipeline=fake_stages.PIPELINE)
    assert [(rows[0].item, rows[-1].stage) for rows in items] == [
        ("item-0000", "seed"),
        ("item-0001", "validate"),
        ("item-0002", "validate"),
    ]
    assert list(tmp_path.iterdir()) == []


def test_the_run_folder_says_what_it_was_built_with(spec: str, tmp_path: Path) -> None:
    make(tmp_path, spec)
    text = (tmp_path / "build.yaml").read_text()
    assert text.startswith("format_version: 1\ntool_version: ")
    assert Config(**read_config(tmp_path / "build.yaml")) == Config(seeds=(spec,), workers=1)


def test_an_unknown_kind_is_refused_before_anything_is_done(spec: str, tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="operator_swop"):
        build(Config(seeds=(spec,), kinds=("operator_swop",)), tmp_path / "run", pipeline=fake_stages.PIPELINE)


def test_a_run_that_was_not_made_here_can_not_be_resumed(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="is not a run folder"):
        resume(tmp_path, upto="perturb", pipeline=fake_stages.PIPELINE)


def test_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    problems = {f"item-{i:04d}": f"Problem {i}: add. " + "x" * 5000 for i in range(200)}
    spec = fake_stages.write_seeds(tmp_path / "seeds.jsonl", problems)
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("a small file system can't be mounted here")
    try:
        with pytest.raises(RunError, match="full") as caught:
            make(disk / "run", spec)
        assert "rerun the same command" in caught.value.todo
        with closing(Ledger(disk / "run" / "ledger.sqlite")) as ledger:
            kept = len(ledger.states())
        assert kept > 0
        subprocess.run(["mount", "-o", "remount,size=200m", str(disk)], check=True)
        summary = make(disk / "run", spec)
        assert summary.worked_on == 200 - kept
        make(tmp_path / "run", spec)
        assert fake_stages.exported(disk / "run") == fake_stages.exported(tmp_path / "run")
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_the_summary_is_plain_json(spec: str, tmp_path: Path) -> None:
    row = orjson.loads(orjson.dumps(make(tmp_path, spec).to_json()))
    assert row["stages"]["seed"] == {"done": 62, "rejected": 4}
    assert row["groups"]["math"].keys() == {"train", "dev", "test", "rl"}


_SCRIPT = """
import sys
from pathlib import Path
from tracelift_groups import Config, Draft, build, kind

if sys.argv[2:]:
    @kind("own", breaks="step_coherence", answer="either", checker="missing_support", needs="two steps")
    def own(reference, rng):
        yield Draft(0, ((0, len(reference.parsed.steps[0]), ""),))

print(build(Config(limit=4, workers=2), Path(sys.argv[1])).group_count)
"""


def test_a_script_builds_with_workers_without_a_main_guard(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(_SCRIPT, encoding="utf-8")
    command = [sys.executable, str(script), str(tmp_path / "run")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=WAIT_SECONDS)
    assert done.stdout == "4\n", done.stderr


def test_a_kind_that_workers_would_not_find_is_refused(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(_SCRIPT, encoding="utf-8")
    command = [sys.executable, str(script), str(tmp_path / "run"), "own"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=WAIT_SECONDS)
    assert done.returncode == 1
    assert '"own" is defined in the script that runs' in done.stderr
