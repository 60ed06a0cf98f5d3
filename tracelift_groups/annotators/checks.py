"""Scores computed from what can be measured in a math trace: ten points a dimension, less what each finding costs."""

from collections import Counter

from tracelift_groups.annotators.annotator import ANNOTATORS
from tracelift_groups.errors import RecordError
from tracelift_groups.math.checks.finding import Finding
from tracelift_groups.math.checks.findings import findings
from tracelift_groups.records.annotation import RAW_MAX, Annotation
from tracelift_groups.records.rubric import Rubric
from tracelift_groups.records.seed import Seed

VERSION = "1"
UNDERSTANDING, STRATEGY, COHERENCE = "problem_understanding", "solution_strategy", "step_coherence"
CALCULATION, SUPPORT = "calculation_correctness", "answer_support"
MEASURED = (UNDERSTANDING, STRATEGY, COHERENCE, CALCULATION, SUPPORT)

# Points that a first finding of a rule costs. The first dimension named is the one that the finding is about.
COSTS = {
    "false_claim": {CALCULATION: 6.0},
    "wrong_operation": {CALCULATION: 6.0, STRATEGY: 3.0},
    "wrong_quantity": {CALCULATION: 6.0, COHERENCE: 3.0},
    "miscopied_given": {UNDERSTANDING: 6.0, CALCULATION: 3.0},
    "miscopied_prior": {COHERENCE: 6.0, CALCULATION: 3.0},
    "invented_quantity": {UNDERSTANDING: 6.0, CALCULATION: 2.0},
    "misread_relation": {UNDERSTANDING: 6.0, STRATEGY: 3.0},
    "dropped_condition": {UNDERSTANDING: 6.0, STRATEGY: 2.0},
    "wrong_target": {UNDERSTANDING: 6.0, SUPPORT: 5.0},
    "wrong_base": {STRATEGY: 6.0, CALCULATION: 3.0},
    "wrong_conversion": {CALCULATION: 6.0, UNDERSTANDING: 3.0},
    "off_by_one": {CALCULATION: 6.0, UNDERSTANDING: 3.0},
    "dropped_term": {CALCULATION: 6.0, COHERENCE: 3.0},
    "wrong_order": {CALCULATION: 6.0},
    "unexplained_result": {SUPPORT: 6.0, COHERENCE: 4.0},
    "missing_support": {COHERENCE: 6.0, SUPPORT: 4.0},
    "circular": {COHERENCE: 6.0, SUPPORT: 4.0},
    "contradiction": {COHERENCE: 6.0},
    "detour": {COHERENCE: 2.5},
    "unrelated": {UNDERSTANDING: 10.0, STRATEGY: 10.0, SUPPORT: 10.0, COHERENCE: 4.0},
    "no_conclusion": {SUPPORT: 8.0},
    "no_derivation": {SUPPORT: 6.0},
    "wrong_answer": {SUPPORT: 5.0},
    "wrong_approach": {STRATEGY: 6.0},
    "leaked_artifact": {SUPPORT: 4.0},
}
AGAIN = 0.2  # a finding of a rule that was met before costs this share of the first


@ANNOTATORS.register("checks")
def checks(seed: Seed, trace: str, rubric: Rubric) -> Annotation:
    """Score a math trace against its seed. RecordError for a rubric with a dimension that can't be measured."""
    unknown = [name for name in rubric.names if name not in MEASURED]
    if unknown:
        raise RecordError(
            f'The checks can\'t measure "{unknown[0]}" of rubric "{rubric.name}".',
            f"They measure: {', '.join(MEASURED)}.",
        )
    found = findings(seed, trace)
    raw: dict[str, float | None] = dict(score(found))
    kept = {name: raw[name] for name in rubric.names}
    first = min((finding.step for finding in found), default=-1)
    return Annotation("checks", VERSION, kept, 1, rubric.mean(kept), 0.0, _reason(found), first)


def score(found: list[Finding]) -> dict[str, float]:
    """0–10 for each measured dimension."""
    points = dict.fromkeys(MEASURED, RAW_MAX)
    met: Counter[str] = Counter()
    for finding in found:
        share = AGAIN if met[finding.rule] else 1.0
        met[finding.rule] += 1
        for name, cost in COSTS[finding.rule].items():
            points[name] = round(max(0.0, points[name] - share * cost), 6)
    return points


def _reason(found: list[Finding]) -> str:
    if not found:
        return "Every claim was recomputed and every quantity has a source; the trace comes to the answer."
    return " ".join(finding.sentence for finding in found[:3])
