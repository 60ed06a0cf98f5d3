"""`pull`: fetches a published run from the Hub."""

import json
from pathlib import Path
from typing import Annotated

import typer

from tracelift_groups.cli import options as o


def pull(
    repo: Annotated[str, typer.Argument(metavar="OWNER/NAME", help="data set of the Hub, written by `push`")],
    run: Annotated[Path, typer.Argument(metavar="RUN", help="run folder to make")],
    revision: Annotated[str | None, typer.Option(help="branch or commit; default: main")] = None,
    workers: o.Workers = None,
    as_json: o.Json = False,
) -> None:
    """Fetch a published run and check it: hashes, rules and every certificate. It is complete and read-only."""
    from tracelift_groups.hub.client import quiet
    from tracelift_groups.hub.pull import pull as fetch

    quiet()
    done = fetch(repo, run, revision=revision, workers=workers)
    if as_json:
        typer.echo(json.dumps(done.to_json()))
        return
    typer.echo(f"{done.groups:,} groups of {repo} in {run}; commit {done.commit[:12]}, every certificate holds.")
