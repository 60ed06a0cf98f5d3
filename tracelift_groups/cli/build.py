"""`build`: makes a run folder of groups from seed problems."""

from typing import Annotated

import typer

from tracelift_groups.cli import options as o
from tracelift_groups.errors import ConfigError


def build(
    seeds: o.Seeds = None,
    out: o.OptionalOut = None,
    config: o.ConfigFile = None,
    seed: o.Seed = None,
    limit: o.Limit = None,
    teacher: o.Teacher = None,
    teacher_candidates: o.TeacherCandidates = None,
    kinds: o.Kinds = None,
    min_negatives: o.MinNegatives = None,
    max_negatives: o.MaxNegatives = None,
    annotator: o.Annotator = None,
    rubric: o.Rubric = None,
    splits: o.Splits = None,
    near_duplicate: o.NearDuplicate = None,
    workers: o.Workers = None,
    retry_failed: o.RetryFailed = False,
    fresh: o.Fresh = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="run three problems through all stages, print them, write nothing")
    ] = False,
    json: o.Json = False,
) -> None:
    """Make a group from every seed problem. After an interruption the same command resumes."""
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
        kinds=kinds,
        min_negatives=min_negatives,
        max_negatives=max_negatives,
        annotator=annotator,
        rubric=rubric,
        splits=splits,
        near_duplicate=near_duplicate,
        workers=workers,
    )
    if dry_run:
        from tracelift_groups.cli.dry_run import show_dry_run

        show_dry_run(engine.dry_run(resolved), json=json)
        return
    if out is None:
        raise ConfigError("No run folder is given.", "Pass --out RUN.")
    with progress.progress_shown("build") as watched:
        summary = engine.build(resolved, out, retry_failed=retry_failed, fresh=fresh, progress=watched)
    o.finish(summary, json=json)
