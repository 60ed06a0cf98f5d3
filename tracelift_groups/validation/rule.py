"""A numbered rule for groups: what it says, how bad a breach is and how to mend it.

A rule looks at one group (`Case`) and yields its breaches (`Hit`); None says that it found nothing to look at, as in
files that carry no perturbations or certificates. A file made elsewhere, told by its missing `format_version`, gets
the severity in `foreign`. The rules themselves stand in rules.py.
"""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass

from tracelift_groups.records.group import Group
from tracelift_groups.records.rubric import Rubric

ERROR, WARNING = "error", "warning"


@dataclass(frozen=True)
class RuleInput:
    """One group and what it is measured against. `rubric` None: its dimensions are not known here."""

    group: Group
    rubric: Rubric | None
    min_negatives: int
    max_negatives: int | None = None
    certificates: bool = False

    @property
    def ours(self) -> bool:
        return "format_version" in self.group.metadata

    @property
    def domain(self) -> str:
        return self.group.domain


@dataclass(frozen=True)
class Hit:
    """A breach. `candidate` is its index in `group.candidates`; None: the group as a whole."""

    message: str
    candidate: int | None = None


@dataclass(frozen=True)
class RuleFinding:
    """A breach as it is reported. `place` is file:line, where there is a file; `candidate` is empty for the group."""

    code: str
    severity: str
    place: str
    problem_id: str
    candidate: str
    message: str
    fix: str

    def to_json(self) -> dict[str, str]:
        return asdict(self)

    def __str__(self) -> str:
        where = ", ".join(part for part in (self.place, self.problem_id, self.candidate) if part)
        return f"{where}: {self.code} {self.severity}: {self.message.rstrip('.')}. {self.fix}"


RuleCheck = Callable[[RuleInput], Iterable[Hit] | None]


@dataclass(frozen=True)
class Rule:
    """`code` never changes its meaning; `check` is None where the rule needs more than one group."""

    code: str
    name: str
    severity: str
    foreign: str
    what: str
    fix: str
    check: RuleCheck | None = None

    def to_json(self) -> dict[str, str]:
        names = ("code", "name", "severity", "foreign", "what", "fix")
        return {name: getattr(self, name) for name in names}


RULES: dict[str, Rule] = {}


def rule(
    code: str, name: str, what: str, fix: str, severity: str = ERROR, foreign: str = ""
) -> Callable[[RuleCheck], RuleCheck]:
    """Put a check into the table. Without `foreign` a breach weighs the same in everybody's files."""

    def add(check: RuleCheck) -> RuleCheck:
        RULES[code] = Rule(code, name, severity, foreign or severity, what, fix, check)
        return check

    return add


def across(code: str, name: str, what: str, fix: str, severity: str = ERROR) -> None:
    """Put a rule into the table whose check needs more than one group, or less than one."""
    RULES[code] = Rule(code, name, severity, severity, what, fix)


def name_of(group: Group, candidate: int | None) -> str:
    """`positive 0`, `negative 2 (operator_swap)`, or nothing for the group itself."""
    if candidate is None:
        return ""
    index = candidate - len(group.positive_pool)
    if index < 0:
        return f"positive {candidate}"
    return f"negative {index} ({group.negative_bank[index].negative_kind or 'no kind'})"
