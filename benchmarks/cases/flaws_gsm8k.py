"""What the checks see in the flaws of GSM8K train before rung 6 drops any, how often each kind is kept, and gold.

`applies` is the share of a kind among the negatives of the problems in which it was made.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from typing import Any  # JSON

from figure import Figure, Grid, Result, Setup
from process import COMMAND, checked

from tracelift_groups.annotators.checks import checks
from tracelift_groups.config import Config
from tracelift_groups.files.group_files import read_groups
from tracelift_groups.files.run_folder import RunFolder
from tracelift_groups.ingest.source import read_seeds
from tracelift_groups.pipeline.annotate import disagreement
from tracelift_groups.pipeline.check_seeds import check_gold
from tracelift_groups.pipeline.generate import generate
from tracelift_groups.pipeline.perturb import perturb
from tracelift_groups.records.annotation import Annotation
from tracelift_groups.records.group import Group, keeps_answer
from tracelift_groups.records.rubric import load_rubric
from tracelift_groups.records.seed import Seed
from tracelift_groups.registry import KINDS

_CONFIG = Config(seeds=("gsm8k",))
_RUBRIC = load_rubric("math")
_CHANGING, _KEEPING = 0.15, 0.04  # how far below its reference a flaw should be, of the total
_NEGATIVES, _KINDS, _OFTEN = 4, 4, 50

Flaw = tuple[str, bool, float, bool]  # kind, whether the answer changes, fall of the total, whether its dimension falls


def measure(setup: Setup) -> Result:
    """Every problem once through gold, generate, perturb and the checks; kept flaws from one build or the given run."""
    seeds = [item for item in read_seeds(f"gsm8k:{setup.file('gsm8k_train.jsonl')}") if isinstance(item, Seed)]
    with ProcessPoolExecutor() as pool:
        found = {seed.problem_id: one for seed, one in zip(seeds, pool.map(_one, seeds, chunksize=50), strict=True)}
    accepted = {name: one for name, one in found.items() if one is not None}
    flaws = [flaw for _, own in accepted.values() for flaw in own]
    groups = _groups(setup)
    kept = Counter(flaw.negative_kind or "" for group in groups for flaw in group.negative_bank)
    shares = _shares(groups, {name: {flaw[0] for flaw in own} for name, (_, own) in accepted.items()})
    diverse = sum(map(_is_diverse, groups))
    changing = [fall >= _CHANGING for _, changes, fall, _ in flaws if changes]
    keeping = [fall >= _KEEPING for _, changes, fall, _ in flaws if not changes]
    strong = [strong for strong, _ in accepted.values()]
    figures = (
        Figure(f"problems with {_NEGATIVES} negatives of {_KINDS} kinds, one keeping the answer", "%",
               (100 * diverse / len(seeds),), at_least=97),
        Figure(f"kinds kept {_OFTEN} times or more", "", (sum(n >= _OFTEN for n in kept.values()),), at_least=18),
        Figure(f"answer-changing flaws {_CHANGING} or more below", "%", (_percent(changing),), at_least=95),
        Figure(f"answer-keeping flaws {_KEEPING} or more below", "%", (_percent(keeping),), at_least=90),
        Figure("flaws whose own dimension falls most", "%", (_percent([own for *_, own in flaws]),), at_least=90),
        Figure("gold solutions that are strong, without a finding", "%", (_percent(strong),), at_least=97),
        Figure("smallest share of a kind where it applies", "%", (min(shares.values()),), at_least=2),
        Figure("flaws before rung 6", "", (len(flaws),)),
        Figure("accepted problems", "", (len(accepted),)),
    )  # fmt: skip
    return Result("perturb and annotate over GSM8K train", figures, grids={"by kind": _by_kind(flaws, kept, shares)})


def _one(seed: Seed) -> tuple[bool, list[Flaw]] | None:
    """Whether the reference is strong and free of findings, and its flaws; None for a seed whose gold is rejected."""
    generated = generate(seed, _CONFIG).payload if check_gold(seed) is None else None
    if generated is None:
        return None
    reference = checks(seed, generated["positives"][0]["reasoning"], _RUBRIC)
    made = perturb(seed, generated, _CONFIG).payload or {"negatives": []}
    flaws = [_flaw(seed, reference, row) for row in made["negatives"]]
    strong = _RUBRIC.label((reference.mean or 0) / 10) == "strong" and reference.first_error_step == -1
    return strong, flaws


def _flaw(seed: Seed, reference: Annotation, row: Mapping[str, Any]) -> Flaw:
    scored = checks(seed, row["reasoning"], _RUBRIC)
    kind = row["perturbation"]["kind"]
    fall = round(((reference.mean or 0) - (scored.mean or 0)) / 10, 6)
    agrees = fall > 0 and not disagreement(kind, reference, scored, _RUBRIC)
    return kind, bool(row["certificate"]["answer_changes"]), fall, agrees


def _groups(setup: Setup) -> list[Group]:
    run = setup.run or setup.scratch / "run"
    if setup.run is None:
        checked([COMMAND, "build", f"gsm8k:{setup.file('gsm8k_train.jsonl')}", "--out", str(run)])
    return [group for file in RunFolder(run).group_files() for group in read_groups(file)]


def _is_diverse(group: Group) -> bool:
    bank = group.negative_bank
    kinds = {flaw.negative_kind for flaw in bank}
    return len(bank) >= _NEGATIVES and len(kinds) >= _KINDS and any(map(keeps_answer, bank))


def _shares(groups: list[Group], made: Mapping[str, set[str]]) -> dict[str, float]:
    """By kind, its share in percent of the negatives of the groups in which it could have been taken."""
    own: Counter[str] = Counter()
    every: Counter[str] = Counter()
    for group in groups:
        own.update(flaw.negative_kind or "" for flaw in group.negative_bank)
        every.update(dict.fromkeys(made.get(group.problem_id, ()), len(group.negative_bank)))
    return {kind: 100 * own[kind] / count for kind, count in sorted(every.items())}


def _by_kind(flaws: list[Flaw], kept: Mapping[str, int], shares: Mapping[str, float]) -> Grid:
    by_kind: defaultdict[str, list[Flaw]] = defaultdict(list)
    for flaw in flaws:
        by_kind[flaw[0]].append(flaw)
    total = sum(kept.values())
    return {
        kind: {
            "made": len(by_kind[kind]),
            "kept": kept.get(kind, 0),
            "% of negatives": round(100 * kept.get(kind, 0) / total, 2),
            "% where it applies": round(shares.get(kind, 0), 2),
            "far enough below, %": round(_percent([_far(flaw) for flaw in by_kind[kind]]), 2),
            "own dimension falls most, %": round(_percent([flaw[3] for flaw in by_kind[kind]]), 2),
        }
        for kind in KINDS.names()
        if by_kind[kind]
    }


def _far(flaw: Flaw) -> bool:
    return flaw[2] >= (_CHANGING if flaw[1] else _KEEPING)


def _percent(values: list[bool]) -> float:
    return 100 * sum(values) / max(len(values), 1)
