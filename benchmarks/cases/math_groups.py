"""A build of the MATH sample, LaTeX prose: how many problems get a group, and where the others end."""

import json

from figure import Figure, Result, Setup
from process import COMMAND, checked, run


def measure(setup: Setup) -> Result:
    """One build with the default configuration."""
    source = setup.file("math_train_sample.jsonl")
    with source.open(encoding="utf-8") as file:
        problems = sum(1 for _ in file)
    out = setup.scratch / "run"
    built = run([COMMAND, "build", f"math:{source}", "--out", str(out)], memory=True)
    stats = json.loads(checked([COMMAND, "stats", str(out), "--json"]).output)
    held = json.loads(run([COMMAND, "validate", str(out), "--certificates", "--json"]).output)["certificates"]
    groups = sum(sum(splits.values()) for splits in stats["groups"].values())
    figures = (
        Figure("problems with a group", "%", (100 * groups / problems,), at_least=50),
        Figure("problems", "", (problems,)),
        Figure("groups", "", (groups,)),
        Figure("certificates that hold", "%", (100 * held["held"] / max(held["recomputed"], 1),), at_least=100),
        Figure("items that failed", "", (sum(stage.get("failed", 0) for stage in stats["stages"].values()),), 0),
        Figure("wall time", "s", (built.seconds,)),
    )
    kept = {name: kind["kept"] for name, kind in stats["kinds"].items()}
    drops = {" ".join(filter(None, (d["stage"], d["rule"], d["kind"]))): d["count"] for d in stats["drops"]}
    command = "tracelift-groups build math:math_train_sample.jsonl --out RUN"
    return Result(command, figures, {"negatives kept": kept, "dropped": drops})
