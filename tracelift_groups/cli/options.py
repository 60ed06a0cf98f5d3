"""The options that commands share. Their help comes from the configuration's keys, so the two can't drift apart."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any  # YAML and JSON

import typer

from tracelift_groups.config import Config, about, read_config
from tracelift_groups.errors import ConfigError

if TYPE_CHECKING:
    from tracelift_groups.pipeline.build import Summary

_DEFAULTS = Config().to_json()


def _of(key: str, **settings: Any) -> Any:
    """An option for a configuration key. Unset is None, so that a configuration file's value shows through."""
    default = _shown(_DEFAULTS[key])
    phrase = f"{about(key)} (default: {default})" if default else about(key)
    return typer.Option(help=phrase, show_default=False, **settings)


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return ",".join(f"{name}={share:g}" for name, share in value.items())
    return str(value) if value not in (None, [], "") else ""  # the phrase says what empty means


Seeds = Annotated[list[str] | None, typer.Argument(help=about("seeds"), show_default=False)]
Run = Annotated[Path, typer.Argument(metavar="RUN", help="run folder, as `build` makes it")]
_OUT = typer.Option("--out", metavar="RUN", help="run folder to write or continue")
Out = Annotated[Path, _OUT]
OptionalOut = Annotated[Path | None, _OUT]
Seed = Annotated[int | None, _of("seed")]
Limit = Annotated[int | None, _of("limit")]
Kinds = Annotated[str | None, _of("kinds", metavar="NAME,…")]
MinNegatives = Annotated[int | None, _of("min_negatives")]
MaxNegatives = Annotated[int | None, _of("max_negatives")]
Annotator = Annotated[str | None, _of("annotator")]
Rubric = Annotated[str | None, _of("rubric")]
Splits = Annotated[str | None, _of("splits", metavar="NAME=SHARE,…")]
NearDuplicate = Annotated[float | None, _of("near_duplicate")]
Workers = Annotated[int | None, _of("workers")]
ConfigFile = Annotated[Path | None, typer.Option("--config", help="YAML file with the same keys; flags win over it")]
RetryFailed = Annotated[bool, typer.Option("--retry-failed", help="try failed items again")]
Fresh = Annotated[bool, typer.Option("--fresh", help="remove what an earlier build wrote here, and start over")]
Json = Annotated[bool, typer.Option("--json", help="print the result as JSON")]


def configured(file: Path | None, seeds: list[str] | None, run: Path | None, **flags: Any) -> Config:
    """The configuration of a command line: flags over the file over the defaults. ConfigError for a wrong value.

    When nothing names seeds, those that `run` was made from go on.
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
            raise ConfigError(f'"{part}" is not a split and its share.', "Write --splits train=0.9,dev=0.1") from cause
    return found


def finish(summary: "Summary", *, json: bool) -> None:
    """Print what a command did; exit 1 when an item failed, or when a finished build has no group."""
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
        typer.echo(f"{dropped} ended on the way; {summary.run}/rejected.jsonl says why.")
    if summary.count("failed"):
        typer.echo("Failed items are tried again with --retry-failed.")
