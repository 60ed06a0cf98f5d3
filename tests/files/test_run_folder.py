import subprocess
import sys
from pathlib import Path

import pytest

from tracelift_groups.errors import RunError
from tracelift_groups.files.run_folder import RunFolder

HOLD = """
import sys
from pathlib import Path
from tracelift_groups.files.run_folder import RunFolder
with RunFolder(Path(sys.argv[1])).locked():
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_process_is_refused_in_words_until_the_first_is_killed(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    first = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with first:
        assert first.stdout is not None
        assert first.stdout.readline() == "held\n"
        with pytest.raises(RunError, match="Another process is writing to"), folder.locked():
            pass
        first.kill()
        first.wait()
        with folder.locked():
            pass


def test_the_lock_is_free_again_after_the_block(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    with folder.locked(), pytest.raises(RunError, match="Another process"), folder.locked():
        pass
    with folder.locked():
        pass


def test_a_folder_with_other_things_is_not_taken(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").touch()
    with pytest.raises(RunError, match="not empty and not a run folder"):
        RunFolder(tmp_path).prepare()


def test_a_folder_below_a_file_can_not_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path in (tmp_path / "file", tmp_path / "file" / "run"):
        with pytest.raises(RunError, match=f"Can't write to {path}"):
            RunFolder(path).prepare()


def test_clearing_removes_only_what_the_library_writes(tmp_path: Path) -> None:
    ours = ["ledger.sqlite", "rejected.jsonl", "README.md", "groups/math_train.jsonl", "groups/.math_dev.jsonl.part"]
    ours += ["data/math/train-00000-of-00001.parquet", "build.yaml", "report.html"]
    theirs = ["notes.txt", "groups/mine.txt"]
    for name in ours + theirs:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    RunFolder(tmp_path).clear()
    assert sorted(str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*") if p.is_file()) == sorted(theirs)
    assert not (tmp_path / "data").exists()


def test_a_folder_without_ledger_is_not_a_run(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="it has no ledger"):
        RunFolder(tmp_path).require()


def test_a_run_without_its_ledger_can_be_read_and_not_continued(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    for file in (folder.config, folder.checksums):
        file.touch()
    folder.require()
    for write in (folder.require_ledger, folder.prepare):
        with pytest.raises(RunError, match="was pulled, so it is complete and read-only"):
            write()
