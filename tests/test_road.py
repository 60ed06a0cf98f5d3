"""README.md, section "The whole road": its commands as they stand there, on 12 seeds in one run folder.

The model of the endpoint is a real small one, where it is installed; the Hub is a local server that speaks its API; the
planner is a tiny random model. Nothing else of the commands is changed.
"""

import sys
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path

import pytest
from hub_server import HubServer
from model_server import small_model
from road import COMMANDS, ENDPOINT, PLANNER, planner_arguments, walk, which
from tiny_planner import tiny_planner

from tracelift_groups import read_groups

PROGRAM = [sys.executable, "-c", "from tracelift_groups.cli import main; main()"]


@pytest.fixture(scope="module")
def hub() -> Iterator[HubServer]:
    with HubServer() as server:
        yield server


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, hub: HubServer) -> Path:
    """A folder in which the first command, the build, has run."""
    path = tmp_path_factory.mktemp("road")
    _walk(COMMANDS[0], path, hub)
    return path


def _walk(command: str, folder: Path, hub: HubServer, replaced: Mapping[str, str] | None = None) -> None:
    done = walk(command, PROGRAM, folder, hub, replaced)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"


def test_the_road_is_about_eight_commands_from_a_build_to_a_planner() -> None:
    assert 8 <= len(COMMANDS) <= 12
    assert COMMANDS[0].startswith("tracelift-groups build")
    assert COMMANDS[-1].startswith("tracelift-groups eval-planner")
    assert {which(command) for command in COMMANDS} == {"embedded", "model", "train"}


def test_what_needs_no_model_runs_offline_and_without_torch(folder: Path, hub: HubServer) -> None:
    for command in COMMANDS[1:]:
        if which(command) == "embedded":
            _walk(command, folder, hub)
    pulled = {path.name: path.read_bytes() for path in (folder / "runs/pulled/groups").iterdir()}
    assert pulled == {path.name: path.read_bytes() for path in (folder / "runs/road/groups").iterdir()}
    assert {path.name.partition("_")[0] for path in (folder / "runs/road/groups").iterdir()} == {"math", "code"}


def test_a_judge_and_an_executor_behind_a_local_server_are_asked(folder: Path, hub: HubServer) -> None:
    with small_model() as url:
        for command in COMMANDS:
            if which(command) == "model":
                _walk(command, folder, hub, {ENDPOINT: url})
    judged = [one for group in read_groups(folder / "judged.jsonl") for one in group.candidates]
    assert judged
    assert all({note["annotator"] for note in one.metadata["annotations"]} == {"checks", "judge"} for one in judged)


@pytest.mark.skipif(not find_spec("trl"), reason="needs the extra train")
def test_a_planner_takes_its_first_steps(folder: Path, hub: HubServer) -> None:
    groups = [group for path in (folder / "runs/road/groups").glob("math_*") for group in read_groups(path)]
    texts = [text for group in groups for text in (group.problem, *(one.reasoning for one in group.candidates))]
    model = tiny_planner(folder / PLANNER, texts)
    if not (folder / "runs/road/reward_model").exists():
        _walk(next(command for command in COMMANDS if "train-rm" in command), folder, hub)
    for command in COMMANDS:
        if which(command) == "train":
            _walk(command, folder, hub, planner_arguments(model))
    assert any((folder / "runs/road/planner").iterdir())
    assert any((folder / "runs/road/rollouts").iterdir())
