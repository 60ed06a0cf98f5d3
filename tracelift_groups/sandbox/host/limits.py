"""What a program may use, for each test."""

from dataclasses import dataclass

from tracelift_groups.errors import ConfigError

_MOST, _MOST_LINES = 10**6, 10**15


@dataclass(frozen=True)
class Limits:
    """Bounds of one test; reaching any of them ends it.

    `cpu_seconds` is processor time over all threads and decides. `wall_seconds` is the backstop for programs that wait;
    None: three times the processor time and two seconds. `memory_mib` is address space beyond the interpreter's,
    `output_mib` holds for standard output, standard error and each file, `scratch_mib` for all files together.
    `lines`: executed lines of the program, with None not counted; counting slows the program down.
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
            if value is not None and not 0 < value <= most:
                raise ConfigError(f"The limit {name} is {value}.", f"Give a number above 0, {most:,} at most.")

    @property
    def wall(self) -> float:
        """The wall clock's limit in seconds."""
        return self.wall_seconds if self.wall_seconds is not None else 3 * self.cpu_seconds + 2
