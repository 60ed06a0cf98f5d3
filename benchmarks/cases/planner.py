"""Two planner steps by TRL on a tiny model with a warm-up, a fifth of the executor's calls made to fail."""

import json
import math
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from figure import Figure, Result, Setup
from process import COMMAND, checked
from tracelift_groups.trainers import planner_grpo

from tracelift_groups.files.group_files import read_groups
from tracelift_groups.files.run_folder import RunFolder
from tracelift_groups.planner.evaluate import evaluate_planner
from tracelift_groups.planner.prompt import planner_prompt
from tracelift_groups.records.group_seed import seed_of

sys.path.append(str(Path(__file__).parents[2] / "tests" / "support"))
from failing_executor import FailingExecutor
from tiny_planner import tiny_planner

_DRAWS = 3
_FAILING = 0.2


def measure(setup: Setup) -> Result:
    """Every logged rate is compared with that of the calls that did not fail, computed apart from the trainer."""
    run = setup.scratch / "run"
    checked([COMMAND, "build", "bundled", "--limit", "16", "--out", str(run)])
    groups = [group for file in RunFolder(run).group_files() for group in read_groups(file)]
    asked = planner_prompt(seed_of(groups[0]), _NoTemplate())
    texts = [text for group in groups for text in (group.problem, *(c.reasoning for c in group.candidates))]
    model = tiny_planner(setup.scratch / "tiny", [asked, *texts])
    executor = FailingExecutor(_FAILING)

    @asynccontextmanager
    async def opened(*_: object, **__: object) -> AsyncIterator[FailingExecutor]:
        yield executor

    planner_grpo.open_executor = opened
    config = planner_grpo.Config(
        run,
        str(model),
        "failing",
        setup.scratch / "planner",
        steps=2,
        sft=60,
        prompts=2,
        draws=_DRAWS,
        max_tokens=100,
        sft_learning_rate=1e-2,
        temperature=0.7,
    )
    start = time.perf_counter()
    found = planner_grpo.train(config)
    seconds = time.perf_counter() - start
    seeds = {group.problem_id: seed_of(group) for group in groups}
    rows = [json.loads(line) for line in found.rollouts.read_text("utf-8").splitlines()]
    traces = [row for row in rows if row["trace"]]
    wrong = 0
    for row in traces:
        seed = seeds[row["problem_id"]]
        rates = (executor.rate(seed, row["trace"], _DRAWS), executor.rate(seed, None, _DRAWS))
        wrong += (row["with_trace"], row["without"]) != rates or (row["reward"] is None) != (None in rates)
    report = evaluate_planner(run, str(found.path), "exact", split="test", max_tokens=100)
    figures = (
        Figure("losses", "", (len(found.losses),), at_least=2),
        Figure("losses that are not finite", "", (sum(not math.isfinite(x) for x in found.losses),), at_most=0),
        Figure("executor calls that failed", "%", (100 * executor.failed / executor.calls,)),
        Figure("answers", "", (len(rows),)),
        Figure("answers with a trace", "", (len(traces),), at_least=1),
        Figure("rewards missing", "", (found.missing,)),
        Figure("rewards that are not those of the calls that did not fail", "", (wrong,), at_most=0),
        Figure("warm-up and two steps", "s", (seconds,)),
    )
    rates = {name: {"right, %": "–" if r.mean is None else 100 * r.mean} for name, r in report.rates.items()}
    return Result(
        "tracelift-groups train-planner RUN --model TINY --executor exact:slip=0.1 --rm checks --sft 60 --steps 2",
        figures,
        grids={"eval-planner, executor without slips": rates},
    )


class _NoTemplate:
    chat_template = None

    def apply_chat_template(self, *_: object, **__: object) -> str:
        """Never called: there is no template."""
        raise NotImplementedError
