"""README.md, section "The whole road": its commands, what each needs, and a walk along them.

The Hub is a local server, the endpoint one of the caller's, the planner a model of the caller's; nothing else of the
commands is changed.
"""

import re
import shlex
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from hub_server import USER, HubServer
from repo_files import ROOT

ENDPOINT = "http://127.0.0.1:8080"
PLANNER = "HuggingFaceTB/SmolLM2-135M-Instruct"

_SECTION = (ROOT / "README.md").read_text("utf-8").partition("## The whole road")[2].partition("\n## ")[0]
COMMANDS: list[str] = re.findall(r"^\$ (tracelift-groups .*)$", _SECTION, re.MULTILINE)


def which(command: str) -> str:
    """The part of the road that a command belongs to: by what it needs."""
    if ENDPOINT in command:
        return "model"
    return "train" if "planner" in command else "embedded"


def walk(
    command: str, program: Sequence[str], folder: Path, hub: HubServer, replaced: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder as a user would, by `program` in place of `tracelift-groups`."""
    for old, new in {"you/groups": f"{USER}/groups", **(replaced or {})}.items():
        command = command.replace(old, new)
    environment = hub.environment(folder / "cache") | {"TRACELIFT_CACHE": str(folder / "calls.sqlite")}
    return subprocess.run(
        [*program, *shlex.split(command)[1:]],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


def planner_arguments(model: Path) -> dict[str, str]:
    """What to replace so that the planner starts from `model`, whose folder has the public model's name."""
    return {f"--model {PLANNER}": f"--model {model}"}
