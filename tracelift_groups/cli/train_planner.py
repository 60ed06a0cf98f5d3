"""`train-planner`: trains a planner on the executor-grounded reward."""

import json
from pathlib import Path
from typing import Annotated

import typer

from tracelift_groups.cli import options as o
from tracelift_groups.cli.measure_uplift import ExecutorSpec


def train_planner(
    run: o.Run,
    model: Annotated[str, typer.Option(metavar="PATH", help="model to start from: a folder, or a name of the Hub")],
    executor: ExecutorSpec,
    rm: Annotated[
        str, typer.Option(metavar="checks|PATH", help="reasoning score: the checks, or a reward model's folder")
    ] = "checks",
    steps: Annotated[int, typer.Option(help="updates")] = 50,
    sft: Annotated[int, typer.Option(metavar="STEPS", help="warm-up steps on reference traces of split train")] = 0,
    prompts: Annotated[int, typer.Option(help="problems in a step")] = 4,
    answers: Annotated[int, typer.Option(help="answers to each problem in a step")] = 4,
    draws: Annotated[int, typer.Option(help="executor calls for each answer, and for each problem alone")] = 3,
    max_tokens: Annotated[int, typer.Option(help="length of an answer at most, in tokens")] = 256,
    learning_rate: Annotated[float, typer.Option(help="of the updates")] = 1e-5,
    sft_learning_rate: Annotated[float, typer.Option(help="of the warm-up")] = 5e-5,
    seed: Annotated[int, typer.Option(help="random seed")] = 0,
    out: Annotated[Path | None, typer.Option(help="folder to make; default: RUN/planner/ and the model's name")] = None,
    cache: o.Cache = None,
    as_json: o.Json = False,
) -> None:
    """Train a planner with GRPO on the problems of split rl; needs the extra `train`.

    What each reward was made of goes to RUN/rollouts/. Training stops when more than half of the rewards of a step are
    missing.
    """
    from tracelift_groups.cli import progress
    from tracelift_groups.trainers import planner_grpo

    config = planner_grpo.Config(
        run,
        model,
        executor,
        out or run / "planner" / Path(model).name,
        rm,
        steps=steps,
        sft=sft,
        prompts=prompts,
        answers=answers,
        draws=draws,
        max_tokens=max_tokens,
        learning_rate=learning_rate,
        sft_learning_rate=sft_learning_rate,
        seed=seed,
        cache=cache,
    )
    with progress.progress_shown("train-planner", stopped="Stopped. No planner was written.") as watched:
        found = planner_grpo.train(config, watched)
    if as_json:
        typer.echo(json.dumps(found.to_json()))
        return
    if found.sft_losses:
        first, last = found.sft_losses[0], found.sft_losses[-1]
        typer.echo(f"warm-up   {len(found.sft_losses):,} steps, loss {first:.3f} to {last:.3f}")
    rewards = [reward for reward in found.rewards if reward is not None]
    ends = f", mean reward {rewards[0]:.3f} to {rewards[-1]:.3f}" if rewards else ""
    typer.echo(f"GRPO      {len(found.losses):,} steps on {found.problems:,} problems{ends}")
    typer.echo(f"missing   {found.missing:,} rewards" + "".join(f", {n:,} {why}" for why, n in found.failures.items()))
    typer.echo(f"planner   {found.path}\nrewards   {found.rollouts}")
