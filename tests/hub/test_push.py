import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hub_server import TOKEN, USER, HubServer
from small_run import built

NAME = f"{USER}/groups"
COMMAND = [sys.executable, "-c", "from tracelift_groups.cli import main; main()"]
LOAD = """
import json, sys
import datasets
loaded = datasets.load_dataset(sys.argv[1], "math")
print(json.dumps({split: list(rows) for split, rows in loaded.items()}))
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("made") / "run")


@pytest.fixture
def run(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "run"))


@pytest.fixture
def hub() -> Iterator[HubServer]:
    with HubServer() as hub:
        yield hub


def command(hub: HubServer, home: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command with the real client against the local server."""
    env = hub.environment(home) | environment
    arguments += ("--workers", "1") if arguments[0] in ("push", "pull") else ()
    return subprocess.run([*COMMAND, *arguments], env=env, capture_output=True, text=True, timeout=120)


def report(done: subprocess.CompletedProcess[str]) -> Any:
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def refused(done: subprocess.CompletedProcess[str], hub: HubServer) -> str:
    """What a refusal says. Nothing has been made on the Hub."""
    assert done.returncode == 2, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert hub.repos == {}
    return done.stderr


def data_files(run: Path) -> dict[str, bytes]:
    kept = ("data", "groups", "rejected.jsonl", "build.yaml", "README.md", "SHA256SUMS")
    files = [file for file in run.rglob("*") if file.is_file()]
    return {str(file.relative_to(run)): file.read_bytes() for file in files if file.relative_to(run).parts[0] in kept}


def test_what_is_pushed_is_pulled_and_loaded_byte_for_byte(run: Path, hub: HubServer, tmp_path: Path) -> None:
    pushed = report(command(hub, tmp_path / "home", "push", str(run), "--repo", NAME, "--private", "--json"))
    assert pushed["changed"]
    assert hub.repos[NAME].private
    assert len(hub.repos[NAME].commits) == 2, "the empty repository, and one commit"
    assert not [name for name in hub.files(NAME) if "ledger" in name or name.startswith(".lock")]

    pulled = report(command(hub, tmp_path / "home", "pull", NAME, str(tmp_path / "pulled"), "--json"))
    assert pulled["commit"] == pushed["commit"]
    assert pulled["groups"] == pushed["groups"] == 12
    assert data_files(tmp_path / "pulled") == data_files(run)
    assert sorted(entry.name for entry in (tmp_path / "pulled").iterdir()) == [
        *("README.md", "SHA256SUMS", "build.yaml", "data", "groups", "rejected.jsonl"),
    ]

    script = [sys.executable, "-c", LOAD]
    env = hub.environment(tmp_path / "home")
    loaded = [
        json.loads(subprocess.run([*script, name], env=env, capture_output=True, text=True, check=True).stdout)
        for name in (NAME, str(run))
    ]
    assert loaded[0] == loaded[1]
    assert sum(map(len, loaded[0].values())) == 12


def test_the_same_content_again_makes_no_commit(run: Path, hub: HubServer, tmp_path: Path) -> None:
    first = command(hub, tmp_path / "home", "push", str(run), "--repo", NAME)
    assert f"published at {hub.url}/datasets/{NAME}" in first.stdout, first.stderr
    again = command(hub, tmp_path / "home", "push", str(run), "--repo", NAME)
    assert "has them already; nothing was sent" in again.stdout, again.stderr
    assert len(hub.repos[NAME].commits) == 2


@pytest.mark.parametrize("at", [("PUT", "/large/"), ("POST", "/commit/")])
def test_a_push_that_is_killed_publishes_nothing_and_the_next_one_completes(
    run: Path, hub: HubServer, tmp_path: Path, at: tuple[str, str]
) -> None:
    hub.hold(*at)
    env = hub.environment(tmp_path / "home")
    first = subprocess.Popen(
        [*COMMAND, "push", str(run), "--repo", NAME], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    with first:
        assert hub.held.wait(60)
        first.kill()
    assert list(hub.files(NAME)) == [".gitattributes"]
    sent, requests = set(hub.large), len(hub.requests)
    second = report(command(hub, tmp_path / "home", "push", str(run), "--repo", NAME, "--json"))
    assert second["changed"]
    assert len(hub.repos[NAME].commits) == 2
    assert {name: content for name, content in hub.files(NAME).items() if name in data_files(run)} == data_files(run)
    again = {path.rpartition("/")[2] for method, path in hub.requests[requests:] if method == "PUT"}
    assert not again & sent, "what was sent is not sent again"
    assert len(hub.large) == sum(name.endswith(".parquet") for name in hub.files(NAME))


def test_files_of_an_earlier_push_go_and_other_peoples_stay(run: Path, hub: HubServer, tmp_path: Path) -> None:
    report(command(hub, tmp_path / "home", "push", str(run), "--repo", NAME, "--json"))
    files = hub.repos[NAME].commits[-1][1]
    some = next(iter(files.values()))
    hub.repos[NAME].commit(files | {"groups/math_old.jsonl": some, "notes.md": some})
    report(command(hub, tmp_path / "home", "push", str(run), "--repo", NAME, "--json"))
    assert "notes.md" in hub.files(NAME)
    assert "groups/math_old.jsonl" not in hub.files(NAME)


def test_a_dry_run_checks_and_asks_the_hub_nothing(run: Path, hub: HubServer, tmp_path: Path) -> None:
    done = command(hub, tmp_path / "home", "push", str(run), "--repo", NAME, "--dry-run", HF_TOKEN="")
    assert "ready for tester/groups. Nothing was sent." in done.stdout, done.stderr
    assert hub.requests == []


def test_what_is_wrong_with_name_token_or_connection_is_said(run: Path, hub: HubServer, tmp_path: Path) -> None:
    push = ("push", str(run), "--repo")
    assert '"groups" is not the name of a data set. Write OWNER/NAME.' in " ".join(
        refused(command(hub, tmp_path, *push, "groups"), hub).split()
    )
    assert "There is no token of the Hub." in refused(command(hub, tmp_path, *push, NAME, HF_TOKEN=""), hub)
    assert "The Hub refuses the token." in refused(command(hub, tmp_path, *push, NAME, HF_TOKEN="hf_other"), hub)
    assert "HF_HUB_OFFLINE is set" in refused(command(hub, tmp_path, *push, NAME, HF_HUB_OFFLINE="1"), hub)
    gone = command(hub, tmp_path, *push, NAME, HF_ENDPOINT="http://127.0.0.1:9")
    assert "The Hub can't be reached" in refused(gone, hub)
    assert "You don't have the rights" in refused(command(hub, tmp_path, *push, "other/groups"), hub)


def test_a_private_push_never_goes_into_a_public_repository(run: Path, hub: HubServer, tmp_path: Path) -> None:
    report(command(hub, tmp_path / "home", "push", str(run), "--repo", NAME, "--json"))
    done = command(hub, tmp_path / "home", "push", str(run), "--repo", NAME, "--private")
    assert done.returncode == 2
    assert "is there and public" in done.stderr


def test_a_forged_certificate_is_not_published(run: Path, hub: HubServer, tmp_path: Path) -> None:
    """Checksums and Parquet are those of the forged rows, so only recomputing can find it."""
    code = """
import sys
from pathlib import Path
import orjson
from tracelift_groups.files.checksums import write_checksums
from tracelift_groups.files.run_folder import RunFolder
from tracelift_groups.pipeline.parquet import ParquetFile, features
from tracelift_groups.records.rubric import load_rubric
run = Path(sys.argv[1])
jsonl, parquet = run / "groups/math_dev.jsonl", next((run / "data/math").glob("dev-*"))
rows = [orjson.loads(line) for line in jsonl.read_bytes().splitlines()]
rows[0]["negative_bank"][0]["metadata"]["certificate"]["found"] = "1"
jsonl.write_bytes(b"".join(orjson.dumps(row) + b"\\n" for row in rows))
with ParquetFile(parquet, features(load_rubric("math").names)) as file:
    for row in rows:
        file.add(row)
write_checksums(RunFolder(run))
"""
    subprocess.run([sys.executable, "-c", code, str(run)], check=True)
    assert "breaks 1 rules; the first: TG090" in refused(command(hub, tmp_path, "push", str(run), "--repo", NAME), hub)


def test_a_changed_file_and_an_unfinished_run_are_not_published(run: Path, hub: HubServer, tmp_path: Path) -> None:
    push = ("push", str(run), "--repo", NAME)
    with (run / "rejected.jsonl").open("a") as file:
        file.write("\n")
    assert "is not the file that SHA256SUMS lists" in refused(command(hub, tmp_path, *push), hub)
    assert command(hub, tmp_path, "generate", "bundled", "--limit", "14", "--out", str(run)).returncode == 0
    assert "is not finished" in refused(command(hub, tmp_path, *push), hub)
    assert "is not a run folder" in refused(command(hub, tmp_path, "push", str(tmp_path), "--repo", NAME), hub)


def test_an_unknown_licence_must_be_named_and_stands_in_the_card(hub: HubServer, tmp_path: Path) -> None:
    rows = [json.loads(line) for line in _bundled()][:3]
    own = [{"problem": row["problem"], "answer": row["answer"], "solution": row["solution"]} for row in rows]
    (tmp_path / "mine.jsonl").write_text("".join(json.dumps(row) + "\n" for row in own))
    run = tmp_path / "run"
    build = ("build", f"file:{tmp_path / 'mine.jsonl'}", "--out", str(run), "--workers", "1")
    assert command(hub, tmp_path, *build).returncode == 0
    push = ("push", str(run), "--repo", NAME)
    assert "The licence of mine is unknown." in refused(command(hub, tmp_path, *push), hub)
    assert "is not an SPDX identifier" in refused(command(hub, tmp_path, *push, "--license", "a b"), hub)
    done = command(hub, tmp_path, *push, "--license", "CC-BY-4.0")
    assert done.returncode == 0, done.stderr
    assert b"license: cc-by-4.0\n" in hub.files(NAME)["README.md"]


def _bundled() -> list[str]:
    from importlib.resources import files

    return (files("tracelift_groups.seeds") / "math.jsonl").read_text("utf-8").splitlines()


def test_a_key_in_a_problem_is_not_published(made: Path, hub: HubServer, tmp_path: Path) -> None:
    run = Path(shutil.copytree(made, tmp_path / "run"))
    card = run / "README.md"
    card.write_text(card.read_text("utf-8") + "\nhf_" + "a" * 34 + "\n", "utf-8")
    said = refused(command(hub, tmp_path, "push", str(run), "--repo", NAME), hub)
    assert "README.md" in said
    assert "holds what looks like a key; nothing was published" in said
    assert "a" * 34 not in said


def test_a_build_yaml_names_no_home_folder(hub: HubServer, tmp_path: Path) -> None:
    home = tmp_path / "home" / "ada"
    home.mkdir(parents=True)
    (home / "mine.jsonl").write_text("".join(line + "\n" for line in _bundled()[:2]))
    run = tmp_path / "run"
    done = command(
        hub, tmp_path, "build", f"file:{home}/mine.jsonl", "--out", str(run), "--workers", "1", HOME=str(home)
    )
    assert done.returncode == 0, done.stderr
    assert "file:~/mine.jsonl" in (run / "build.yaml").read_text("utf-8")
    again = command(hub, tmp_path, "build", "--config", str(run / "build.yaml"), "--out", str(run), HOME=str(home))
    assert again.returncode == 0, again.stderr
    assert command(hub, tmp_path, "push", str(run), "--repo", NAME, HOME=str(home)).returncode == 0


def test_the_token_is_written_nowhere(run: Path, hub: HubServer, tmp_path: Path) -> None:
    done = command(hub, tmp_path / "home", "push", str(run), "--repo", NAME)
    assert TOKEN not in done.stdout + done.stderr
    assert not [name for name, content in hub.files(NAME).items() if TOKEN.encode() in content]
