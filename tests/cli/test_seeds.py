"""`seeds list | import | check` at the command line."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tracelift_groups.registry import SOURCES

MAIN = "import sys; from tracelift_groups.cli import main; main()"
GOOD = {"question": "What is 48 / 2 plus 48?", "answer": "48/2 = <<48/2=24>>24\n48+24 = <<48+24=72>>72\n#### 72"}


def run(*arguments: str, at: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", "-c", MAIN, "seeds", *arguments]
    return subprocess.run(command, cwd=at, capture_output=True, text=True, check=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "good.jsonl").write_text(json.dumps(GOOD) + "\n")
    (tmp_path / "mixed.jsonl").write_text(json.dumps(GOOD) + "\n" + "{}\n" * 8)
    (tmp_path / "bad.jsonl").write_text("{}\n")
    return tmp_path


def test_list_names_every_source_and_counts_the_bundled_problems(tmp_path: Path) -> None:
    told = json.loads(run("list", "--json", at=tmp_path).stdout)
    assert [source["name"] for source in told["sources"]] == SOURCES.names()
    bundled = told["bundled"]
    assert bundled["seeds"] == sum(bundled["topic"].values()) == sum(bundled["difficulty"].values()) >= 60
    assert told["bundled:code"]["seeds"] >= 40
    text = run("list", at=tmp_path).stdout
    assert all(source["form"] in text and source["phrase"] in text for source in told["sources"])


def test_check_exits_with_one_when_anything_is_rejected(folder: Path) -> None:
    good, mixed = run("check", "gsm8k:good.jsonl", at=folder), run("check", "gsm8k:mixed.jsonl", at=folder)
    assert (good.returncode, good.stdout, good.stderr) == (0, "seeds: 1, rejected: 0\n", "")
    assert (mixed.returncode, mixed.stderr) == (1, "")
    lines = mixed.stdout.splitlines()
    assert lines[:2] == ["seeds: 1, rejected: 8", "    missing-field: 8"]
    assert lines[2].startswith("mixed-000001 (mixed.jsonl:2): ")
    assert lines[-1].startswith("… and 3 more")


def test_check_tells_everything_as_json(folder: Path) -> None:
    done = run("check", "gsm8k:mixed.jsonl", "--json", at=folder)
    told = json.loads(done.stdout)
    assert (done.returncode, told["seeds"], told["rejected"], len(told["drops"])) == (1, 1, 8, 8)


def test_import_writes_what_it_can_and_says_where_the_rest_is(folder: Path) -> None:
    done = run("import", "gsm8k:mixed.jsonl", "--out", "out.jsonl", at=folder)
    assert done.returncode == 0
    assert done.stdout == "seeds: 1, written to out.jsonl\nrejected: 8, listed in out.rejected.jsonl\n"
    assert done.stderr.splitlines()[-1] == "… and 3 more; see out.rejected.jsonl"
    assert len((folder / "out.jsonl").read_text().splitlines()) == 1


def test_import_without_a_single_seed_exits_with_one(folder: Path) -> None:
    done = run("import", "gsm8k:bad.jsonl", "--out", "out.jsonl", "--json", at=folder)
    told = json.loads(done.stdout)
    assert (done.returncode, told["out"], told["rejected_file"]) == (1, None, "out.rejected.jsonl")
    assert not (folder / "out.jsonl").exists()


def test_a_mistake_is_two_lines_without_a_traceback(folder: Path) -> None:
    for arguments in (("check", "gsm8k:no.jsonl"), ("check", "gsm8:good.jsonl"), ("check", "file:good.jsonl?anser=x")):
        done = run(*arguments, at=folder)
        assert (done.returncode, done.stdout) == (2, "")
        assert len(done.stderr.splitlines()) == 2
        assert "Traceback" not in done.stderr
