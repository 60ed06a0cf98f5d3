"""A numbered rule for groups: its meaning, and the severity and fix of a violation.

A rule checks one group (`RuleInput`) and yields its violations (`Hit`); None means that there was nothing to check, as
in files without perturbations or certificates. A file made elsewhere, recognized by its missing `format_version`, gets
the severity in `external_severity`. The rules themselves are in rules.py.
"""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass

from tracelift_groups.records.group import Group
from tracelift_groups.records.rubric import Rubric

ERROR, WARNING = "error", "warning"


@dataclass(frozen=True)
class RuleInput:
    """One group and the limits it is checked against. `rubric` None: the dimensions are unknown."""

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
    """A violation. `candidate` is its index in `group.candidates`; None: the whole group."""

    message: str
    candidate: int | None = None


@dataclass(frozen=True)
class RuleFinding:
    """A violation as reported. `place` is file:line if there is a file; `candidate` is empty for the whole group."""

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
    """`code` never changes its meaning; `check` is None for a rule registered with `across`."""

    code: str
    name: str
    severity: str
    external_severity: str
    what: str
    fix: str
    check: RuleCheck | None = None

    def to_json(self) -> dict[str, str]:
        return {
            "code": self.code,
            "name": self.name,
            "severity": self.severity,
            "foreign": self.external_severity,
            "what": self.what,
            "fix": self.fix,
        }


RULES: dict[str, Rule] = {}


def rule(
    code: str, name: str, what: str, fix: str, severity: str = ERROR, external_severity: str = ""
) -> Callable[[RuleCheck], RuleCheck]:
    """Register a check. Without `external_severity` the severity is the same for files made elsewhere."""

    def add(check: RuleCheck) -> RuleCheck:
        RULES[code] = Rule(code, name, severity, external_severity or severity, what, fix, check)
        return check

    return add


def across(code: str, name: str, what: str, fix: str, severity: str = ERROR) -> None:
    """Register a rule that is not checked on single groups: it needs several groups, or a line that is not a group."""
    RULES[code] = Rule(code, name, severity, severity, what, fix)


def name_of(group: Group, candidate: int | None) -> str:
    """`positive 0`, `negative 2 (operator_swap)`, or empty for the group itself."""
    if candidate is None:
        return ""
    index = candidate - len(group.positive_pool)
    if index < 0:
        return f"positive {candidate}"
    return f"negative {index} ({group.negative_bank[index].negative_kind or 'no kind'})"
