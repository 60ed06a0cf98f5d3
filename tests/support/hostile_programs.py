"""The programs in `hostile/`, one file a class: `=== name -> status status : form`, then the program."""

from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "data" / "hostile"


@dataclass(frozen=True)
class Hostile:
    """A program, the verdicts that it may get, and how it is tested: by text, by a call or by an assertion."""

    kind: str
    name: str
    statuses: frozenset[str]
    form: str
    source: str

    @property
    def x86_only(self) -> bool:
        return ".syscall(" in self.source


def programs(*kinds: str) -> list[Hostile]:
    """The programs of the named classes; of all hostile ones when none is named."""
    paths = sorted(path for path in FOLDER.glob("*.txt") if path.stem in (kinds or _hostile()))
    return [program for path in paths for program in _read(path)]


def _hostile() -> set[str]:
    return {path.stem for path in FOLDER.glob("*.txt")} - {"right"}


def _read(path: Path) -> list[Hostile]:
    _, *parts = path.read_text(encoding="utf-8").split("\n=== ")
    found = []
    for part in parts:
        head, _, source = part.partition("\n")
        head, _, form = head.partition(" : ")
        name, _, statuses = head.partition(" -> ")
        found.append(Hostile(path.stem, name, frozenset(statuses.split()), form or "stdio", f"{source.rstrip()}\n"))
    return found
