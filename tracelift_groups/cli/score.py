"""`score`: scores the traces of a file with a reward model."""

from pathlib import Path
from typing import Annotated

import typer


def score(
    rm: Annotated[Path, typer.Argument(metavar="RM", help="folder of the reward model")],
    file: Annotated[str, typer.Argument(metavar="FILE", help="JSONL file of single traces or of groups")],
    out: Annotated[Path | None, typer.Option(help="file for the scored rows (default: stdout)")] = None,
) -> None:
    """Score the traces of a file with a reward model.

    Each row comes out again with the field `reward`: total_score, dimensions and derived, all from 0 to 1. A row that
    can't be scored has null and `reward_reason`; then the exit code is 1.
    """
    from tracelift_groups.cli.progress import progress_shown
    from tracelift_groups.cli.stages import output_file
    from tracelift_groups.reward_model.reward_model import RewardModel
    from tracelift_groups.reward_model.score_file import score_file

    model = RewardModel.load(rm)
    with progress_shown("score", stopped="Stopped.") as watched, output_file(out, file) as opened:
        summary = score_file(model, file, opened.write, watched)
    missing = f", {summary.missing:,} without a score" if summary.missing else ""
    typer.echo(f"{summary.rows:,} rows, {summary.scored:,} traces scored{missing}.", err=out is None)
    if summary.missing:
        typer.echo(f"The first without a score: {summary.first_reason}", err=True)
        raise typer.Exit(1)
