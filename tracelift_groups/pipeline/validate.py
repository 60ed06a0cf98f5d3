"""The last stage: the group of one problem, checked by the rules.

A candidate that breaks an error rule is dropped; a group that is left without a positive or with fewer
than `min_negatives` negatives is rejected. Certificates were recomputed when the flaws were made and are not again.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from tracelift_groups.config import Config
from tracelift_groups.domain import rubric_name
from tracelift_groups.pipeline.assemble import choose, full
from tracelift_groups.records.group import Candidate, Group
from tracelift_groups.records.rubric import load_rubric
from tracelift_groups.records.seed import Seed
from tracelift_groups.records.stage import Annotated, Drop, Generated, Perturbed, StageResult
from tracelift_groups.validation import rules as _rules  # noqa: F401  # importing the rules puts them into the table
from tracelift_groups.validation.rule import ERROR, RULES, Hit, Rule, RuleInput, name_of

# Rules about the chosen bank, and the schema, which rows of our own types satisfy by test.
_NOT_IN_PIPELINE = frozenset({"TG002", "TG030", "TG031", "TG032", "TG033", "TG090"})


def validate_item(
    seed: Seed, generated: Generated, perturbed: Perturbed, annotated: Annotated, config: Config
) -> StageResult:
    """The group of one problem as its row, without a split; what breaks a rule is among the drops."""
    rubric = load_rubric(rubric_name(seed.domain, config.rubric))
    group = full(seed, generated, perturbed, annotated, config)
    drops: list[Drop] = []
    while hits := list(_breaches(RuleInput(group, rubric, config.min_negatives), _NOT_IN_PIPELINE)):
        whole = [(rule, hit) for rule, hit in hits if hit.candidate is None]
        if whole:
            rule, hit = whole[0]
            return StageResult("rejected", None, (*drops, _drop(group, rule, hit)))
        bad = {hit.candidate: (rule, hit) for rule, hit in reversed(hits)}
        drops += [_drop(group, *bad[index]) for index in sorted(bad)]  # type: ignore[type-var]  # None is ruled out
        group = _without(group, bad)
    if len(group.negative_bank) < config.min_negatives:
        reason = _shortage(group, perturbed, annotated, drops, config)
        drops.append(Drop("validate", seed.problem_id, "too-few-negatives", reason, raw=seed.problem))
        return StageResult("rejected", None, tuple(drops))
    return StageResult("done", choose(group, config).to_json(), tuple(drops))


def _breaches(case: RuleInput, but: Collection[str]) -> Iterator[tuple[Rule, Hit]]:
    for rule in RULES.values():
        if rule.check and rule.severity == ERROR and rule.code not in but:
            yield from ((rule, hit) for hit in rule.check(case) or ())


def _drop(group: Group, rule: Rule, hit: Hit) -> Drop:
    if hit.candidate is None:
        return Drop("validate", group.problem_id, rule.code, f"{rule.what} ({hit.message})", raw=group.problem)
    candidate = group.candidates[hit.candidate]
    return Drop(
        "validate",
        group.problem_id,
        rule.code,
        f"{rule.what} ({hit.message})",
        raw=candidate.reasoning,
        place=name_of(group, hit.candidate),
        kind=candidate.negative_kind or "",
        provenance=candidate.metadata.get("provenance"),
    )


def _without(group: Group, gone: Collection[int | None]) -> Group:
    offset = len(group.positive_pool)
    kept: list[Candidate] = [c for i, c in enumerate(group.positive_pool) if i not in gone]
    bank = [c for i, c in enumerate(group.negative_bank, start=offset) if i not in gone]
    return replace(group, positive_pool=tuple(kept), negative_bank=tuple(bank))


def _shortage(group: Group, perturbed: Perturbed, annotated: Annotated, drops: Sequence[Drop], config: Config) -> str:
    tried = Counter(perturbed["tried"].values())
    lost = [
        (tried["does not apply"], "kinds that do not apply"),
        (tried["dropped"], "kinds dropped by the ladder"),
        (len(perturbed["negatives"]) - len(annotated["negatives"]), "flaws dropped by annotate"),
        *((count, f"flaws dropped by {rule}") for rule, count in sorted(Counter(d.rule for d in drops).items())),
    ]
    why = ", ".join(f"{what}: {count}" for count, what in lost if count) or "no more kinds were asked for"
    return f"{len(group.negative_bank)} negatives are left, at least {config.min_negatives} are needed ({why})."
