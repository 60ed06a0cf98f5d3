"""`generate`, `perturb`, `annotate`: run a build up to one stage."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from tracelift_groups.cli import options as o


def generate(
    out: o.Out,
    seeds: o.Seeds = None,
    config: o.ConfigFile = None,
    seed: o.Seed = None,
    limit: o.Limit = None,
    teacher: o.Teacher = None,
    teacher_candidates: o.TeacherCandidates = None,
    workers: o.Workers = None,
    retry_failed: o.RetryFailed = False,
    fresh: o.Fresh = False,
    json: o.Json = False,
) -> None:
    """Generate the reference traces of every seed problem.

    A seed that brings no worked solution is rejected, or written by --teacher: of its candidates those are kept whose
    answer and calculations verify. docs/models.md tells more.
    """
    from tracelift_groups.cli import progress
    from tracelift_groups.pipeline import build as engine

    resolved = o.configured(
        config,
        seeds,
        None if fresh else out,
        seed=seed,
        limit=limit,
        teacher=teacher,
        teacher_candidates=teacher_candidates,
        workers=workers,
    )
    with progress.progress_shown("generate") as watched:
        summary = engine.build(resolved, out, upto="generate", retry_failed=retry_failed, fresh=fresh, progress=watched)
    o.finish(summary, json=json)


def perturb(run: o.Run, workers: o.Workers = None, retry_failed: o.RetryFailed = False, json: o.Json = False) -> None:
    """Generate the flaws of every reference trace of a run."""
    _resume(run, "perturb", workers, retry_failed, json)


def annotate(
    run: Annotated[
        str, typer.Argument(metavar="RUN|FILE", help="run folder, or JSONL file of groups or of single traces")
    ],
    annotator: o.Annotator = None,
    rubric: o.Rubric = None,
    judge: Annotated[
        str | None, typer.Option(metavar="MODEL@URL", help="model for --annotator judge, over an OpenAI-compatible API")
    ] = None,
    samples: Annotated[int, typer.Option(min=1, help="times that the judge scores each trace")] = 1,
    cache: o.Cache = None,
    out: Annotated[Path | None, typer.Option(help="file for the scored rows of FILE (default: stdout)")] = None,
    workers: o.Workers = None,
    retry_failed: o.RetryFailed = False,
    json: o.Json = False,
) -> None:
    """Score the traces of a run or of any file.

    A run folder is annotated with the settings of its build.yaml. In a file each row is a group in the released layout,
    or one trace with the columns problem, answer and trace (or question, gold, reasoning, response and the like;
    FILE?trace=COLUMN names another). Rows that can't be scored are listed on stderr and left out; then the exit
    code is 1.

    --annotator judge asks a model. It adds its scores to the annotations of each trace and changes nothing else, also
    in a finished run folder. A judgement that fails is missing, and the exit code is 1. docs/models.md tells more.
    """
    if judge or annotator == "judge":
        _judge(run, annotator, rubric, judge, samples, cache, out, workers, json)
    elif Path(run).is_dir():
        if annotator or rubric or out:
            raise typer.BadParameter("--annotator, --rubric and --out are for files; set a run's in `build`.")
        _resume(Path(run), "annotate", workers, retry_failed, json)
    else:
        _annotate_file(run, annotator or "checks", rubric or "math", out, json)


def _judge(
    run: str,
    annotator: str | None,
    rubric: str | None,
    spec: str | None,
    samples: int,
    cache: Path | None,
    out: Path | None,
    workers: int | None,
    json: bool,
) -> None:
    from tracelift_groups.cli.judging import judge_run_folder, judge_trace_file

    if not spec:
        raise typer.BadParameter("--annotator judge needs --judge MODEL@URL.")
    if annotator not in (None, "judge"):
        raise typer.BadParameter(f"--judge is for --annotator judge, not {annotator}.")
    if not Path(run).is_dir():
        with output_file(out, run) as file:
            code = judge_trace_file(run, file.write, spec, rubric or "", samples, cache, json=json, err=out is None)
        raise typer.Exit(code)
    if rubric or out:
        raise typer.BadParameter("--rubric and --out are for files; a run is judged on its own rubric.")
    judge_run_folder(Path(run), spec, samples, cache, workers, json=json)


def _annotate_file(spec: str, annotator: str, rubric: str, out: Path | None, json: bool) -> None:
    import orjson

    from tracelift_groups.annotators.trace_file import annotate_file
    from tracelift_groups.cli import progress

    with progress.progress_shown("annotate") as watched, output_file(out, spec) as file:
        summary = annotate_file(spec, file.write, annotator=annotator, rubric=rubric, progress=watched)
    for line in summary.left_out:
        typer.echo(line, err=True)
    if json:
        typer.echo(orjson.dumps(summary.to_json()).decode(), err=out is None)
    else:
        labels = ", ".join(f"{count:,} {label}" for label, count in summary.labels.most_common())
        left = f"; {len(summary.left_out):,} rows left out" if summary.left_out else ""
        typer.echo(
            f"{summary.rows:,} rows, {summary.traces:,} traces: {labels or 'none scored'}{left}.", err=out is None
        )
    if summary.left_out:
        raise typer.Exit(1)


@contextmanager
def output_file(out: Path | None, spec: str) -> Iterator[BinaryIO]:
    """The output file, created when all rows are written; stdout if `out` is None."""
    from tracelift_groups.annotators.trace_file import file_of
    from tracelift_groups.files.atomic import atomic_write, reported_as_run_error

    if out is None:
        yield sys.stdout.buffer
        return
    with reported_as_run_error(out), atomic_write(out, [file_of(spec)]) as part, part.open("wb") as file:
        yield file


def _resume(run: Path, upto: str, workers: int | None, retry_failed: bool, json: bool) -> None:
    from tracelift_groups.cli import progress
    from tracelift_groups.pipeline import build as engine

    with progress.progress_shown(upto) as watched:
        summary = engine.resume(run, upto=upto, retry_failed=retry_failed, workers=workers, progress=watched)
    o.finish(summary, json=json)
