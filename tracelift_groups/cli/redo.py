"""`redo`: regenerates named problems of a run."""

from typing import Annotated

import typer

from tracelift_groups.cli import options as o


def redo(
    run: o.Run,
    problems: Annotated[list[str], typer.Argument(metavar="ID...", help="problem ids")],
    workers: o.Workers = None,
    json: o.Json = False,
) -> None:
    """Regenerate the named problems. They run up to the stage that the run has reached; exports are rewritten."""
    from tracelift_groups.cli import progress
    from tracelift_groups.pipeline import build as engine

    with progress.progress_shown("redo") as watched:
        summary = engine.redo(run, problems, workers=workers, progress=watched)
    o.finish(summary, json=json)
