"""`train-rm`: fits a reward model on the groups of a run."""

from pathlib import Path
from typing import Annotated

import typer

from tracelift_groups.cli import options as o

NO_MODEL = "none"


def train_rm(
    run: o.Run,
    model: Annotated[
        str, typer.Option(help="none: linear model over features of the trace; else a transformers model, PATH or name")
    ] = NO_MODEL,
    out: Annotated[Path | None, typer.Option(help="folder for the checkpoint (default: RUN/reward_model/NAME)")] = None,
    domain: Annotated[str, typer.Option(help="math or code, for --model PATH on a run with both")] = "",
    epochs: Annotated[int, typer.Option(help="passes over the train groups, for --model PATH", min=1)] = 3,
    learning_rate: Annotated[float, typer.Option(help="highest learning rate, for --model PATH", min=0.0)] = 1e-5,
    max_length: Annotated[int, typer.Option(help="tokens of a text, for --model PATH", min=16)] = 3072,
    seed: Annotated[int, typer.Option(help="random seed, for --model PATH", min=0)] = 0,
    workers: Annotated[
        int | None, typer.Option(help="worker processes, for --model none (default: one per core)", min=1)
    ] = None,
    json: o.Json = False,
) -> None:
    """Fit a reward model on the train groups of a run.

    The linear model ranks the traces of a problem by features of the parsed trace; it needs no GPU, no torch and no
    answer, and trains in minutes. Its scores are calibrated on the dev groups. A transformers model gets one head for
    each dimension of the rubric and one for the total; the epoch that ranks the dev groups best is kept.
    """
    if model == NO_MODEL:
        _train_linear(run, out, workers, json)
    else:
        _train_transformer(run, model, out, json, domain, epochs, learning_rate, max_length, seed)


def _train_linear(run: Path, out: Path | None, workers: int | None, json: bool) -> None:
    from tracelift_groups.cli.progress import progress_shown
    from tracelift_groups.reward_model.train_linear import train_linear

    with progress_shown("train-rm", stopped="Stopped. Nothing was written.") as watched:
        fitted = train_linear(run, out, workers, lambda split, done: watched({f"{split} groups": done}))
    if json:
        import orjson

        row = {"path": str(fitted.path), "groups": fitted.groups, "features": fitted.features}
        typer.echo(orjson.dumps(row).decode())
        return
    for domain, counts in fitted.groups.items():
        typer.echo(
            f"{domain}: fitted on {counts['train']:,} train groups, calibrated on {counts['dev'] or counts['train']:,} "
            f"{'dev' if counts['dev'] else 'train'} groups, {fitted.features[domain]:,} features."
        )
    typer.echo(f"Reward model in {fitted.path}")


def _train_transformer(
    run: Path,
    model: str,
    out: Path | None,
    json: bool,
    domain: str,
    epochs: int,
    learning_rate: float,
    max_length: int,
    seed: int,
) -> None:
    from tracelift_groups.cli.progress import progress_shown
    from tracelift_groups.reward_model.train_linear import default_place
    from tracelift_groups.trainers.reward_model import Config, train

    folder = out or default_place(run, "-".join(filter(None, (Path(model).name, domain))))
    config = Config(
        run, model, folder, domain, epochs=epochs, learning_rate=learning_rate, max_length=max_length, seed=seed
    )
    with progress_shown("train-rm", stopped="Stopped. What the best finished epoch has written stays.") as watched:
        trained = train(config, watched)
    if json:
        import orjson

        typer.echo(orjson.dumps(trained.to_json()).decode())
        return
    for number, epoch in enumerate(trained.epochs):
        dev = "" if epoch.dev_pair is None else f", dev pairs ranked right {100 * epoch.dev_pair:.1f} %"
        kept = "  (kept)" if number == trained.kept else ""
        typer.echo(f"epoch {number + 1}: loss {epoch.loss:.3f}{dev}{kept}")
    if trained.cut or trained.left_out:
        typer.echo(
            f"Too long: {trained.cut:,} texts without the beginning of their problem, {trained.left_out:,} left out."
        )
    typer.echo(f"Fitted on {trained.groups['train']:,} train groups. Reward model in {trained.path}")
