"""A line on stderr that says how far a build or a check is; Ctrl-C ends it in words.

Nothing is drawn where stderr is not a terminal.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from tracelift_groups.pipeline.build import Progress


@contextmanager
def progress_shown(what: str, stopped: str = "Stopped; the same command continues.") -> Iterator["Progress"]:
    """The callback of a build, drawn while the block runs. `stopped` and exit code 130 when it is interrupted."""
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    console = Console(stderr=True)
    try:
        with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
            line = bar.add_task(what)
            yield lambda counts: bar.update(
                line, description=f"{what}: " + ", ".join(f"{counts[name]} {name}" for name in sorted(counts))
            )
    except KeyboardInterrupt:
        console.print(stopped)
        raise typer.Exit(130) from None
