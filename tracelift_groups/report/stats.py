"""Statistics of a run: items by stage, drops, kinds, splits and scores, read from its ledger and its files."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any  # JSON

import orjson

from tracelift_groups.config import SPLITS
from tracelift_groups.files.run_folder import RunFolder
from tracelift_groups.pipeline.ledger import Ledger
from tracelift_groups.records.rubric import LABELS
from tracelift_groups.records.stage import STAGES

BINS = 20  # of a histogram over [0, 1]
_MADE = "made"


@dataclass
class KindCount:
    """Problems in which a kind was tried, by outcome, and flaws of the kind that groups contain.

    `fall` is the mean distance below the best positive's total, over kept flaws; None if none is scored.
    """

    tried: int = 0
    does_not_apply: int = 0
    dropped: int = 0
    made: int = 0
    kept: int = 0
    keeps_answer: int = 0
    fall: float | None = None


@dataclass
class Scores:
    """Scores of one domain: per dimension, the number of traces with label 0, 1, 2, 3, 4; histograms over [0, 1].

    `falls` counts negatives by how far they are below their best positive.
    """

    positive: dict[str, list[int]] = field(default_factory=dict)
    negative: dict[str, list[int]] = field(default_factory=dict)
    totals: list[int] = field(default_factory=lambda: [0] * BINS)
    falls: list[int] = field(default_factory=lambda: [0] * BINS)
    rubric_labels: dict[str, int] = field(default_factory=lambda: dict.fromkeys(LABELS, 0))

    def mean(self, pool: Mapping[str, list[int]], dimension: str) -> float | None:
        """The mean label of a dimension; None without scores."""
        counts = pool.get(dimension, [])
        return sum(label * count for label, count in enumerate(counts)) / sum(counts) if sum(counts) else None


@dataclass(frozen=True)
class DropCount:
    """Drops of one rule at one stage, of one kind of flaw (empty: no flaw), with one reason as an example."""

    stage: str
    rule: str
    kind: str
    count: int
    example: str


@dataclass
class Stats:
    """Everything that `stats`, the report and the card count. `groups` is by domain and split.

    A run that was pulled has no ledger: nothing is known of its stages, nor of kinds that were tried and not kept.
    """

    stages: dict[str, dict[str, int]]
    drops: list[DropCount]
    kinds: dict[str, KindCount]
    groups: dict[str, dict[str, int]]
    negatives: dict[str, dict[str, int]]
    licenses: dict[str, int]
    sources: dict[str, int]
    scores: dict[str, Scores]

    @property
    def group_count(self) -> int:
        return sum(sum(splits.values()) for splits in self.groups.values())

    @property
    def negative_count(self) -> int:
        return sum(sum(splits.values()) for splits in self.negatives.values())

    def to_json(self) -> dict[str, Any]:
        row = asdict(self)
        for domain, scores in self.scores.items():
            row["scores"][domain]["means"] = {
                name: {
                    "positive": scores.mean(scores.positive, name),
                    "negative": scores.mean(scores.negative, name),
                }
                for name in scores.positive
            }
        return row


def collect(path: Path) -> Stats:
    """The statistics of a run folder. Raises RunError if `path` is not one."""
    folder = RunFolder(path)
    folder.require()
    stages: dict[str, dict[str, int]] = {}
    kinds: defaultdict[str, KindCount] = defaultdict(KindCount)
    if not folder.is_pulled:
        with closing(Ledger(folder.ledger)) as ledger:
            stages, kinds = ledger.counts(), _tried(ledger)
    stats = Stats(stages, [], {}, {}, {}, {}, {}, {})
    stats.drops = _drops(folder.rejected)
    falls: defaultdict[str, list[float]] = defaultdict(list)
    for file in folder.group_files():
        domain, _, split = file.stem.rpartition("_")
        scores = stats.scores.setdefault(domain, Scores())
        negatives = 0
        count = 0
        for row in rows(file):
            count += 1
            negatives += len(row["negative_bank"])
            _count(row, stats, scores, kinds, falls)
        for counts, number in ((stats.groups, count), (stats.negatives, negatives)):
            counts.setdefault(domain, dict.fromkeys(SPLITS, 0))[split] = number
    for kind, found in falls.items():
        kinds[kind].fall = sum(found) / len(found)
    stats.kinds = dict(sorted(kinds.items()))
    stats.licenses, stats.sources = (dict(sorted(counts.items())) for counts in (stats.licenses, stats.sources))
    return stats


def rows(file: Path) -> Iterator[dict[str, Any]]:
    """The decoded lines of a file that this library wrote; none if it does not exist."""
    if file.exists():
        with file.open("rb") as lines:
            yield from map(orjson.loads, lines)


def _tried(ledger: Ledger) -> defaultdict[str, KindCount]:
    kinds: defaultdict[str, KindCount] = defaultdict(KindCount)
    for payload in ledger.stage_payloads("perturb"):
        for kind, end in orjson.loads(payload)["tried"].items():
            count = kinds[kind]
            count.tried += 1
            if end == _MADE:
                count.made += 1
            elif end == "dropped":
                count.dropped += 1
            else:
                count.does_not_apply += 1
    return kinds


def _drops(rejected: Path) -> list[DropCount]:
    counts: Counter[tuple[str, str, str]] = Counter()
    examples: dict[tuple[str, str, str], str] = {}
    for drop in rows(rejected):
        key = (drop["stage"], drop["rule"], drop["kind"])
        counts[key] += 1
        examples.setdefault(key, drop["reason"])
    order = sorted(counts, key=lambda key: (STAGES.index(key[0]), *key[1:]))
    return [DropCount(*key, counts[key], examples[key]) for key in order]


def _count(
    row: Mapping[str, Any],
    stats: Stats,
    scores: Scores,
    kinds: defaultdict[str, KindCount],
    falls: defaultdict[str, list[float]],
) -> None:
    license_name = row["metadata"].get("license", "unknown")
    stats.licenses[license_name] = stats.licenses.get(license_name, 0) + 1
    stats.sources[row["source"]] = stats.sources.get(row["source"], 0) + 1
    best = max((c["rubric"]["total"] for c in row["positive_pool"] if "total" in c.get("rubric", ())), default=None)
    for candidate in row["positive_pool"]:
        _add_labels(scores.positive, candidate)
    for flaw in row["negative_bank"]:
        count = kinds[flaw["negative_kind"]]
        count.kept += 1
        count.keeps_answer += not flaw["metadata"]["certificate"]["answer_changes"]
        _add_labels(scores.negative, flaw)
        total = flaw.get("rubric", {}).get("total")
        if total is not None:
            scores.totals[_bin(total)] += 1
            scores.rubric_labels[flaw["rubric_label"]] = scores.rubric_labels.get(flaw["rubric_label"], 0) + 1
            if best is not None:
                falls[flaw["negative_kind"]].append(best - total)
                scores.falls[_bin(best - total)] += 1


def _add_labels(pool: dict[str, list[int]], candidate: Mapping[str, Any]) -> None:
    for name, label in candidate.get("rubric", {}).items():
        if name != "total":
            pool.setdefault(name, [0] * 5)[label] += 1


def _bin(value: float) -> int:
    # A total has six decimals; without rounding, 0.3 * 20 would fall into bin 5.
    return max(0, min(BINS - 1, int(round(value * BINS, 6))))
