"""`push`: publishes a run on the Hub."""

import json
from typing import Annotated

import typer

from tracelift_groups.cli import options as o


def push(
    run: o.Run,
    repo: Annotated[str, typer.Option(metavar="OWNER/NAME", help="data set of the Hub; made when it isn't there")],
    private: Annotated[bool, typer.Option("--private", help="make the data set private")] = False,
    license_name: Annotated[
        str, typer.Option("--license", metavar="SPDX", help="licence of the sources that don't say theirs")
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="check everything but the Hub, send nothing")] = False,
    workers: o.Workers = None,
    as_json: o.Json = False,
) -> None:
    """Publish a finished run as a data set of the Hugging Face Hub, in one commit.

    Before the first byte is sent, hashes, rules and certificates are checked again, and that no key goes along.
    """
    from tracelift_groups.hub.client import quiet
    from tracelift_groups.hub.push import push as publish

    quiet()
    done = publish(run, repo, private=private, license_name=license_name, dry_run=dry_run, workers=workers)
    if as_json:
        typer.echo(json.dumps(done.to_json()))
        return
    what = f"{done.groups:,} groups in {done.files} files, {done.bytes / 1e6:,.1f} MB"
    if dry_run:
        typer.echo(f"{what}: ready for {repo}. Nothing was sent.")
    elif done.changed:
        typer.echo(f"{what}: published at {done.url}, commit {done.commit[:12]}.")
    else:
        typer.echo(f"{what}: {done.url} has them already; nothing was sent.")
