"""`init`: writes a configuration file to start with."""

import os
from pathlib import Path
from typing import Annotated

import typer

from tracelift_groups.errors import ConfigError


def init(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="file to write")] = Path("build.yaml"),
) -> None:
    """Write a commented configuration. It has every key with its meaning and default."""
    from tracelift_groups.config import Config, commented
    from tracelift_groups.files.atomic import atomic_write, reported_as_run_error

    if os.path.lexists(file):
        raise ConfigError(f"{file} already exists.", "Name another file, or remove this one first.")
    if not file.parent.is_dir():
        raise ConfigError(f"There is no folder {file.parent}.", "Create it, or name a file in another folder.")
    with reported_as_run_error(file), atomic_write(file) as part:
        part.write_text(commented(Config()), encoding="utf-8")
    typer.echo(f"{file} written. Use it with: tracelift-groups build --config {file} --out RUN")
