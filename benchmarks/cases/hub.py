"""A run of 200 GSM8K problems published, killed on the way and published again, and pulled, over a local Hub."""

import json
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path

from figure import Figure, Result, Setup
from process import COMMAND, checked

sys.path.append(str(Path(__file__).parents[2] / "tests" / "support"))
from hub_server import USER, HubServer  # found through the line above

_NAME = f"{USER}/groups"
_KILLS = (("PUT", "/large/"), ("POST", "/commit/"), ("POST", "/preupload/"))
_LOAD = """
import datasets, json, sys
loaded = datasets.load_dataset(sys.argv[1], "math")
print(json.dumps({name: list(rows) for name, rows in loaded.items()}))
"""


def measure(setup: Setup) -> Result:
    """The real client against a server on this machine; a push is killed at each of three moments."""
    run = setup.scratch / "run"
    checked([COMMAND, "build", f"gsm8k:{setup.file('gsm8k_train.jsonl')}", "--limit", "200", "--out", str(run)])
    push = [COMMAND, "push", str(run), "--repo", _NAME, "--json"]
    with HubServer() as hub:
        home = setup.scratch / "home"
        env = hub.environment(home)
        half = 0
        for moment in _KILLS:
            hub.hold(*moment)
            with subprocess.Popen(push, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
                hub.held.wait(300)
                hub.held.clear()
                process.kill()
            half += _NAME in hub.repos and len(hub.repos[_NAME].commits) > 1
        pushed, push_seconds = _timed(push, env)
        again, _ = _timed(push, env)
        pulled = setup.scratch / "pulled"
        _, pull_seconds = _timed([COMMAND, "pull", _NAME, str(pulled), "--json"], env)
        loaded, ours = (_timed([sys.executable, "-c", _LOAD, name], env)[0] for name in (_NAME, str(run)))
        commits = len(hub.repos[_NAME].commits) - 1
    figures = (
        Figure("groups", "", (json.loads(pushed)["groups"],), at_least=150),
        Figure("pushes killed", "", (len(_KILLS),)),
        Figure("killed pushes that published anything", "", (half,), at_most=0),
        Figure("commits after one more push, and the same again", "", (commits,), at_most=1, at_least=1),
        Figure("the same content again made a commit", "", (int(json.loads(again)["changed"]),), at_most=0),
        Figure("files of data and groups that differ when pulled", "", (_differing(run, pulled),), at_most=0),
        Figure("load_dataset of the Hub gives other rows", "", (int(loaded != ours),), at_most=0),
        Figure("push, with all checks", "s", (push_seconds,)),
        Figure("pull, with all checks", "s", (pull_seconds,)),
    )
    return Result("tracelift-groups push RUN --repo OWNER/NAME; tracelift-groups pull OWNER/NAME RUN", figures)


def _timed(command: list[str], env: dict[str, str]) -> tuple[str, float]:
    start = time.perf_counter()
    done = subprocess.run(command, env=env, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout, time.perf_counter() - start


def _differing(one: Path, other: Path) -> int:
    first, second = _digests(one), _digests(other)
    return sum(first.get(name) != second.get(name) for name in first.keys() | second.keys())


def _digests(run: Path) -> dict[str, str]:
    files = [*run.glob("data/*/*.parquet"), *run.glob("groups/*.jsonl"), run / "rejected.jsonl", run / "SHA256SUMS"]
    return {str(file.relative_to(run)): sha256(file.read_bytes()).hexdigest() for file in files}
