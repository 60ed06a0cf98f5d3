"""Resource limits of one test."""

from dataclasses import dataclass

from tracelift_groups.errors import ConfigError
from tracelift_groups.sandbox.host.argument import is_number, shown_argument

_SECONDS, _OPTIONAL = ("cpu_seconds", "wall_seconds"), ("wall_seconds", "lines")
_MOST, _MOST_LINES = 10**6, 10**15


@dataclass(frozen=True)
class Limits:
    """Limits of one test; reaching any of them ends it.

    `cpu_seconds` is CPU time over all threads. `wall_seconds` is a backstop for programs that wait; None means three
    times the CPU time plus two seconds. `memory_mib` is address space beyond the interpreter's. `output_mib` applies to
    stdout, stderr and each file, `scratch_mib` to all files together. `lines` limits executed lines of the program;
    None turns counting off, which otherwise slows the program down. Seconds are any numbers, the others whole ones;
    ConfigError for anything else.
    """

    cpu_seconds: float = 10.0
    wall_seconds: float | None = None
    memory_mib: int = 1024
    output_mib: int = 16
    scratch_mib: int = 16
    threads: int = 64
    lines: int | None = None

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            most = _MOST_LINES if name == "lines" else _MOST
            right = is_number(value) if name in _SECONDS else type(value) is int
            if value is None and name in _OPTIONAL:
                continue
            if not right or not 0 < value <= most:
                kind = "number" if name in _SECONDS else "whole number"
                raise ConfigError(
                    f"The limit {name} is {shown_argument(value)}.", f"Use a {kind} above 0 and at most {most:,}."
                )

    @property
    def wall(self) -> float:
        """The wall-clock limit in seconds."""
        return self.wall_seconds if self.wall_seconds is not None else 3 * self.cpu_seconds + 2
