import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import pytest
from hub_server import USER, Blob, HubServer
from small_run import built

from tracelift_groups.files.checksums import write_checksums
from tracelift_groups.files.run_folder import RunFolder
from tracelift_groups.report.dataset_card import write_card

NAME = f"{USER}/groups"
COMMAND = [sys.executable, "-c", "from tracelift_groups.cli import main; main()"]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("made") / "run", limit=6)


@pytest.fixture(scope="module")
def published(made: Path) -> Iterator[HubServer]:
    """A Hub on which the run is published."""
    with HubServer() as hub:
        done = command(hub, made.parent, "push", str(made), "--repo", NAME, "--workers", "1")
        assert done.returncode == 0, done.stderr
        yield hub


@pytest.fixture
def hub(published: HubServer) -> Iterator[HubServer]:
    """The same, left as it was."""
    before = deepcopy(published.repos)
    published.held.clear()
    yield published
    published.repos = before


def command(hub: HubServer, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    env = hub.environment(folder / "home")
    return subprocess.run([*COMMAND, *arguments], env=env, cwd=folder, capture_output=True, text=True, timeout=120)


def pull(hub: HubServer, folder: Path, *options: str, name: str = NAME) -> subprocess.CompletedProcess[str]:
    return command(hub, folder, "pull", name, "pulled", "--workers", "1", *options)


def refused(done: subprocess.CompletedProcess[str], folder: Path) -> str:
    """What a refusal says. It has left nothing."""
    assert done.returncode == 2, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert {entry.name for entry in folder.iterdir()} <= {"home"}
    return done.stderr


def changed(hub: HubServer, path: str, content: bytes) -> None:
    files = hub.repos[NAME].commits[-1][1]
    hub.repos[NAME].commit(files | {path: Blob(content, lfs=path.endswith(".parquet"))})


def test_a_pulled_run_is_read_by_every_command_and_continued_by_none(hub: HubServer, tmp_path: Path) -> None:
    assert "6 groups of tester/groups in pulled" in pull(hub, tmp_path).stdout
    shown = command(hub, tmp_path, "stats", "pulled").stdout
    assert "Problems by stage" not in shown
    assert "kept" in shown
    assert "tried" not in shown
    assert "6 groups" in command(hub, tmp_path, "validate", "pulled", "--certificates", "--workers", "1").stdout
    assert "bundled-math-0001" in command(hub, tmp_path, "show", "pulled", "bundled-math-0001").stdout
    assert "no group of a problem" in command(hub, tmp_path, "show", "pulled", "other").stderr
    before = sorted((file.name, file.stat().st_mtime_ns) for file in (tmp_path / "pulled").rglob("*"))
    for arguments in (
        ["build", "bundled", "--out", "pulled"],
        ["build", "bundled", "--out", "pulled", "--fresh"],
        ["redo", "pulled", "bundled-math-0001"],
        ["annotate", "pulled"],
    ):
        done = command(hub, tmp_path, *arguments)
        assert done.returncode == 2
        assert "was pulled, so it is complete and read-only" in done.stderr
    assert sorted((file.name, file.stat().st_mtime_ns) for file in (tmp_path / "pulled").rglob("*")) == before
    again = command(hub, tmp_path, "push", "pulled", "--repo", f"{USER}/copy", "--workers", "1")
    assert again.returncode == 0, again.stderr
    assert hub.files(f"{USER}/copy")["groups/math_train.jsonl"] == hub.files(NAME)["groups/math_train.jsonl"]


def test_an_earlier_commit_can_be_pulled(hub: HubServer, tmp_path: Path) -> None:
    first = hub.repos[NAME].commits[-1][0]
    changed(hub, "rejected.jsonl", b"")
    hub.repos[NAME].commit({})
    assert pull(hub, tmp_path, "--revision", first).returncode == 0
    shutil.rmtree(tmp_path / "pulled")
    assert "has no revision f00" in refused(pull(hub, tmp_path, "--revision", "f00"), tmp_path)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("groups/math_train.jsonl", "is not the file that SHA256SUMS lists"),
        ("SHA256SUMS", "a line that is no checksum"),
        ("README.md", "has no front matter that can be read"),
    ],
)
def test_a_changed_file_is_refused(hub: HubServer, tmp_path: Path, path: str, said: str) -> None:
    changed(hub, path, b"other\n")
    assert said in refused(pull(hub, tmp_path), tmp_path)


def test_a_card_that_leads_elsewhere_is_refused(hub: HubServer, tmp_path: Path) -> None:
    card = hub.files(NAME)["README.md"]
    changed(hub, "README.md", card.replace(b"data/math/train-00000-of-00001", b"data/math/other"))
    assert "doesn't name the data files" in refused(pull(hub, tmp_path), tmp_path)


def resealed(hub: HubServer, folder: Path, path: str, content: bytes) -> None:
    """Change a file on the Hub, and SHA256SUMS and the card with it."""
    files = hub.files(NAME) | {path: content}
    for name, written in files.items():
        file = folder / "sealed" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(written)
    run = RunFolder(folder / "sealed")
    write_checksums(run)
    write_card(run.path)
    for name in (path, "SHA256SUMS", "README.md"):
        changed(hub, name, (run.path / name).read_bytes())
    shutil.rmtree(run.path)


def test_parquet_that_holds_other_groups_is_refused(hub: HubServer, tmp_path: Path) -> None:
    train, other = "data/math/train-00000-of-00001.parquet", "data/more/train-00000-of-00001.parquet"
    whole = hub.files(NAME)[train]
    resealed(hub, tmp_path, train, b"PAR1 and nothing else")
    assert "don't hold the groups" in refused(pull(hub, tmp_path), tmp_path)
    resealed(hub, tmp_path, train, whole)
    resealed(hub, tmp_path, other, whole)
    assert "holds groups that are not in" in refused(pull(hub, tmp_path), tmp_path)


def test_files_that_a_run_does_not_have_are_not_fetched(hub: HubServer, tmp_path: Path) -> None:
    changed(hub, "groups/.hidden/evil.py", b"")
    changed(hub, "data/../../evil.parquet", b"")
    assert pull(hub, tmp_path).returncode == 0
    assert not [file for file in tmp_path.rglob("*evil*") if "home" not in file.parts]


def test_a_killed_pull_leaves_no_run_and_the_next_one_completes(hub: HubServer, tmp_path: Path) -> None:
    hub.hold("GET", "/resolve/")
    arguments = ["pull", NAME, "pulled", "--workers", "1"]
    env = hub.environment(tmp_path / "home")
    first = subprocess.Popen([*COMMAND, *arguments], env=env, cwd=tmp_path, stderr=subprocess.DEVNULL)
    with first:
        assert hub.held.wait(60)
        first.kill()
    assert not (tmp_path / "pulled").exists()
    assert pull(hub, tmp_path).returncode == 0
    assert [entry.name for entry in tmp_path.iterdir() if "part" in entry.name] == []


def test_what_can_not_be_pulled_is_said(hub: HubServer, tmp_path: Path) -> None:
    hub.repos[f"{USER}/empty"] = type(hub.repos[NAME])(private=False)
    hub.repos[f"{USER}/empty"].commit({"data.csv": Blob(b"a", lfs=False)})
    assert "has no data set tester/none" in refused(pull(hub, tmp_path, name=f"{USER}/none"), tmp_path)
    assert "`push` didn't write it" in refused(pull(hub, tmp_path, name=f"{USER}/empty"), tmp_path)
    (tmp_path / "pulled").mkdir()
    done = pull(hub, tmp_path)
    assert done.returncode == 2
    assert "pulled is there already" in done.stderr
    assert os.listdir(tmp_path / "pulled") == []  # noqa: PTH208  # the names alone
