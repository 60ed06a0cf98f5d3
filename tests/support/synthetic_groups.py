"""Groups made by a rule, for tests of what can be told from traces: 4 flaws of 2 kinds to a reference."""

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from tracelift_groups.records.group import Candidate, Group

Rewrite = Callable[[str, Random], str]


def keep(text: str, rng: Random) -> str:  # noqa: ARG001 - the shape of a rewrite
    return text


def groups(count: int, plant: Mapping[str, Rewrite] | Rewrite = keep, start: int = 0) -> list[Group]:
    """`plant` makes a flaw of a text that is otherwise like a reference; by kind, or one for both kinds."""
    by_kind = plant if isinstance(plant, Mapping) else {"first": plant, "second": plant}
    return [_group(f"planted-{index:05}", by_kind) for index in range(start, start + count)]


def candidate(text: str, kind: str | None = None, **fields: Any) -> Candidate:
    return Candidate(text, "negative" if kind else "positive", negative_kind=kind, **fields)


def _group(name: str, by_kind: Mapping[str, Rewrite]) -> Group:
    rng = Random(name)
    flaws = tuple(candidate(rewrite(_trace(rng), rng), kind) for kind, rewrite in by_kind.items() for _ in range(2))
    return Group(name, "planted", "math", f"Problem {name}?", "", (candidate(_trace(rng)),), flaws)


def _trace(rng: Random) -> str:
    """Three lines of random sums of one length."""
    lines = []
    for _ in range(3):
        a, b = rng.randrange(100, 450), rng.randrange(100, 450)
        who, what = rng.choice(("Ann", "Bob", "Eve")), rng.choice(("cards", "coins", "pears"))
        lines.append(f"{who} has {a} + {b} = {a + b} {what}.")
    return "\n".join(lines)
