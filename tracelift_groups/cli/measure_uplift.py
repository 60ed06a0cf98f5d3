"""`measure-uplift`: how much the traces of a run help an executor."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tracelift_groups.cli import options as o

if TYPE_CHECKING:
    from tracelift_groups.planner.interval import MeanInterval
    from tracelift_groups.planner.uplift import UpliftReport

ExecutorSpec = Annotated[
    str, typer.Option(metavar="SPEC", help="exact, exact:slip=P (embedded, for math), or MODEL@URL")
]


def measure_uplift(
    run: o.Run,
    executor: ExecutorSpec,
    draws: Annotated[int, typer.Option(help="draws with each trace, and without one")] = 4,
    split: Annotated[str, typer.Option(help="train, dev, test or rl; empty: all")] = "",
    limit: Annotated[int | None, typer.Option(help="number of problems; default: all")] = None,
    cache: o.Cache = None,
    as_json: o.Json = False,
) -> None:
    """Measure how much more often an executor is right with each trace of a run than without one.

    Draws are stored in RUN/uplift.sqlite: the same command continues, and tries failed draws again. The exit code is 1
    when draws are missing.
    """
    from tracelift_groups.cli import progress
    from tracelift_groups.planner import uplift

    with progress.progress_shown("measure-uplift") as watched:
        found = uplift.measure_uplift(
            Path(run), executor, draws=draws, split=split, limit=limit, cache=cache, progress=watched
        )
    if as_json:
        typer.echo(json.dumps(found.to_json()))
    else:
        _print(found)
    if found.missing:
        raise typer.Exit(1)


def _print(found: "UpliftReport") -> None:
    from tracelift_groups.planner.uplift import MIN_PROBLEMS

    typer.echo(f"{found.executor}: {found.problems:,} problems, {found.draws} draws each\n")
    lines = {
        "right alone": found.alone,
        "right with the reference": found.with_reference,
        "uplift of the reference": found.reference,
        "reference above flaws that change the answer": found.changing,
        "reference above flaws that keep it": found.preserving,
    }
    for name, interval in lines.items():
        typer.echo(f"{name:46}{shown(interval)}")
    typer.echo(f"\n{'kind':26}{'flaws':>7}  {'uplift':>22}  reference above")
    for kind in found.kinds:
        if kind.uplift.problems >= MIN_PROBLEMS:
            typer.echo(f"{kind.kind:26}{kind.flaws:7,}  {shown(kind.uplift):>22}  {shown(kind.below_reference)}")
        else:
            typer.echo(f"{kind.kind:26}{kind.flaws:7,}  fewer than {MIN_PROBLEMS} problems")
    if found.missing:
        reasons = ", ".join(f"{count:,} {reason}" for reason, count in found.missing.items())
        typer.echo(f"\nMissing draws: {reasons}. Run it again to try them again.", err=True)


def shown(interval: "MeanInterval") -> str:
    """`0.93 (0.90 to 0.96)`; a dash where there is nothing to take a mean of."""
    if interval.mean is None:
        return "–"
    if interval.low is None:
        return f"{interval.mean:.2f}"
    return f"{interval.mean:.2f} ({interval.low:.2f} to {interval.high:.2f})"
