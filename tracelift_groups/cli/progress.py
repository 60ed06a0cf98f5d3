"""A progress line on stderr for builds and checks; Ctrl-C ends with a message instead of a traceback.

Nothing is drawn if stderr is not a terminal.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from tracelift_groups.pipeline.build import Progress


@contextmanager
def progress_shown(what: str, stopped: str = "Stopped. Rerun the same command to resume.") -> Iterator["Progress"]:
    """The progress callback of a build. An interruption prints `stopped` and exits with 130."""
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
