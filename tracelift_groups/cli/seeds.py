"""`seeds list | import | check`: lists the sources of problems, imports and checks their files."""

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
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

_FIRST = 5  # findings shown in full
_BUNDLED = ("bundled", "bundled:code")

Spec = Annotated[str, typer.Argument(help="source of the problems, such as gsm8k:train.jsonl (see seeds list)")]
Oracles = Annotated[
    Path | None, typer.Option("--oracles", help="JSON Lines of tests by problem_id, which replace the problems' own")
]
AsJson = Annotated[bool, typer.Option("--json", help="print JSON")]


@app.command("list")
def list_sources(as_json: AsJson = False) -> None:
    """List the sources and the form of their specs."""
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
    for spec, numbers in counts.items():
        typer.echo(f"\n{spec}: {numbers.pop('seeds')} problems")
        for part, by_name in numbers.items():
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

    The reference programs of code problems run on their tests in the sandbox.
    """
    from tracelift_groups.cli.progress import progress_shown
    from tracelift_groups.pipeline.check_seeds import check_seeds

    with progress_shown("checking", "Stopped.") as progress:
        result = check_seeds(spec, oracles, progress)
    found = [*result.failures, *result.drops]
    if as_json:
        summary = {"seeds": result.seeds, "rejected": len(result.drops), "failed": len(result.failures)}
        _print_json(summary | {"by_rule": result.by_rule, "drops": [drop.to_json() for drop in found]})
    else:
        failed = f", without a verdict: {len(result.failures)}" if result.failures else ""
        typer.echo(f"seeds: {result.seeds}, rejected: {len(result.drops)}{failed}")
        for rule, count in result.by_rule.items():
            typer.echo(f"    {rule}: {count}")
        for drop in found[:_FIRST]:
            typer.echo(_line(drop))
        _print_more(len(found), "--json shows all", err=False)
    raise typer.Exit(1 if found else 0)


@app.command("import")
def import_file(
    spec: Spec,
    out: Annotated[Path, typer.Option(help="JSONL file to write; rejected rows are written beside it")],
    oracles: Oracles = None,
    as_json: AsJson = False,
) -> None:
    """Write problems as Seed rows; exit code 1 if there are none."""
    from tracelift_groups.ingest.import_seeds import import_seeds, rejected_path

    result = import_seeds(spec, out, oracles)
    rejected = rejected_path(out) if result.drops else None
    for drop in result.drops[:_FIRST]:
        typer.echo(_line(drop), err=True)
    _print_more(len(result.drops), f"see {rejected}", err=True)
    if as_json:
        summary = {"seeds": result.seeds, "rejected": len(result.drops), "by_rule": result.by_rule}
        _print_json(summary | {"out": str(out) if result.seeds else None, "rejected_file": rejected and str(rejected)})
    else:
        typer.echo(
            f"seeds: {result.seeds}, written to {out}" if result.seeds else f"No seed in {spec}; {out} is not written"
        )
        if rejected:
            typer.echo(f"rejected: {len(result.drops)}, listed in {rejected}")
    raise typer.Exit(0 if result.seeds else 1)


def _line(drop: "Drop") -> str:
    return f"{drop.problem_id}{drop.place and f' ({drop.place})'}: {drop.reason} [{drop.rule}]"


def _print_more(count: int, where: str, err: bool) -> None:
    if count > _FIRST:
        typer.echo(f"… and {count - _FIRST} more; {where}", err=err)


def _print_json(row: dict[str, Any]) -> None:
    import orjson

    typer.echo(orjson.dumps(row, option=orjson.OPT_INDENT_2).decode("utf-8"))
