"""The result of one test of a program."""

from dataclasses import asdict, dataclass
from typing import Any, Literal  # JSON

from tracelift_groups.sandbox.host.escape import escape

Status = Literal[
    "pass",
    "wrong_answer",
    "runtime_error",
    "compile_error",
    "timeout",
    "memory_limit",
    "output_limit",
    "crashed",
    "untestable",
    "infrastructure_error",
]
NO_VERDICT: tuple[Status, ...] = ("infrastructure_error", "untestable")  # they say nothing about the program


@dataclass(frozen=True)
class Verdict:
    """How one test ended, on which tier, with details for display.

    `why` is one sentence, empty for a pass. Two statuses say nothing about the program: `infrastructure_error`, the
    verdict is missing, and `untestable`, the test needs a value that can't leave the program's process. `stdout` and
    `stderr` are truncated to a few thousand characters. All texts are escaped and can be shown anywhere. `lines` counts
    executed lines if requested; the program's own process counts them, so a hostile program can report any number.
    """

    status: Status
    tier: str
    why: str = ""
    cpu_seconds: float = 0.0
    stdout: str = ""
    stderr: str = ""
    lines: int | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "why", escape(self.why))
        for name in ("stdout", "stderr"):
            object.__setattr__(self, name, escape(getattr(self, name), block=True))

    @property
    def passed(self) -> bool:
        return self.status == "pass"

    def to_json(self) -> dict[str, Any]:
        return {key: value for key, value in asdict(self).items() if value is not None}
