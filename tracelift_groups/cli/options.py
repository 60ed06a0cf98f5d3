"""Options shared by commands. Their help is that of the configuration's keys, so the two always agree."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any  # YAML and JSON

import typer

from tracelift_groups.config import Config, about, read_config
from tracelift_groups.errors import ConfigError

if TYPE_CHECKING:
    from tracelift_groups.pipeline.build import Summary

_DEFAULTS = Config().to_json()


def _of(key: str, **settings: Any) -> Any:
    """An option for a configuration key. Unset is None, so that the configuration file's value applies."""
    default = _shown(_DEFAULTS[key])
    phrase = f"{about(key)} (default: {default})" if default else about(key)
    return typer.Option(help=phrase, show_default=False, **settings)


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return ",".join(f"{name}={share:g}" for name, share in value.items())
    return str(value) if value not in (None, [], "") else ""  # the help says what empty means


Seeds = Annotated[list[str] | None, typer.Argument(help=about("seeds"), show_default=False)]
Run = Annotated[Path, typer.Argument(metavar="RUN", help="run folder, made by `build`")]
_OUT = typer.Option("--out", metavar="RUN", help="run folder to write or resume")
Out = Annotated[Path, _OUT]
OptionalOut = Annotated[Path | None, _OUT]
Seed = Annotated[int | None, _of("seed")]
Limit = Annotated[int | None, _of("limit")]
Teacher = Annotated[str | None, _of("teacher", metavar="MODEL@URL")]
TeacherCandidates = Annotated[int | None, _of("teacher_candidates")]
Kinds = Annotated[str | None, _of("kinds", metavar="NAME,…")]
MinNegatives = Annotated[int | None, _of("min_negatives")]
MaxNegatives = Annotated[int | None, _of("max_negatives")]
Annotator = Annotated[str | None, _of("annotator")]
Rubric = Annotated[str | None, _of("rubric")]
Splits = Annotated[str | None, _of("splits", metavar="NAME=SHARE,…")]
NearDuplicate = Annotated[float | None, _of("near_duplicate")]
Workers = Annotated[int | None, _of("workers")]
ConfigFile = Annotated[Path | None, typer.Option("--config", help="YAML file with the same keys; flags override it")]
RetryFailed = Annotated[bool, typer.Option("--retry-failed", help="try failed items again")]
Fresh = Annotated[bool, typer.Option("--fresh", help="delete what an earlier build wrote here and start over")]
Cache = Annotated[
    Path | None,
    typer.Option("--cache", help="file of answered model calls (default: $TRACELIFT_CACHE, else in ~/.cache)"),
]
Json = Annotated[bool, typer.Option("--json", help="print the result as JSON")]


def configured(file: Path | None, seeds: list[str] | None, run: Path | None, **flags: Any) -> Config:
    """The configuration: flags override the file, which overrides the defaults. Raises ConfigError for a wrong value.

    Without seeds in either, those that `run` was made from are used.
    """
    from tracelift_groups.files.run_folder import RunFolder
    from tracelift_groups.pipeline.build import recorded_config

    values = read_config(file) if file else {}
    if not seeds and "seeds" not in values and run and RunFolder(run).ledger.is_file():
        seeds = list(recorded_config(run).seeds)
    if flags.get("kinds") is not None:
        flags["kinds"] = [name.strip() for name in flags["kinds"].split(",") if name.strip()]
    if flags.get("splits") is not None:
        flags["splits"] = _shares(flags["splits"])
    given = {name: value for name, value in flags.items() if value is not None}
    return Config(**values | given | ({"seeds": seeds} if seeds else {}))


def _shares(text: str) -> dict[str, float]:
    found = {}
    for part in text.split(","):
        name, _, share = part.partition("=")
        try:
            found[name.strip()] = float(share)
        except ValueError as cause:
            raise ConfigError(f'"{part}" is not NAME=SHARE.', "Example: --splits train=0.9,dev=0.1") from cause
    return found


def finish(summary: "Summary", *, json: bool) -> None:
    """Print the result of a command; exit with 1 if an item failed, or if a finished build has no group."""
    if json:
        import orjson

        typer.echo(orjson.dumps(summary.to_json()).decode())
    else:
        _print(summary)
    if summary.count("failed") or (summary.finished and not summary.group_count):
        raise typer.Exit(1)


def _print(summary: "Summary") -> None:
    for stage, statuses in summary.stages.items():
        if statuses:
            typer.echo(f"{stage:9}" + "".join(f"{count:8} {status}" for status, count in sorted(statuses.items())))
    for domain, splits in summary.groups.items():
        counts = ", ".join(f"{count} {split}" for split, count in splits.items())
        typer.echo(f"{sum(splits.values())} {domain} groups ({counts}) in {summary.run}")
    dropped = summary.count("rejected") + summary.count("failed")
    if dropped:
        typer.echo(f"{dropped} rejected or failed; see {summary.run}/rejected.jsonl.")
    if summary.count("failed"):
        typer.echo("Use --retry-failed to retry failed items.")
