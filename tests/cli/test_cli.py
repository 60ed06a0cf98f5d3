import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
import yaml

from tracelift_groups.config import Config

COMMAND = [sys.executable, "-c", "from tracelift_groups.cli import main; main()"]


def run(*arguments: str, cwd: Path | None = None) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, cwd=cwd, check=False)


def test_a_mistake_is_two_lines_on_stderr_and_exit_code_2(tmp_path: Path) -> None:
    file = tmp_path / "build.yaml"
    file.write_text("seed: 1\nmax_negative: 3\n")
    done = run("build", "--config", str(file), "--out", str(tmp_path / "run"))
    assert done.returncode == 2
    assert done.stderr == (
        f'Error: {file}:2: no configuration key is named "max_negative".\nDid you mean "max_negatives"?\n'
    )
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (["build"], "No run folder is given."),
        (["build", "--splits", "train", "--out", "run"], '"train" is not NAME=SHARE.'),
        (["build", "--workers", "0", "--out", "run"], "workers must be a whole number from 1 up, not 0."),
        (["build", "nowhere:x", "--out", "run"], 'No source named "nowhere".'),
        (["build", "gsm8k:none.jsonl", "--out", "run"], "none.jsonl"),
        (["build", "--kinds", "operator_swop", "--out", "run"], 'No kind named "operator_swop".'),
        (["build", "--rubric", "maths", "--out", "run"], 'No rubric named "maths".'),
        (["build", "--out", "/dev/null/run"], "Can't write to /dev/null/run: Not a directory."),
        (["perturb", "nowhere"], "nowhere is not a run folder: it has no ledger.sqlite."),
        (["redo", "nowhere", "a"], "nowhere is not a run folder"),
        (["init", "nowhere/build.yaml"], "There is no folder nowhere."),
    ],
)
def test_each_mistake_has_its_sentence(tmp_path: Path, arguments: list[str], what: str) -> None:
    done = run(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("Error: ")
    assert what in done.stderr
    assert len(done.stderr.splitlines()) <= 2
    assert done.stdout == ""


def test_init_writes_every_default_and_does_not_overwrite(tmp_path: Path) -> None:
    assert run("init", cwd=tmp_path).returncode == 0
    assert yaml.safe_load((tmp_path / "build.yaml").read_text()) == Config().to_json()
    again = run("init", cwd=tmp_path)
    assert again.returncode == 2
    assert "already exists" in again.stderr


def test_help_imports_nothing_heavy() -> None:
    heavy = (
        "datasets pyarrow polars numpy sympy yaml jsonschema rensa rich openai torch multiprocessing sqlite3".split()
    )
    program = f"""
import sys
from tracelift_groups.cli import app
try:
    app(["build", "--help"])
except SystemExit:
    pass
print([name for name in {heavy} if name in sys.modules], file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr == "[]\n"


def test_a_reader_that_goes_away_is_not_an_error(tmp_path: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [*COMMAND, "init"], stdout=write, stderr=subprocess.PIPE, text=True, cwd=tmp_path, check=False
    )
    os.close(write)
    assert "Traceback" not in done.stderr


def test_ctrl_c_stops_parent_and_workers_in_one_sentence(tmp_path: Path) -> None:
    command = [*COMMAND, "build", "bundled", "--workers", "2", "--out", str(tmp_path / "run")]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True) as process:
        tasks = Path(f"/proc/{process.pid}/task")
        if not (tasks / str(process.pid) / "children").exists():
            pytest.skip("this system doesn't list a process's children")
        # Caught while a worker still imports: Python runs in it, and the worker's own code not yet.
        while not any(_is_starting_worker(child) for child in _children(tasks)):
            assert process.poll() is None
        os.killpg(process.pid, signal.SIGINT)
        assert process.communicate()[1] == "Stopped. Rerun the same command to resume.\n"
        assert process.returncode == 130


def _children(tasks: Path) -> list[str]:
    """Of every thread: a thread of a pool starts a worker."""
    found = []
    for file in tasks.glob("*/children"):
        with suppress(OSError):  # the thread has ended meanwhile
            found += file.read_text().split()
    return found


def _is_starting_worker(process: str) -> bool:
    try:
        command = Path(f"/proc/{process}/cmdline").read_text()
        return "tracelift_groups.workers" in command and "lib-dynload" in Path(f"/proc/{process}/maps").read_text()
    except OSError:
        return False
