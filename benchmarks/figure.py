"""What a benchmark measures: a figure with all its values, and its bar.

A benchmark is one file in `cases/`: a docstring whose first line says what is measured, and

    def measure(setup: Setup) -> Result: ...
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any  # JSON


class MissingDataError(Exception):
    """A file that a benchmark needs is not there; the message says which."""


@dataclass(frozen=True)
class Setup:
    """What a benchmark is given: the folder of data files, how often to repeat, a scratch folder of its own.

    `run` is a finished GSM8K run to use where a benchmark would build one only to look at it; `other` is the
    environment of another version, to be compared with this one.
    """

    data: Path
    runs: int
    scratch: Path
    run: Path | None = None
    other: Path | None = None

    def file(self, name: str) -> Path:
        """A data file. MissingDataError when it is not there."""
        path = self.data / name
        if not path.is_file():
            raise MissingDataError(f"There is no {name} in {self.data}. Name its folder: --data DIR")
        return path


@dataclass(frozen=True)
class Figure:
    """Values of one quantity, one a run. `unit` "" is a plain count or ratio; `at_most`, `at_least`: the bar."""

    name: str
    unit: str
    values: tuple[float, ...]
    at_most: float | None = None
    at_least: float | None = None

    @property
    def held(self) -> bool | None:
        """Whether the median is within the bar; None without a bar."""
        if self.at_most is None and self.at_least is None:
            return None
        middle = median(self.values)
        return (self.at_least is None or middle >= self.at_least) and (self.at_most is None or middle <= self.at_most)

    @property
    def bar(self) -> str:
        signs = {"≤": self.at_most, "≥": self.at_least}
        return " ".join(f"{sign} {_number(limit, self.unit)}" for sign, limit in signs.items() if limit is not None)

    @property
    def spread(self) -> str:
        """`3.1 / 3.2 / 3.9` (min, median, max), or the one value."""
        if len(set(self.values)) == 1:
            return _number(self.values[0], self.unit)
        return " / ".join(_number(v, "") for v in (min(self.values), median(self.values), max(self.values))) + (
            f" {self.unit}" if self.unit else ""
        )


Grid = Mapping[str, Mapping[str, float | str]]


@dataclass(frozen=True)
class Result:
    """What a benchmark found: figures, the command measured, and counts by name, each table under its title.

    `grids` are tables of several columns: by title, row and column; all rows of one grid have the same columns.
    """

    command: str
    figures: tuple[Figure, ...]
    tables: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    grids: Mapping[str, Grid] = field(default_factory=dict)

    @property
    def barred(self) -> tuple[Figure, ...]:
        """The figures with a bar."""
        return tuple(figure for figure in self.figures if figure.held is not None)

    @property
    def missed(self) -> tuple[Figure, ...]:
        """The figures whose bar is not held."""
        return tuple(figure for figure in self.figures if figure.held is False)

    @property
    def headline(self) -> Figure:
        """The first figure whose bar is not held; else the first with a bar; else the first."""
        return (*self.missed, *self.barred, *self.figures)[0]

    def to_json(self) -> dict[str, Any]:
        row = asdict(self)
        if not self.grids:
            del row["grids"]
        for shown, figure in zip(row["figures"], self.figures, strict=True):
            shown["values"] = [float(f"{value:.4g}") if value % 1 else int(value) for value in figure.values]
        return row

    @staticmethod
    def from_json(row: Mapping[str, Any]) -> "Result":
        figures = tuple(Figure(**{**figure, "values": tuple(figure["values"])}) for figure in row["figures"])
        return Result(row["command"], figures, row["tables"], row.get("grids", {}))


def cell(value: float | str) -> str:
    """A grid's cell as shown."""
    return value if isinstance(value, str) else _number(value, "")


def _number(value: float, unit: str) -> str:
    decimals = 0 if value % 1 == 0 else 3 if abs(value) < 1 and not unit else 2  # a third decimal for shares of one
    text = f"{value:,.{decimals}f}"
    return f"{text} {unit}" if unit else text
