"""Groups against the numbered rules: one group, many together, and the last stage of the pipeline.

In the pipeline a candidate that breaks an error rule is dropped; a group that is left without a positive or with fewer
than `min_negatives` negatives is rejected. Certificates were recomputed when the flaws were made and are not again.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any  # JSON

from tracelift_groups.config import Config
from tracelift_groups.pipeline.assemble import choose, full
from tracelift_groups.pipeline.split import families
from tracelift_groups.records.group import Candidate, Group
from tracelift_groups.records.rubric import Rubric, load_rubric
from tracelift_groups.records.seed import Seed
from tracelift_groups.records.stage import Drop, Outcome
from tracelift_groups.validation import rules as _rules  # noqa: F401  # importing the rules puts them into the table
from tracelift_groups.validation.rule import ERROR, RULES, Case, Finding, Hit, Rule, name_of

# What only a chosen bank can keep, and the schema, which rows made by our own types keep by test.
_NOT_IN_PIPELINE = frozenset({"TG002", "TG030", "TG031", "TG032", "TG033", "TG090"})
_SURE = 4  # standard deviations that a split may be from its share


@dataclass(frozen=True)
class Problem:
    """What the rules over many groups need to know of one."""

    problem_id: str
    split: str
    place: str
    text: str


@dataclass(frozen=True)
class Verdict:
    """Findings of one group in the order of the codes, and the codes for which there was nothing to look at."""

    findings: tuple[Finding, ...]
    unchecked: tuple[str, ...]


def validate_item(
    seed: Seed, generated: Mapping[str, Any], perturbed: Mapping[str, Any], annotated: Mapping[str, Any], config: Config
) -> Outcome:
    """The group of one problem as its row, without a split; what breaks a rule is among the drops."""
    rubric = load_rubric(config.rubric or seed.domain)
    group = full(seed, generated, perturbed, annotated, config)
    drops: list[Drop] = []
    while hits := list(_breaches(Case(group, rubric, config.min_negatives), _NOT_IN_PIPELINE)):
        whole = [(rule, hit) for rule, hit in hits if hit.candidate is None]
        if whole:
            rule, hit = whole[0]
            return Outcome("rejected", None, (*drops, _drop(group, rule, hit)))
        bad = {hit.candidate: (rule, hit) for rule, hit in reversed(hits)}
        drops += [_drop(group, *bad[index]) for index in sorted(bad)]  # type: ignore[type-var]  # None is ruled out
        group = _without(group, bad)
    if len(group.negative_bank) < config.min_negatives:
        reason = _shortage(group, perturbed, annotated, drops, config)
        drops.append(Drop("validate", seed.problem_id, "too-few-negatives", reason, raw=seed.problem))
        return Outcome("rejected", None, tuple(drops))
    return Outcome("done", choose(group, config).to_json(), tuple(drops))


def check_group(group: Group, rubric: Rubric | None, *, certificates: bool, place: str = "") -> list[Finding]:
    """Findings of one group under the default numbers of negatives."""
    config = Config()
    case = Case(group, rubric, config.min_negatives, config.max_negatives, certificates)
    return list(check(case, place).findings)


def check(case: Case, place: str = "") -> Verdict:
    """Every rule that needs one group only."""
    findings: list[Finding] = []
    unchecked: list[str] = []
    for rule in RULES.values():
        hits = rule.check(case) if rule.check else ()
        if hits is None:
            unchecked.append(rule.code)
            continue
        severity = rule.severity if case.ours else rule.foreign
        findings += [
            Finding(
                rule.code,
                severity,
                place,
                case.group.problem_id,
                name_of(case.group, hit.candidate),
                hit.message,
                rule.fix,
            )
            for hit in hits
        ]
    return Verdict(tuple(findings), tuple(unchecked))


def check_groups(
    problems: Sequence[Problem], near_duplicate: float, shares: Mapping[str, float] | None = None
) -> list[Finding]:
    """Every rule over many groups. `shares`: what the splits should hold; None: not known."""
    return [*_same_ids(problems), *_across_splits(problems, near_duplicate), *_far_shares(problems, shares or {})]


def all_rules() -> list[Rule]:
    """Every rule, in the order of the codes."""
    return list(RULES.values())


def _breaches(case: Case, but: Collection[str]) -> Iterator[tuple[Rule, Hit]]:
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


def _shortage(
    group: Group, perturbed: Mapping[str, Any], annotated: Mapping[str, Any], drops: Sequence[Drop], config: Config
) -> str:
    tried = Counter(perturbed.get("tried", {}).values())
    lost = [
        (tried["does not apply"], "kinds that do not apply"),
        (tried["dropped"], "kinds dropped by the ladder"),
        (len(perturbed["negatives"]) - len(annotated["negatives"]), "flaws dropped by annotate"),
        *((count, f"flaws dropped by {rule}") for rule, count in sorted(Counter(d.rule for d in drops).items())),
    ]
    why = ", ".join(f"{what}: {count}" for count, what in lost if count) or "no more kinds were asked for"
    return f"{len(group.negative_bank)} negatives are left, at least {config.min_negatives} are needed ({why})."


def _found(code: str, problem: Problem | None, message: str) -> Finding:
    rule = RULES[code]
    place, name = (problem.place, problem.problem_id) if problem else ("", "")
    return Finding(code, rule.severity, place, name, "", message, rule.fix)


def _same_ids(problems: Iterable[Problem]) -> Iterator[Finding]:
    first: dict[str, Problem] = {}
    for problem in problems:
        before = first.setdefault(problem.problem_id, problem)
        if before is not problem:
            yield _found("TG110", problem, f"the id stands at {before.place} too")


def _across_splits(problems: Sequence[Problem], near_duplicate: float) -> Iterator[Finding]:
    if len({problem.split for problem in problems}) < 2:
        return
    members: defaultdict[str, list[Problem]] = defaultdict(list)
    # One id can stand in several splits, so rows go by their number.
    keys = families({str(i): problem.text for i, problem in enumerate(problems)}, near_duplicate)
    for i, problem in enumerate(problems):
        members[keys[str(i)]].append(problem)
    for family in members.values():
        first = family[0]
        others = [problem for problem in family if problem.split != first.split]
        same = [problem for problem in others if problem.text.split() == first.text.split()]
        if same:
            yield _found("TG111", same[0], f"in {same[0].split} as in {first.split} ({first.place})")
        elif others:
            yield _found("TG112", others[0], f"in {others[0].split}, its twin in {first.split} ({first.place})")


def _far_shares(problems: Sequence[Problem], shares: Mapping[str, float]) -> Iterator[Finding]:
    counts, total = Counter(problem.split for problem in problems), len(problems)
    for split, share in shares.items():
        if abs(counts[split] - share * total) > _SURE * math.sqrt(total * share * (1 - share)) + 1:
            yield _found("TG113", None, f"{split} has {counts[split]} of {total} groups, its share is {share:g}")
