"""A build of GSM8K train: time, peak memory of all processes, and how many problems get a group."""

import json
from pathlib import Path

from figure import Figure, Result, Setup
from process import COMMAND, checked, run

ENOUGH = 4  # negatives


def measure(setup: Setup) -> Result:
    """The build with its default number of workers, `runs` times, each in a new folder."""
    source = setup.file("gsm8k_train.jsonl")
    with source.open(encoding="utf-8") as file:
        problems = sum(1 for _ in file)
    builds = []
    for index in range(setup.runs):
        out = setup.scratch / str(index)
        builds.append(run([COMMAND, "build", f"gsm8k:{source}", "--out", str(out)], memory=True))
    sizes = [len(group["negative_bank"]) for group in groups(out)]
    stats = json.loads(checked([COMMAND, "stats", str(out), "--json"]).output)
    share = 100 * sum(size >= ENOUGH for size in sizes) / problems
    figures = (
        Figure("wall time", "s", tuple(build.seconds for build in builds), at_most=60),
        Figure("processor time, all processes", "s", tuple(build.cpu_seconds for build in builds)),
        Figure("peak memory", "MB", tuple(build.peak_mb for build in builds), at_most=600),
        Figure(f"problems with a group of {ENOUGH} negatives or more", "%", (share,), at_least=90),
        Figure("problems", "", (problems,)),
        Figure("groups", "", (len(sizes),)),
        Figure("negatives", "", (sum(sizes),)),
        Figure("items that failed", "", (sum(stage.get("failed", 0) for stage in stats["stages"].values()),), 0),
    )
    kept = {name: kind["kept"] for name, kind in stats["kinds"].items()}
    drops = {" ".join(filter(None, (d["stage"], d["rule"], d["kind"]))): d["count"] for d in stats["drops"]}
    command = "tracelift-groups build gsm8k:gsm8k_train.jsonl --out RUN"
    return Result(command, figures, {"negatives kept": kept, "dropped": drops})


def groups(run_folder: Path) -> list[dict[str, list[object]]]:
    """Every group of a run."""
    paths = sorted((run_folder / "groups").glob("*.jsonl"))
    return [json.loads(line) for path in paths for line in path.read_bytes().splitlines()]
