"""Scores from findings: 10 points for each dimension, minus the cost of each finding."""

from collections import Counter

from tracelift_groups.math.checks.finding import Finding
from tracelift_groups.records.annotation import RAW_MAX

UNDERSTANDING, STRATEGY, COHERENCE = "problem_understanding", "solution_strategy", "step_coherence"


CALCULATION, SUPPORT = "calculation_correctness", "answer_support"


MEASURED = (UNDERSTANDING, STRATEGY, COHERENCE, CALCULATION, SUPPORT)


# Points that the first finding of a rule costs. The first dimension is the one that the rule is about.
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


AGAIN = 0.2  # each further finding of a rule costs this share of the first


def score(found: list[Finding]) -> dict[str, float]:
    """The points from 0 to 10 for each measured dimension."""
    points = dict.fromkeys(MEASURED, RAW_MAX)
    met: Counter[str] = Counter()
    for finding in found:
        share = AGAIN if met[finding.rule] else 1.0
        met[finding.rule] += 1
        for name, cost in COSTS[finding.rule].items():
            points[name] = round(max(0.0, points[name] - share * cost), 6)
    return points
