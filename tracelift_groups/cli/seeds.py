"""`seeds list | import | check`: where problems can come from, and whether a file of them is fit for a build."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any  # JSON

import typer

if TYPE_CHECKING:
    from tracelift_groups.records.seed import Seed
    from tracelift_groups.records.stage import Drop

app = typer.Typer(
    name="seeds",
    help="Seed problems: list sources, check and import files.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

_FIRST = 5  # findings shown in full
_BUNDLED = ("bundled", "bundled:code")

Spec = Annotated[str, typer.Argument(help="where the problems are, such as gsm8k:train.jsonl (see seeds list)")]
Oracles = Annotated[
    Path | None, typer.Option("--oracles", help="JSON Lines of tests by problem_id, in place of the problems' own")
]
AsJson = Annotated[bool, typer.Option("--json", help="machine form on stdout")]


@app.command("list")
def list_sources(as_json: AsJson = False) -> None:
    """Sources and the form of their specs."""
    from tracelift_groups.ingest.source import read_seeds, source_notes
    from tracelift_groups.records.seed import Seed

    notes = source_notes()
    counts = {spec: _counts(seed for seed in read_seeds(spec) if isinstance(seed, Seed)) for spec in _BUNDLED}
    if as_json:
        sources = [{"name": note.name, "form": note.form, "phrase": note.phrase} for note in notes]
        _print_json({"sources": sources, **counts})
        return
    for note in notes:
        typer.echo(f"{note.form}\n    {note.phrase}")
    for spec, told in counts.items():
        typer.echo(f"\n{spec}: {told.pop('seeds')} problems")
        for part, by_name in told.items():
            typer.echo(f"    by {part}: {', '.join(f'{name} {count}' for name, count in by_name.items())}")


def _counts(seeds: "Iterable[Seed]") -> dict[str, Any]:
    found = list(seeds)
    by_part = {
        part: dict(sorted(Counter(str(seed.metadata.get(part, "none")) for seed in found).items()))
        for part in ("topic", "difficulty")
    }
    return {"seeds": len(found), **by_part}


@app.command("check")
def check(spec: Spec, oracles: Oracles = None, as_json: AsJson = False) -> None:
    """Check every problem and its gold; exit code 1 if any fails.

    The reference programs of code problems run on their tests, in isolation.
    """
    from tracelift_groups.cli.progress import progress_shown
    from tracelift_groups.pipeline.check_seeds import check_seeds

    with progress_shown("checking", "Stopped.") as progress:
        sifted = check_seeds(spec, oracles, progress)
    found = [*sifted.failures, *sifted.drops]
    if as_json:
        told = {"seeds": sifted.seeds, "rejected": len(sifted.drops), "failed": len(sifted.failures)}
        _print_json(told | {"by_rule": sifted.by_rule, "drops": [drop.to_json() for drop in found]})
    else:
        failed = f", without a verdict: {len(sifted.failures)}" if sifted.failures else ""
        typer.echo(f"seeds: {sifted.seeds}, rejected: {len(sifted.drops)}{failed}")
        for rule, count in sifted.by_rule.items():
            typer.echo(f"    {rule}: {count}")
        for drop in found[:_FIRST]:
            typer.echo(_line(drop))
        _say_more(len(found), "--json shows all", err=False)
    raise typer.Exit(1 if found else 0)


@app.command("import")
def import_file(
    spec: Spec,
    out: Annotated[Path, typer.Option(help="the .jsonl file to write; rejected rows go beside it")],
    oracles: Oracles = None,
    as_json: AsJson = False,
) -> None:
    """Write problems as Seed rows; exit code 1 when there is none."""
    from tracelift_groups.ingest.import_seeds import import_seeds, rejected_path

    sifted = import_seeds(spec, out, oracles)
    rejected = rejected_path(out) if sifted.drops else None
    for drop in sifted.drops[:_FIRST]:
        typer.echo(_line(drop), err=True)
    _say_more(len(sifted.drops), f"see {rejected}", err=True)
    if as_json:
        told = {"seeds": sifted.seeds, "rejected": len(sifted.drops), "by_rule": sifted.by_rule}
        _print_json(told | {"out": str(out) if sifted.seeds else None, "rejected_file": rejected and str(rejected)})
    else:
        typer.echo(
            f"seeds: {sifted.seeds}, written to {out}" if sifted.seeds else f"No seed in {spec}; {out} is not written"
        )
        if rejected:
            typer.echo(f"rejected: {len(sifted.drops)}, listed in {rejected}")
    raise typer.Exit(0 if sifted.seeds else 1)


def _line(drop: "Drop") -> str:
    return f"{drop.problem_id}{drop.place and f' ({drop.place})'}: {drop.reason} [{drop.rule}]"


def _say_more(count: int, where: str, err: bool) -> None:
    if count > _FIRST:
        typer.echo(f"… and {count - _FIRST} more; {where}", err=err)


def _print_json(told: dict[str, Any]) -> None:
    import orjson

    typer.echo(orjson.dumps(told, option=orjson.OPT_INDENT_2).decode("utf-8"))
