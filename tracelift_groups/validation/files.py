"""Validates files of groups in several processes.

A line that is not a group becomes a finding, and reading continues. The split of a file is the last word of its name
(`math_train.jsonl`), or else its whole name.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, NoReturn  # Any: JSON

import orjson

from tracelift_groups.config import SPLITS, Config, read_config
from tracelift_groups.cores import usable_cores
from tracelift_groups.errors import RecordError, RunError, TraceliftError
from tracelift_groups.files.jsonl import opened
from tracelift_groups.files.run_folder import RunFolder
from tracelift_groups.records.group import Group
from tracelift_groups.records.rubric import Rubric, load_rubric, rubric_names
from tracelift_groups.validation.groups import Problem, check_groups, check_rules
from tracelift_groups.validation.rule import ERROR, RULES, WARNING, RuleFinding, RuleInput
from tracelift_groups.workers.pool import run_all

_CHUNK = 4_000_000  # bytes


@dataclass(frozen=True)
class ValidationLimits:
    """The limits of a validation. An empty `rubric` means the one named after the domain, if there is one."""

    min_negatives: int = Config.min_negatives
    max_negatives: int | None = None
    rubric: str = ""
    near_duplicate: float = Config.near_duplicate
    certificates: bool = False


@dataclass
class Report:
    """The result. `recomputed` counts certificates, `held` those that hold, `unchecked` groups by rule code."""

    groups: int = 0
    negatives: int = 0
    recomputed: int = 0
    held: int = 0
    findings: list[RuleFinding] = field(default_factory=list)
    unchecked: Counter[str] = field(default_factory=Counter)

    def count(self, severity: str) -> int:
        return sum(finding.severity == severity for finding in self.findings)

    def to_json(self) -> dict[str, Any]:
        return {
            "groups": self.groups,
            "negatives": self.negatives,
            "errors": self.count(ERROR),
            "warnings": self.count(WARNING),
            "certificates": {"recomputed": self.recomputed, "held": self.held},
            "unchecked": dict(sorted(self.unchecked.items())),
            "findings": [finding.to_json() for finding in self.findings],
        }


def validate_paths(paths: Sequence[Path], limits: ValidationLimits, workers: int | None = None) -> Report:
    """Check run folders and JSONL files together. A run's own limits apply to its groups only.

    Raises SourceError for a missing file, RunError for a run without groups.
    """
    chunks: list[_Chunk] = []
    shares = None
    near_duplicate = limits.near_duplicate
    for path in paths:
        files, own = [path], limits
        if path.is_dir():
            files, own, shares = _run(path, limits)
            near_duplicate = own.near_duplicate if len(paths) == 1 else near_duplicate
        chunks += [chunk for file in files for chunk in _chunks(file, own)]
    report = Report()
    problems: list[Problem] = []
    for part, found in _results(chunks, workers or usable_cores()):
        report.groups += part.groups
        report.negatives += part.negatives
        report.recomputed += part.recomputed
        report.held += part.held
        report.findings += part.findings
        report.unchecked += part.unchecked
        problems += found
    report.findings += check_groups(problems, near_duplicate, shares if len(paths) == 1 else None)
    return report


@dataclass(frozen=True)
class _Chunk:
    """Whole lines of a file: `size` bytes from `offset`, which is the start of line `number` (from 1)."""

    path: Path
    offset: int
    size: int
    number: int
    limits: ValidationLimits


def _run(path: Path, limits: ValidationLimits) -> tuple[list[Path], ValidationLimits, dict[str, float]]:
    folder = RunFolder(path)
    folder.require()
    config = Config(**read_config(folder.config))
    own = ValidationLimits(
        config.min_negatives,
        config.max_negatives,
        limits.rubric or config.rubric,
        config.near_duplicate,
        limits.certificates,
    )
    files = folder.group_files()
    if not any(file.stat().st_size for file in files):
        raise RunError(f"{path} holds no groups yet.", f"Finish it with: tracelift-groups build --out {path}")
    return files, own, dict(config.splits)


def _chunks(path: Path, limits: ValidationLimits) -> Iterator[_Chunk]:
    start = offset = 0
    first = number = 1
    with opened(path) as file:
        for line in file:
            offset += len(line)
            number += 1
            if offset - start >= _CHUNK:
                yield _Chunk(path, start, offset - start, first, limits)
                start, first = offset, number
    if offset > start:
        yield _Chunk(path, start, offset - start, first, limits)


class _CheckChunks:
    """A worker's job: the findings in each chunk, with the chunk's index."""

    def load(self) -> None:
        """No setup is needed."""

    def run(self, items: Sequence[tuple[int, _Chunk]]) -> list[tuple[int, Report, list[Problem]]]:
        return [(index, *_check_chunk(chunk)) for index, chunk in items]

    def died(self, item: tuple[int, _Chunk], how: str) -> NoReturn:
        """Raises RunError: an unchecked rule must not look like a satisfied one."""
        chunk = item[1]
        raise RunError(
            f"{chunk.path}:{chunk.number}: the process checking the lines from here on died twice ({how}).",
            "Check the file in parts, or with more memory.",
        )


def _results(chunks: Sequence[_Chunk], workers: int) -> Iterator[tuple[Report, list[Problem]]]:
    """The findings in each chunk, in the order of the chunks."""
    tasks = ([item] for item in enumerate(chunks))
    answers = run_all(tasks, _CheckChunks(), max(1, min(workers, len(chunks))))
    found = sorted((answer for some in answers for answer in some), key=lambda answer: answer[0])
    return ((report, problems) for _, report, problems in found)


def _check_chunk(chunk: _Chunk) -> tuple[Report, list[Problem]]:
    report, problems = Report(), []
    split = _split_of(chunk.path)
    with opened(chunk.path) as file:
        file.seek(chunk.offset)
        lines = file.read(chunk.size).split(b"\n")
    for number, line in enumerate(lines, start=chunk.number):
        if not line.strip():
            continue
        place = f"{chunk.path}:{number}"
        try:
            group = Group.from_json(_object(line))
        except TraceliftError as cause:
            rule = RULES["TG001"]
            report.findings.append(RuleFinding(rule.code, rule.severity, place, "", "", str(cause), rule.fix))
            continue
        _add(report, group, place, chunk.limits)
        problems.append(Problem(group.problem_id, split, place, group.problem))
    return report, problems


def _add(report: Report, group: Group, place: str, limits: ValidationLimits) -> None:
    case = RuleInput(group, _rubric(group, limits), limits.min_negatives, limits.max_negatives, limits.certificates)
    verdict = check_rules(case, place)
    report.groups += 1
    report.negatives += len(group.negative_bank)
    report.findings += verdict.findings
    report.unchecked.update(verdict.unchecked)
    if "TG090" not in verdict.unchecked:
        certified = sum(isinstance(flaw.metadata.get("certificate"), Mapping) for flaw in group.negative_bank)
        report.recomputed += certified
        report.held += certified - sum(finding.code == "TG090" for finding in verdict.findings)


def _rubric(group: Group, limits: ValidationLimits) -> Rubric | None:
    return load_rubric(limits.rubric) if limits.rubric else _default_rubric(group.domain)


@cache
def _default_rubric(domain: str) -> Rubric | None:
    return load_rubric(domain) if domain in rubric_names() else None


def _object(line: bytes) -> dict[str, Any]:
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError as cause:
        raise RecordError(f"The line is not valid JSON: {cause.msg} at character {cause.pos + 1}.") from cause
    if not isinstance(row, dict):
        raise RecordError("The line is not a JSON object.")
    return row


def _split_of(path: Path) -> str:
    last = path.stem.rpartition("_")[2]
    return last if last in SPLITS else path.stem
