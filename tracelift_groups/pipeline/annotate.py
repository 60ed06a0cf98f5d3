"""The stage that scores: every trace on the rubric by the named annotator, and rung 6 of the ladder."""

from tracelift_groups.config import Config
from tracelift_groups.domain import rubric_name
from tracelift_groups.records.annotation import Annotation
from tracelift_groups.records.rubric import Rubric, load_rubric
from tracelift_groups.records.seed import Seed
from tracelift_groups.records.stage import (
    Annotated,
    AnnotatedNegative,
    AnnotatedPositive,
    Drop,
    Generated,
    Perturbed,
    StageResult,
)
from tracelift_groups.registry import ANNOTATORS, KINDS

_SUPPORT = "answer_support"


def annotate(seed: Seed, generated: Generated, perturbed: Perturbed, config: Config) -> StageResult:
    """Annotations of the positives and of every flaw whose scores agree with its kind (rule rung-6 for the others)."""
    rubric = load_rubric(rubric_name(seed.domain, config.rubric))
    annotator = ANNOTATORS.get(config.annotator)
    positives = [annotator(seed, made["reasoning"], rubric) for made in generated["positives"]]
    negatives: list[AnnotatedNegative] = []
    drops = []
    for index, made in enumerate(perturbed["negatives"]):
        scored = annotator(seed, made["reasoning"], rubric)
        kind = made["perturbation"]["kind"]
        reason = disagreement(kind, positives[0], scored, rubric)
        if reason:
            drops.append(
                Drop(
                    "annotate",
                    seed.problem_id,
                    "rung-6",
                    reason,
                    made["reasoning"],
                    kind=kind,
                    provenance=made["provenance"],
                )
            )
        else:
            negatives.append({"index": index, "annotations": [scored.to_json()]})
    notes: list[AnnotatedPositive] = [{"annotations": [scored.to_json()]} for scored in positives]
    return StageResult("done", Annotated(positives=notes, negatives=negatives), tuple(drops))


def disagreement(kind: str, reference: Annotation, flaw: Annotation, rubric: Rubric) -> str:
    """Rung 6: why the scores of a flaw don't fit its kind; empty when they do.

    The flaw's total must be below the reference's, and the dimension that the kind breaks, or one that it also lowers,
    must fall most, ties allowed. answer_support, which falls with every wrong answer, counts where the kind breaks it.
    A missing score fits nothing.
    """
    falls = {name: _fall(reference.raw.get(name), flaw.raw.get(name)) for name in rubric.names}
    if reference.mean is None or flaw.mean is None or None in falls.values():
        return "A score is missing."
    if flaw.mean >= reference.mean:
        return f"The flaw scores {flaw.mean}, its reference {reference.mean}."
    found = KINDS.get(kind)
    lowered = [name for name in (found.breaks, *found.also) if name in falls]
    compared = {name: falls[name] or 0.0 for name in falls if name != _SUPPORT or found.breaks == _SUPPORT}
    most = max(compared, key=lambda name: compared[name])
    if lowered and all(compared.get(name, 0.0) < compared[most] for name in lowered):
        return f"{most} falls most, not {found.breaks}, which {kind} breaks."
    return ""


def _fall(before: float | None, after: float | None) -> float | None:
    return None if before is None or after is None else before - after
