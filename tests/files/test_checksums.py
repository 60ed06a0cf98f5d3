import shutil
import subprocess
from pathlib import Path

import pytest

from tracelift_groups.errors import RunError
from tracelift_groups.files.checksums import covered, verify_checksums, write_checksums
from tracelift_groups.files.run_folder import RunFolder


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    folder = RunFolder(tmp_path / "run")
    for name in ("data/math/dev-0.parquet", "groups/math_dev.jsonl", "rejected.jsonl", "build.yaml", "README.md"):
        file = folder.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name)
    write_checksums(folder)
    return folder


def test_the_data_of_a_run_is_covered_and_its_pages_are_not(folder: RunFolder) -> None:
    assert covered(folder) == ["build.yaml", "data/math/dev-0.parquet", "groups/math_dev.jsonl", "rejected.jsonl"]
    verify_checksums(folder)


@pytest.mark.skipif(not shutil.which("sha256sum"), reason="there is no sha256sum here")
def test_sha256sum_reads_the_file(folder: RunFolder) -> None:
    done = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=folder.path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count(": OK") == 4


def test_a_changed_file_is_named(folder: RunFolder) -> None:
    folder.rejected.write_text("other")
    with pytest.raises(RunError, match=r"rejected\.jsonl is not the file that SHA256SUMS lists"):
        verify_checksums(folder)


def test_a_missing_file_is_named(folder: RunFolder) -> None:
    folder.rejected.unlink()
    with pytest.raises(RunError, match=r"lacks rejected\.jsonl"):
        verify_checksums(folder)


def test_a_file_that_was_added_is_named(folder: RunFolder) -> None:
    (folder.groups / "math_rl.jsonl").write_text("")
    with pytest.raises(RunError, match=r"math_rl\.jsonl is not listed"):
        verify_checksums(folder)


def test_a_run_without_checksums_and_a_broken_line_are_refused(folder: RunFolder) -> None:
    folder.checksums.write_text("abc  build.yaml\n")
    with pytest.raises(RunError, match="a line that is no checksum"):
        verify_checksums(folder)
    folder.checksums.unlink()
    with pytest.raises(RunError, match="has no SHA256SUMS"):
        verify_checksums(folder)
