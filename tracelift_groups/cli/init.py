"""`init`: a configuration file to begin with."""

from pathlib import Path
from typing import Annotated

import typer

from tracelift_groups.errors import ConfigError


def init(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="file to write")] = Path("build.yaml"),
) -> None:
    """Write a commented configuration. It has every key with its meaning and its default."""
    from tracelift_groups.config import Config, commented

    try:
        with file.open("x", encoding="utf-8") as out:
            out.write(commented(Config()))
    except FileExistsError as cause:
        raise ConfigError(f"{file} is there already.", "Name another file, or remove it first.") from cause
    except OSError as cause:
        raise ConfigError(f"Can't write {file}: {cause.strerror}.", "Name a file that you may write.") from cause
    typer.echo(f"{file} written. Use it with: tracelift-groups build --config {file} --out RUN")
