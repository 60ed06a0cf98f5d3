"""`annotate --judge`: the judge on a run folder or a file, and what is said of missing judgements."""

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any  # Any: JSON

import typer

if TYPE_CHECKING:
    from tracelift_groups.annotators.judge import Judge
    from tracelift_groups.annotators.judged_group import JudgeCounts
    from tracelift_groups.models.model_spec import OpenModel


def judge_run_folder(
    run: Path, spec: str, samples: int, cache: Path | None, workers: int | None, *, json: bool
) -> None:
    """Judge a finished run and export it again. Exit code 1 if judgements are missing."""
    from tracelift_groups.cli import progress
    from tracelift_groups.models.model_spec import open_model
    from tracelift_groups.pipeline import build as engine
    from tracelift_groups.pipeline.judge_run import judge_run

    async def work() -> "tuple[JudgeCounts, int]":
        async with open_model(spec, cache) as model:
            with progress.progress_shown("judge") as watched:
                counts = await judge_run(run, _judge(model, samples), progress=watched)
            return counts, model.backend.calls

    counts, calls = asyncio.run(work())
    summary = engine.resume(run, upto="validate", workers=workers)
    raise typer.Exit(_report(counts, calls, {"run": str(run), "groups": summary.group_count}, json=json, err=False))


def judge_trace_file(
    spec_of_file: str,
    write: Callable[[bytes], object],
    spec: str,
    rubric: str,
    samples: int,
    cache: Path | None,
    *,
    json: bool,
    err: bool,
) -> int:
    """Judge the rows of a file. The exit code: 1 if rows were left out or judgements are missing."""
    from tracelift_groups.annotators.judged_group import judge_file
    from tracelift_groups.cli import progress
    from tracelift_groups.models.model_spec import open_model

    async def work() -> "tuple[Any, JudgeCounts, int]":
        async with open_model(spec, cache) as model:
            judge = _judge(model, samples)
            with progress.progress_shown("judge") as watched:
                found = await judge_file(spec_of_file, write, judge, rubric=rubric, progress=watched)
            return *found, model.backend.calls

    summary, counts, calls = asyncio.run(work())
    for line in summary.left_out:
        typer.echo(line, err=True)
    return _report(counts, calls, {"rows": summary.rows, "left_out": summary.left_out}, json=json, err=err)


def _judge(model: "OpenModel", samples: int) -> "Judge":
    from tracelift_groups.annotators.judge import Judge

    own = {"max_tokens": model.spec.max_tokens} if model.spec.max_tokens else {}
    return Judge(model.name, model.backend, samples, model.spec.temperature, **own)


def _report(counts: "JudgeCounts", calls: int, more: Mapping[str, Any], *, json: bool, err: bool) -> int:
    left_out = len(more.get("left_out", ()))
    if json:
        import orjson

        typer.echo(orjson.dumps({**counts.to_json(), "calls": calls, **more}).decode(), err=err)
    else:
        before = f", {counts.kept:,} judged before" if counts.kept else ""
        left = f"; {left_out:,} rows left out" if left_out else ""
        typer.echo(
            f"{counts.judged:,} traces judged{before}, {counts.missing:,} missing; {calls:,} calls{left}.", err=err
        )
    if counts.failures:
        named = ", ".join(f"{count:,} {name}" for name, count in counts.failures.most_common())
        typer.echo(f"Judgements that failed: {named}. They are missing, not zero.", err=True)
    return 1 if counts.missing or left_out else 0
