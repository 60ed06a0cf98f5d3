"""`train-rm`: fits a reward model on the groups of a run."""

from pathlib import Path
from typing import Annotated

import typer

from tracelift_groups.cli import options as o


def train_rm(
    run: o.Run,
    out: Annotated[Path | None, typer.Option(help="folder for the checkpoint (default: RUN/reward_model/NAME)")] = None,
    workers: Annotated[int | None, typer.Option(help="worker processes (default: one per core)", min=1)] = None,
    json: o.Json = False,
) -> None:
    """Fit a reward model on the train groups of a run.

    The linear model ranks the traces of a problem by features of the parsed trace; it needs no GPU, no torch and no
    answer, and trains in seconds. Its scores are calibrated on the dev groups.
    """
    _train_linear(run, out, workers, json)


def _train_linear(run: Path, out: Path | None, workers: int | None, json: bool) -> None:
    from tracelift_groups.cli.progress import progress_shown
    from tracelift_groups.reward_model.train_linear import train_linear

    with progress_shown("train-rm", stopped="Stopped. Nothing was written.") as watched:
        fitted = train_linear(run, out, workers, lambda split, done: watched({f"{split} groups": done}))
    if json:
        import orjson

        row = {"path": str(fitted.path), "groups": fitted.groups, "features": fitted.features}
        typer.echo(orjson.dumps(row | {"left_out": fitted.left_out}).decode())
        return
    for domain, counts in fitted.groups.items():
        typer.echo(
            f"{domain}: fitted on {counts['train']:,} train groups, calibrated on {counts['dev'] or counts['train']:,} "
            f"{'dev' if counts['dev'] else 'train'} groups, {fitted.features[domain]:,} features."
        )
    for domain in fitted.left_out:
        typer.echo(f"{domain}: left out, the linear model has no features of its traces.")
    typer.echo(f"Reward model in {fitted.path}")
