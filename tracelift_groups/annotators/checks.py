"""Scores of a trace by what its domain measures in it. A score never depends on how a flaw was made."""

from tracelift_groups.domain import domain_named
from tracelift_groups.errors import RecordError
from tracelift_groups.records.annotation import Annotation
from tracelift_groups.records.rubric import Rubric
from tracelift_groups.records.seed import Seed
from tracelift_groups.registry import ANNOTATORS

VERSION = "1"


@ANNOTATORS.register("checks")
def checks(seed: Seed, trace: str, rubric: Rubric) -> Annotation:
    """Score a trace against its seed. RecordError for a rubric with a dimension that the domain does not measure."""
    measured = domain_named(seed.domain).measure(seed, trace)
    unknown = [name for name in rubric.names if name not in measured.raw]
    if unknown:
        raise RecordError(
            f'The annotator "checks" can\'t score dimension "{unknown[0]}" of rubric "{rubric.name}".',
            f"It scores: {', '.join(measured.raw)}.",
        )
    kept = {name: measured.raw[name] for name in rubric.names}
    scaled = measured.reaches_answer is False
    return Annotation(
        "checks",
        VERSION,
        kept,
        1,
        rubric.mean(kept, scaled=scaled),
        0.0,
        measured.reason,
        measured.first_error_step,
        scaled,
    )
