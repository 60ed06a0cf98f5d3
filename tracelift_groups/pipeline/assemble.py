"""A group from the payloads of the stages: candidates with their scores, and the choice of the bank.

`full` keeps every annotated negative. `choose` takes at most `max_negatives` of them: of several random banks the one
that breaks different dimensions and whose surface differs least from the reference (flaws/surface_balance.py), with a
flaw that leaves the answer right where there is one. The bank is shuffled, so the index of a flaw carries no meaning.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import islice
from random import Random

from tracelift_groups.config import Config
from tracelift_groups.domain import rubric_name
from tracelift_groups.flaws.surface_balance import change, imbalance
from tracelift_groups.records.annotation import Annotation
from tracelift_groups.records.group import GROUP_VERSION, Candidate, Group, keeps_answer
from tracelift_groups.records.group_seed import group_fields
from tracelift_groups.records.rubric import Rubric, load_rubric
from tracelift_groups.records.seed import Seed
from tracelift_groups.records.stage import Annotated, Generated, Json, Perturbed
from tracelift_groups.registry import KINDS
from tracelift_groups.rng import rng_for, weighted_order

# Random banks, of which the best is taken. Imbalance on 300 GSM8K problems: 41.0 for 1, 11.8 for 10, 8.8 for 40 and
# 7.9 for 160 (benchmark `selection`).
_BANKS = 40


def assemble(seed: Seed, generated: Generated, perturbed: Perturbed, annotated: Annotated, config: Config) -> Group:
    """The group of one problem, from the payloads of its stages. It depends on nothing but the arguments."""
    return choose(full(seed, generated, perturbed, annotated, config), config)


def full(seed: Seed, generated: Generated, perturbed: Perturbed, annotated: Annotated, config: Config) -> Group:
    """The group with every annotated negative, in the order in which they were made."""
    rubric = load_rubric(rubric_name(seed.domain, config.rubric))
    positives = []
    for written, notes in zip(generated["positives"], annotated["positives"], strict=True):
        metadata = {"provenance": dict(written["provenance"])}
        positive = Candidate(written["reasoning"], "positive", metadata=metadata)
        positives.append(_scored(positive, notes["annotations"], rubric, config.annotator))
    negatives = []
    for index, scored in enumerate(annotated["negatives"]):
        made = perturbed["negatives"][scored["index"]]
        flaw = Candidate(
            made["reasoning"],
            "negative",
            negative_kind=made["perturbation"]["kind"],
            negative_index=index,
            metadata={
                "perturbation": dict(made["perturbation"]),
                "certificate": dict(made["certificate"]),
                "provenance": dict(made["provenance"]),
            },
        )
        negatives.append(_scored(flaw, scored["annotations"], rubric, config.annotator))
    kept = group_fields(seed)
    return Group(
        problem_id=seed.problem_id,
        source=seed.source,
        task_type=seed.task_type,
        problem=seed.problem,
        positive_pool=tuple(positives),
        negative_bank=tuple(negatives),
        **kept | {"metadata": {"format_version": GROUP_VERSION} | kept["metadata"]},
    )


def choose(group: Group, config: Config) -> Group:
    """The same group with at most `max_negatives` negatives, in a shuffled order."""
    rng = rng_for(config.seed, group.problem_id, "assemble")
    chosen = _chosen(group, config.max_negatives, rng)
    rng.shuffle(chosen)
    bank = tuple(replace(flaw, negative_index=index) for index, flaw in enumerate(chosen))
    return replace(group, negative_bank=bank)


def _chosen(group: Group, count: int, rng: Random) -> list[Candidate]:
    """The best of some banks drawn by the weights of their kinds; all of a bank that is no larger than asked."""
    bank = group.negative_bank
    if len(bank) <= count:
        return list(bank)
    kinds = [KINDS.get(flaw.negative_kind or "", group.domain) for flaw in bank]
    weights = [kind.weight.value for kind in kinds]
    right = {i for i, flaw in enumerate(bank) if keeps_answer(flaw)}
    changes = [change(flaw.metadata["perturbation"]["edits"]) for flaw in bank]

    def cost(chosen: Sequence[int]) -> float:
        repeated = sum(number**2 for number in Counter(kinds[i].breaks for i in chosen).values()) / count
        return imbalance([changes[i] for i in chosen]) + repeated

    names = [kind.name for kind in kinds]
    best = min((_drawn(names, weights, right, count, rng) for _ in range(_BANKS)), key=cost)
    return [bank[i] for i in best]


def _drawn(
    names: Sequence[str], weights: Sequence[float], right: Collection[int], count: int, rng: Random
) -> list[int]:
    """A random bank, as indices: no kind twice while another is left, one flaw of `right` where there is one."""
    order = weighted_order(range(len(names)), weights, rng)
    if len(set(names)) < len(names):
        met: Counter[str] = Counter()
        ranks: dict[int, int] = {}
        for i in order:
            ranks[i] = met[names[i]]
            met[names[i]] += 1
        order = iter(sorted(ranks, key=ranks.__getitem__))
    chosen = list(islice(order, count))
    if not any(i in right for i in chosen):
        chosen[-1:] = [next((i for i in order if i in right), chosen[-1])]
    return chosen


def _scored(candidate: Candidate, annotations: Sequence[Json], rubric: Rubric, annotator: str) -> Candidate:
    """The candidate with its annotations, and with the scores of the one that the configuration names."""
    metadata = {**candidate.metadata, "annotations": [dict(note) for note in annotations]}
    named = [Annotation.from_json(note) for note in annotations if note["annotator"] == annotator]
    candidate = replace(candidate, metadata=metadata)
    return replace(candidate, **rubric.candidate_fields(named[0])) if named else candidate
