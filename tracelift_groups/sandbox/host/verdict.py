"""The result of one test of a program."""

from dataclasses import asdict, dataclass
from typing import Any, Literal  # JSON

Status = Literal[
    "pass",
    "wrong_answer",
    "runtime_error",
    "compile_error",
    "timeout",
    "memory_limit",
    "output_limit",
    "crashed",
    "infrastructure_error",
]


@dataclass(frozen=True)
class Verdict:
    """How one test ended, on which tier, with details for display.

    `why` is one sentence, empty for a pass. `infrastructure_error` says nothing about the program: the verdict is
    missing. `stdout` and `stderr` are truncated to a few thousand characters. `lines` counts executed lines if
    requested; the program's own process counts them, so a hostile program can report any number.
    """

    status: Status
    tier: str
    why: str = ""
    cpu_seconds: float = 0.0
    stdout: str = ""
    stderr: str = ""
    lines: int | None = None

    @property
    def passed(self) -> bool:
        return self.status == "pass"

    def to_json(self) -> dict[str, Any]:
        return {key: value for key, value in asdict(self).items() if value is not None}
