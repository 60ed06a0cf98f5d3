"""The rules for groups, in the order of their codes.

TG0xx check the row and its texts, TG10x its scores, TG11x compare groups (their checks are in groups.py).
"""

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any  # JSON

from tracelift_groups.domain import domain_named
from tracelift_groups.errors import RecordError, UnknownNameError
from tracelift_groups.flaws import giveaways as giveaway
from tracelift_groups.records.annotation import RAW_MAX, Annotation
from tracelift_groups.records.group import Candidate, Group, keeps_answer
from tracelift_groups.records.perturbation import Perturbation
from tracelift_groups.records.rubric import LABELS, Rubric, label_of
from tracelift_groups.records.seed import needs_answer
from tracelift_groups.registry import KINDS
from tracelift_groups.validation.recheck import disprover, metadata_part
from tracelift_groups.validation.rule import WARNING, Hit, RuleInput, across, name_of, rule

MARGIN = 0.02  # of the total in [0, 1]; one anchor step on a dimension of weight 0.2 is 0.05
_LABEL_MAX = label_of(RAW_MAX)
_SPACE = re.compile(r"\s+")


across("TG001", "unreadable", "A line is not a group.", "Correct or delete the line.")


@rule(
    "TG002", "schema", "A row violates the JSON Schema of a group.", "See group.schema.json.", external_severity=WARNING
)
def _schema(case: RuleInput) -> Iterator[Hit]:
    from tracelift_groups.records import schema

    for message in schema.errors("group", case.group.to_json()):
        yield Hit(message)


@rule("TG010", "gold", "A group has no problem or no reference answer.", "Fill in the empty field.")
def _gold(case: RuleInput) -> Iterator[Hit]:
    if needs_answer(case.domain) and not case.group.reference_solution.strip():
        yield Hit("reference_solution is empty")
    if not case.group.problem.strip():
        yield Hit("the problem is empty")


@rule("TG020", "positives", "A group has no positive.", "Add a reference trace or drop the group.")
def _positives(case: RuleInput) -> Iterator[Hit]:
    if not case.group.positive_pool:
        yield Hit("positive_pool is empty")


@rule("TG021", "label", "A candidate's label does not match its pool.", "Move the candidate or correct its label.")
def _label(case: RuleInput) -> Iterator[Hit]:
    for index, candidate in enumerate(case.group.candidates):
        pool = "positive" if index < len(case.group.positive_pool) else "negative"
        if candidate.label != pool:
            yield Hit(f'label is "{candidate.label}" in the pool of {pool}s', index)


@rule(
    "TG030",
    "too-few-negatives",
    "A group has fewer negatives than min_negatives.",
    "Allow more kinds, or lower min_negatives.",
)
def _too_few(case: RuleInput) -> Iterator[Hit]:
    if (count := len(case.group.negative_bank)) < case.min_negatives:
        yield Hit(f"{count} negatives, at least {case.min_negatives} are required")


@rule("TG031", "too-many-negatives", "A group has more negatives than max_negatives.", "Raise max_negatives.", WARNING)
def _too_many(case: RuleInput) -> Iterator[Hit] | None:
    if case.max_negatives is None:
        return None
    count = len(case.group.negative_bank)
    hit = Hit(f"{count} negatives, at most {case.max_negatives} are allowed")
    return iter([hit] if count > case.max_negatives else [])


@rule(
    "TG032",
    "index",
    "negative_index is not the position in negative_bank.",
    "Number from 0.",
    external_severity=WARNING,
)
def _index(case: RuleInput) -> Iterator[Hit]:
    for position, index, flaw in _negatives(case):
        if flaw.negative_index != position:
            yield Hit(f"negative_index is {flaw.negative_index}, not {position}", index)


@rule(
    "TG033",
    "only-answer-changing",
    "No negative keeps the answer, so the group only teaches whether the answer is right.",
    "Allow an answer-preserving kind: `kinds` lists them.",
    WARNING,
)
def _mix(case: RuleInput) -> Iterator[Hit] | None:
    if not _with_part(case, "certificate"):
        return None
    mixed = any(map(keeps_answer, case.group.negative_bank))
    return iter([] if mixed else [Hit("every negative changes the answer")])


@rule(
    "TG040",
    "margin",
    "A negative's total is not clearly below every positive's.",
    "Annotate again or drop it.",
    external_severity=WARNING,
)
def _margin(case: RuleInput) -> Iterator[Hit] | None:
    totals = [total for c in case.group.positive_pool if (total := _total_of(c)) is not None]
    scored = [(index, total) for _, index, flaw in _negatives(case) if (total := _total_of(flaw)) is not None]
    if not totals or not scored:
        return None
    low = min(totals)
    return (
        Hit(f"total {total:g} is not {MARGIN:g} below the lowest positive total, {low:g}", index)
        for index, total in scored
        if not total <= low - MARGIN + 1e-9
    )


@rule(
    "TG041",
    "unscored",
    "A candidate has no total.",
    "Annotate it: a missing score is not a zero.",
    external_severity=WARNING,
)
def _unscored(case: RuleInput) -> Iterator[Hit]:
    for index, candidate in enumerate(case.group.candidates):
        if candidate.total is None:
            yield Hit("the rubric has no total" if candidate.rubric else "there are no rubric scores", index)


@rule("TG050", "duplicate", "Two candidates of a group have the same text.", "Keep one of them.")
def _duplicate(case: RuleInput) -> Iterator[Hit]:
    seen: dict[str, int] = {}
    for index, candidate in enumerate(case.group.candidates):
        first = seen.setdefault(_flat(candidate.reasoning), index)
        if first != index:
            yield Hit(f"has the same text as {name_of(case.group, first)}", index)


@rule("TG060", "leakage", "A trace contains the markup of a final answer.", "Remove the artifact from the trace.")
def _leakage(case: RuleInput) -> Iterator[Hit] | None:
    domain = domain_named(case.domain)
    found = [(i, c, domain.leaked_markup(c.reasoning)) for i, c in enumerate(case.group.candidates)]
    if found and all(markup is None for *_, markup in found):
        return None
    return (Hit(f"contains {markup!r}", i) for i, c, markup in found if markup and not _about_leakage(c))


@rule("TG070", "give-away", "A flaw's text reveals it as a flaw.", "Reword the flaw as if its author believed it.")
def _give_away(case: RuleInput) -> Iterator[Hit]:
    known = "\n".join([case.group.problem, *(c.reasoning for c in case.group.positive_pool)])
    for _, index, flaw in _negatives(case):
        if phrase := giveaway.find(flaw.reasoning, known):
            yield Hit(f"contains {phrase!r}", index)


@rule("TG080", "locality", "The edits don't turn a positive into the flaw.", "Regenerate the flaw from its positive.")
def _locality(case: RuleInput) -> Iterable[Hit] | None:
    edited = _with_part(case, "perturbation")
    if not edited:
        return None
    return [Hit(why, index) for index, flaw, edits in edited if (why := _unlike(case.group, flaw, edits))]


@rule("TG081", "kind", "negative_kind and perturbation name different kinds.", "Correct negative_kind.")
def _kind(case: RuleInput) -> Iterable[Hit] | None:
    edited = _with_part(case, "perturbation")
    if not edited:
        return None
    return [
        Hit(f"the perturbation is of kind {edits.get('kind')}", index)
        for index, flaw, edits in edited
        if edits.get("kind") != flaw.negative_kind
    ]


@rule("TG090", "certificate", "A recomputed certificate does not hold.", "Drop the flaw: it is not proven.")
def _certificate(case: RuleInput) -> Iterable[Hit] | None:
    certified = _with_part(case, "certificate")
    if not case.certificates or not certified:
        return None
    disproved = disprover(case.group)
    return [Hit(why, index) for index, flaw, stored in certified if (why := disproved(flaw, stored))]


@rule("TG091", "uncertified", "A flaw made by this library has no certificate.", "Regenerate the group with `redo`.")
def _uncertified(case: RuleInput) -> Iterable[Hit] | None:
    if not case.ours:
        return None
    bare = (i for _, i, flaw in _negatives(case) if metadata_part(flaw, "certificate") is None)
    return [Hit("has no certificate", i) for i in bare]


@rule("TG100", "range", "A score is outside its range.", "Labels are whole numbers 0–4, totals 0–1, raw scores 0–10.")
def _range(case: RuleInput) -> Iterable[Hit] | None:
    scored = _scored(case)
    if not scored:
        return None
    return [Hit(f"{name} is {score}", index) for index, c in scored for name, score in _out_of_range(c)]


@rule("TG101", "total", "Labels, total and raw score are inconsistent.", "Annotate again.", external_severity=WARNING)
def _total(case: RuleInput) -> Iterable[Hit] | None:
    scored = _scored(case)
    if not scored or case.rubric is None:
        return None
    return [Hit(why, index) for index, c in scored if (why := _inconsistent(c, case.rubric))]


@rule(
    "TG102",
    "rubric-label",
    "rubric_label does not match the total.",
    "Use the label that the rubric's thresholds give.",
    external_severity=WARNING,
)
def _rubric_label(case: RuleInput) -> Iterable[Hit] | None:
    labelled = [(i, c, total) for i, c in _scored(case) if c.rubric_label and (total := _total_of(c)) is not None]
    rubric = case.rubric
    if not labelled or rubric is None:
        return None
    return [
        Hit(f'"{c.rubric_label}" for a total of {total:g}, which gives "{rubric.label(total)}"', index)
        for index, c, total in labelled
        if (case.ours or c.rubric_label in LABELS) and c.rubric_label != rubric.label(total)
    ]


@rule("TG103", "dimension", "A dimension is not in the rubric.", "Pass the rubric that was used: --rubric NAME.")
def _dimension(case: RuleInput) -> Iterable[Hit] | None:
    scored = _scored(case)
    if not scored or case.rubric is None:
        return None
    names = case.rubric.names
    return [
        Hit(f'dimension "{name}" is not in rubric "{case.rubric.name}" ({", ".join(names)})', index)
        for index, c in scored
        for name in c.rubric
        if name not in (*names, "total")
    ]


across("TG110", "duplicate-id", "Two groups have the same problem_id.", "Give each problem its own id.")
across("TG111", "same-problem", "A problem is in two splits.", "Split again with near-duplicate detection.")
across("TG112", "near-problem", "Near-duplicate problems are in two splits.", "Split again, or lower the threshold.")
across("TG113", "shares", "A split is far from its share.", "Check for large families of near-duplicates.", WARNING)


def _negatives(case: RuleInput) -> list[tuple[int, int, Candidate]]:
    """Position in the bank, index in `candidates`, the flaw."""
    offset = len(case.group.positive_pool)
    return [(position, offset + position, flaw) for position, flaw in enumerate(case.group.negative_bank)]


def _with_part(case: RuleInput, name: str) -> list[tuple[int, Candidate, Mapping[str, Any]]]:
    found = ((index, flaw, metadata_part(flaw, name)) for _, index, flaw in _negatives(case))
    return [(index, flaw, part) for index, flaw, part in found if part is not None]


def _scored(case: RuleInput) -> list[tuple[int, Candidate]]:
    return [(index, candidate) for index, candidate in enumerate(case.group.candidates) if candidate.rubric]


def _number(value: object) -> float | None:
    """A finite number, or None: files made elsewhere may hold anything."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) else None


def _total_of(candidate: Candidate) -> float | None:
    return _number(candidate.total)


def _flat(text: str) -> str:
    return _SPACE.sub(" ", text).strip().lower()


def _about_leakage(candidate: Candidate) -> bool:
    try:
        return candidate.negative_kind is not None and KINDS.get(candidate.negative_kind).breaks == "non_leakage"
    except UnknownNameError:
        return False


def _yields(perturbation: Perturbation, positive: Candidate, flaw: Candidate) -> bool:
    try:
        return perturbation.apply(positive.reasoning) == flaw.reasoning
    except RecordError:
        return False


def _unlike(group: Group, flaw: Candidate, edits: Mapping[str, Any]) -> str:
    try:
        perturbation = Perturbation.from_json(edits)
    except RecordError as cause:
        return str(cause)
    if any(_yields(perturbation, positive, flaw) for positive in group.positive_pool):
        return ""
    return "the recorded edits turn no positive into this text"


def _out_of_range(candidate: Candidate) -> Iterator[tuple[str, object]]:
    for name, score in candidate.rubric.items():
        number = _number(score)
        if number is None or not (0 <= number <= 1 if name == "total" else number in range(_LABEL_MAX + 1)):
            yield name, score
    raw = candidate.rubric_score_raw
    if raw is not None and not 0 <= raw <= RAW_MAX:
        yield "rubric_score_raw", raw


def _inconsistent(candidate: Candidate, rubric: Rubric) -> str:
    """Why the scores are inconsistent; empty if they are consistent."""
    labels, total, raw = candidate.rubric, candidate.total, candidate.rubric_score_raw
    if any(True for _ in _out_of_range(candidate)):
        return ""
    if raw is not None and total is not None and abs(raw / 10 - total) > 1e-6:
        return f"total {total:g} is not a tenth of rubric_score_raw {raw:g}"
    notes = candidate.metadata.get("annotations")
    notes = notes if isinstance(notes, list) else []
    try:
        found = [Annotation.from_json(note) for note in notes]
    except RecordError as cause:
        return str(cause)
    own = [note for note in found if rubric.scores(note.raw, scaled=note.scaled) == dict(labels)]
    if notes and not own:
        return "none of the stored annotations gives these scores"
    if total is None or any(name not in labels for name in rubric.names):
        return ""
    scale = rubric.scale if own and own[0].scaled else 1.0
    low = scale * sum(d.weight * 2 * labels[d.name] for d in rubric.dimensions)
    high = scale * sum(d.weight * min(RAW_MAX, 2 * labels[d.name] + 2) for d in rubric.dimensions)
    if not low - 1e-6 <= 10 * total <= high + 1e-6:
        return f"total {total:g} can't come from these labels, which allow {low / 10:g} to {high / 10:g}"
    return ""
