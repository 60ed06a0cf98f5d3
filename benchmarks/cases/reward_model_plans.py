"""The linear reward model on plans of HumanEval and MBPP (sanitized): test groups, baselines, kinds.

Through the commands `train-rm` and `eval-rm`, as the case `reward_model` for math. A tie counts as wrong.
"""

import json

from cases.reward_model import accuracies, by_kind
from figure import Figure, Result, Setup
from process import COMMAND, checked


def measure(setup: Setup) -> Result:
    """One build of both files, one training, one evaluation."""
    run, model = setup.scratch / "run", setup.scratch / "rm"
    seeds = (f"humaneval:{setup.file('humaneval.jsonl')}", f"mbpp:{setup.file('mbpp_sanitized.json')}")
    checked([COMMAND, "build", *seeds, "--out", str(run)])
    checked([COMMAND, "train-rm", str(run), "--out", str(model)])
    found = json.loads(checked([COMMAND, "eval-rm", str(run), "--rm", str(model), "--json"]).output)
    (groups,) = found["groups"]
    best = max(row["pair"]["value"] for row in groups["baselines"].values())
    pair = 100 * groups["model"]["pair"]["value"]
    figures = (
        Figure("pairs of test groups ranked right", "%", (pair,)),
        Figure("above the best named baseline by", "points", (pair - 100 * best,)),
        Figure("groups ranked right", "%", (100 * groups["model"]["group"]["value"],)),
        Figure("mean absolute error of the total", "", (groups["total_error"],)),
        Figure("test groups", "", (groups["groups"],)),
    )
    grids = {"test groups, % ranked right": accuracies(groups), "by kind, % of pairs": by_kind(groups)}
    return Result("build humaneval:FILE mbpp:FILE, train-rm RUN, eval-rm RUN", figures, grids=grids)
