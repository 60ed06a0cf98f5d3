"""`generate`, `perturb`, `annotate`: a build up to one stage."""

from pathlib import Path

from tracelift_groups.cli import options as o


def generate(
    out: o.Out,
    seeds: o.Seeds = None,
    config: o.ConfigFile = None,
    seed: o.Seed = None,
    limit: o.Limit = None,
    workers: o.Workers = None,
    retry_failed: o.RetryFailed = False,
    fresh: o.Fresh = False,
    json: o.Json = False,
) -> None:
    """Make the reference traces of every seed problem."""
    from tracelift_groups import build as engine
    from tracelift_groups.cli import progress

    resolved = o.configured(config, seeds, None if fresh else out, seed=seed, limit=limit, workers=workers)
    with progress.shown("generate") as watched:
        summary = engine.build(resolved, out, upto="generate", retry_failed=retry_failed, fresh=fresh, progress=watched)
    o.finish(summary, json=json)


def perturb(run: o.Run, workers: o.Workers = None, retry_failed: o.RetryFailed = False, json: o.Json = False) -> None:
    """Make the flaws of every reference trace of a run."""
    _resume(run, "perturb", workers, retry_failed, json)


def annotate(run: o.Run, workers: o.Workers = None, retry_failed: o.RetryFailed = False, json: o.Json = False) -> None:
    """Score every trace of a run on its rubric."""
    _resume(run, "annotate", workers, retry_failed, json)


def _resume(run: Path, upto: str, workers: int | None, retry_failed: bool, json: bool) -> None:
    from tracelift_groups import build as engine
    from tracelift_groups.cli import progress

    with progress.shown(upto) as watched:
        summary = engine.resume(run, upto=upto, retry_failed=retry_failed, workers=workers, progress=watched)
    o.finish(summary, json=json)
