"""`eval-planner`: how often an executor is right with a planner's traces."""

import json
from typing import Annotated

import typer

from tracelift_groups.cli import options as o
from tracelift_groups.cli.measure_uplift import ExecutorSpec, shown


def eval_planner(
    run: o.Run,
    model: Annotated[str, typer.Option(metavar="PATH", help="planner: a folder, or a name of the Hub")],
    executor: ExecutorSpec,
    split: Annotated[str, typer.Option(help="train, dev, test or rl; empty: all")] = "test",
    draws: Annotated[int, typer.Option(help="executor calls with each trace, and without one")] = 4,
    limit: Annotated[int | None, typer.Option(help="number of problems; default: all")] = None,
    max_tokens: Annotated[int, typer.Option(help="length of an answer at most, in tokens")] = 256,
    cache: o.Cache = None,
    as_json: o.Json = False,
) -> None:
    """Compare success alone, with reference traces, with flawed ones and with a planner's; needs the extra `train`.

    The planner is asked once for each problem, for its most likely answer. The exit code is 1 when draws are missing.
    """
    from tracelift_groups.cli import progress
    from tracelift_groups.planner.evaluate import evaluate_planner

    with progress.progress_shown("eval-planner") as watched:
        found = evaluate_planner(
            run,
            model,
            executor,
            split=split,
            draws=draws,
            limit=limit,
            max_tokens=max_tokens,
            cache=cache,
            progress=watched,
        )
    if as_json:
        typer.echo(json.dumps(found.to_json()))
    else:
        typer.echo(f"{found.executor}: {found.problems:,} problems, {found.traces:,} with a trace of the planner\n")
        for name, rate in found.rates.items():
            typer.echo(f"right with {name:32}{shown(rate)}" if name != "alone" else f"right {name:37}{shown(rate)}")
        if found.missing:
            reasons = ", ".join(f"{count:,} {reason}" for reason, count in found.missing.items())
            typer.echo(f"\nMissing draws: {reasons}. Run it again to try them again.", err=True)
    if found.missing:
        raise typer.Exit(1)
