"""Rule-based scores of a math trace: 10 points for each dimension, minus the cost of each finding."""

from tracelift_groups.errors import RecordError
from tracelift_groups.math.checks.finding import Finding
from tracelift_groups.math.checks.findings import findings
from tracelift_groups.math.checks.score import MEASURED, score
from tracelift_groups.records.annotation import Annotation
from tracelift_groups.records.rubric import Rubric
from tracelift_groups.records.seed import Seed
from tracelift_groups.registry import ANNOTATORS

VERSION = "1"


@ANNOTATORS.register("checks")
def checks(seed: Seed, trace: str, rubric: Rubric) -> Annotation:
    """Score a math trace against its seed. RecordError for a rubric with a dimension that no finding covers."""
    unknown = [name for name in rubric.names if name not in MEASURED]
    if unknown:
        raise RecordError(
            f'The annotator "checks" can\'t score dimension "{unknown[0]}" of rubric "{rubric.name}".',
            f"It scores: {', '.join(MEASURED)}.",
        )
    found = findings(seed, trace)
    raw: dict[str, float | None] = dict(score(found))
    kept = {name: raw[name] for name in rubric.names}
    first = min((finding.step for finding in found), default=-1)
    return Annotation("checks", VERSION, kept, 1, rubric.mean(kept), 0.0, _reason(found), first)


def _reason(found: list[Finding]) -> str:
    if not found:
        return "Every claim was recomputed and every quantity has a source; the trace comes to the answer."
    return " ".join(finding.sentence for finding in found[:3])
