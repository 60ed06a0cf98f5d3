"""Checks groups against the numbered rules: one group, and many together."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tracelift_groups.config import Config
from tracelift_groups.records.group import Group
from tracelift_groups.records.rubric import Rubric
from tracelift_groups.validation import rules as _rules  # noqa: F401  # importing the module registers the rules
from tracelift_groups.validation.near_duplicates import families
from tracelift_groups.validation.rule import RULES, Rule, RuleFinding, RuleInput, name_of

_MAX_DEVIATIONS = 4  # most standard deviations between a split's size and its share


@dataclass(frozen=True)
class Problem:
    """The fields of a group that rules over many groups need."""

    problem_id: str
    split: str
    place: str
    text: str


@dataclass(frozen=True)
class GroupFindings:
    """Findings of one group in the order of the codes, and the codes of rules with nothing to check."""

    findings: tuple[RuleFinding, ...]
    unchecked: tuple[str, ...]


def check_group(group: Group, rubric: Rubric | None, *, certificates: bool, place: str = "") -> list[RuleFinding]:
    """Findings of one group with the default limits on negatives."""
    config = Config()
    case = RuleInput(group, rubric, config.min_negatives, config.max_negatives, certificates)
    return list(check_rules(case, place).findings)


def check_rules(case: RuleInput, place: str = "") -> GroupFindings:
    """Apply every rule that needs only one group."""
    findings: list[RuleFinding] = []
    unchecked: list[str] = []
    for rule in RULES.values():
        hits = rule.check(case) if rule.check else ()
        if hits is None:
            unchecked.append(rule.code)
            continue
        severity = rule.severity if case.ours else rule.external_severity
        findings += [
            RuleFinding(
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
    return GroupFindings(tuple(findings), tuple(unchecked))


def check_groups(
    problems: Sequence[Problem], near_duplicate: float, shares: Mapping[str, float] | None = None
) -> list[RuleFinding]:
    """Apply every rule over many groups. `shares`: the configured share of each split; None: unknown."""
    return [*_same_ids(problems), *_across_splits(problems, near_duplicate), *_far_shares(problems, shares or {})]


def all_rules() -> list[Rule]:
    """Every rule, in the order of the codes."""
    return list(RULES.values())


def _found(code: str, problem: Problem | None, message: str) -> RuleFinding:
    rule = RULES[code]
    place, name = (problem.place, problem.problem_id) if problem else ("", "")
    return RuleFinding(code, rule.severity, place, name, "", message, rule.fix)


def _same_ids(problems: Iterable[Problem]) -> Iterator[RuleFinding]:
    first: dict[str, Problem] = {}
    for problem in problems:
        before = first.setdefault(problem.problem_id, problem)
        if before is not problem:
            yield _found("TG110", problem, f"the id is also used at {before.place}")


def _across_splits(problems: Sequence[Problem], near_duplicate: float) -> Iterator[RuleFinding]:
    if len({problem.split for problem in problems}) < 2:
        return
    members: defaultdict[str, list[Problem]] = defaultdict(list)
    # One id can occur in several splits, so rows are keyed by number.
    keys = families({str(i): problem.text for i, problem in enumerate(problems)}, near_duplicate)
    for i, problem in enumerate(problems):
        members[keys[str(i)]].append(problem)
    for family in members.values():
        first = family[0]
        others = [problem for problem in family if problem.split != first.split]
        same = [problem for problem in others if problem.text.split() == first.text.split()]
        if same:
            yield _found("TG111", same[0], f"in {same[0].split} and in {first.split} ({first.place})")
        elif others:
            yield _found("TG112", others[0], f"in {others[0].split}, a near-duplicate in {first.split} ({first.place})")


def _far_shares(problems: Sequence[Problem], shares: Mapping[str, float]) -> Iterator[RuleFinding]:
    counts, total = Counter(problem.split for problem in problems), len(problems)
    for split, share in shares.items():
        if abs(counts[split] - share * total) > _MAX_DEVIATIONS * math.sqrt(total * share * (1 - share)) + 1:
            yield _found("TG113", None, f"{split} has {counts[split]} of {total} groups, its share is {share:g}")
