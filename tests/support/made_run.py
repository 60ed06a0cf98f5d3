"""A finished run of given groups, without the build that would have made them."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from tracelift_groups.files.group_files import write_groups
from tracelift_groups.records.group import Candidate, Group
from tracelift_groups.records.rubric import load_rubric


def made_run(folder: Path, **splits: Iterable[Group]) -> Path:
    """A run folder with math groups of these splits; as if it had been pulled."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "SHA256SUMS").touch()
    (folder / "build.yaml").write_text("rubric: ''\n")
    for split, groups in splits.items():
        write_groups(groups, folder / "groups" / f"math_{split}.jsonl")
    return folder


def product_groups(count: int, start: int = 0) -> list[Group]:
    """Groups about products of two numbers, each with two wrong results."""
    return [_group(i) for i in range(start, start + count)]


def _group(i: int) -> Group:
    a, b = 12 + 7 * i % 31, 13 + 5 * i % 17
    flaws = tuple(_candidate(a, b, a * b + by, "calculation_error", 1) for by in (10, -9))
    problem = f"A crate holds {b} eggs. How many eggs do {a} crates hold?"
    return Group(f"eggs-{i:03}", "made", "math", problem, str(a * b), (_candidate(a, b, a * b, None, 4),), flaws)


def _candidate(a: int, b: int, result: int, kind: str | None, calculation: int) -> Candidate:
    rubric: Mapping[str, float] = dict.fromkeys(load_rubric("math").names, 4)
    rubric = {**rubric, "calculation_correctness": calculation, "total": (16 + calculation) / 20}
    return Candidate(f"{a} * {b} = {result} eggs.", "negative" if kind else "positive", rubric, negative_kind=kind)
