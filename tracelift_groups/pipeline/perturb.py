"""The stage that makes flaws: kinds are tried in random order until enough flaws have passed the ladder."""

from collections.abc import Iterator
from itertools import islice
from random import Random

from tracelift_groups.config import Config
from tracelift_groups.domain import Reference, domain_named
from tracelift_groups.errors import RecordError
from tracelift_groups.flaws.kind import Kind
from tracelift_groups.flaws.ladder import RungFailure, verify_flaw
from tracelift_groups.flaws.surface_balance import rarer
from tracelift_groups.records.perturbation import Perturbation
from tracelift_groups.records.provenance import symbolic
from tracelift_groups.records.seed import Seed
from tracelift_groups.records.stage import Drop, Generated, Perturbed, PerturbedNegative, StageResult, Trial
from tracelift_groups.registry import KINDS
from tracelift_groups.rng import rng_for, weighted_order

# Measured by the benchmark `selection` on 300 GSM8K problems; imbalance is that of the bank (surface_balance.py).
# Drafts of one kind that are tried on the ladder before it is given up. 3: imbalance 9.6 instead of 8.8; 24: no change.
MAX_DRAFTS = 12
# Drafts of one kind that are compared before the first is tried. 1: imbalance 14.8; 12: 8.5 for more time.
AHEAD = 4
# More flaws of one kind, where too few kinds apply to make a bank. 0: 4 of 293 groups are lost; 4: no change.
AGAIN = 2
# Flaws beyond max_negatives, of which the rubric and the choice of the bank drop some. 0: imbalance 40.4; 6: 7.3.
SPARE = 3


def perturb(seed: Seed, generated: Generated, config: Config) -> StageResult:
    """Flaws of the first positive, with perturbation, certificate and provenance.

    Kinds are tried in an order drawn from (seed, problem_id) until max_negatives and a few spare flaws stand, one of
    each kind, one of which at least leaves the answer right. Where fewer than min_negatives kinds apply, they give
    further flaws, in other places or of other values. `tried` says of each kind that was tried whether it was made,
    does not apply, or was dropped because its last draft failed on the ladder. Rejected when no kind gives a flaw (rule
    no-flaw).
    """
    reference = domain_named(seed.domain).parse_reference(seed, generated["positives"][0]["reasoning"])
    negatives: list[PerturbedNegative] = []
    drops: list[Drop] = []
    tried: dict[str, Trial] = {}
    kinds = _kinds(config, seed.domain)
    rng = rng_for(config.seed, seed.problem_id, "kinds")
    flaws = {
        kind.name: _verified_flaws(kind, reference, config.seed)
        for kind in weighted_order(kinds, [k.weight.value for k in kinds], rng)
    }
    for name, made in flaws.items():
        kept_right = any(not flaw["certificate"]["answer_changes"] for flaw in negatives)
        if len(negatives) >= config.max_negatives + SPARE and kept_right:
            break
        found = next(made, None)
        tried[name] = "made" if isinstance(found, dict) else "dropped" if found else "does not apply"
        if isinstance(found, dict):
            negatives.append(found)
        elif found:
            drops.append(found)
    for _ in range(AGAIN):
        for name in [name for name, end in tried.items() if end == "made"]:
            if len(negatives) < config.min_negatives and isinstance(found := next(flaws[name], None), dict):
                negatives.append(found)
    if not negatives:
        reason = "No kind of flaw applies to this reference."
        return StageResult(
            "rejected", drops=(*drops, Drop("perturb", seed.problem_id, "no-flaw", reason, reference.text))
        )
    return StageResult("done", Perturbed(negatives=negatives, tried=tried), tuple(drops))


def _kinds(config: Config, domain: str) -> list[Kind]:
    """The kinds of a domain that the configuration names, or all. UnknownNameError for a name that no domain has."""
    for name in config.kinds or ():
        KINDS.get(name)
    ours = KINDS.names(domain)
    return [KINDS.get(name, domain) for name in config.kinds or ours if name in ours]


def _verified_flaws(kind: Kind, reference: Reference, seed: int) -> Iterator[PerturbedNegative | Drop]:
    """The different flaws of a kind that pass the ladder; the drop of the last draft when none passes."""
    problem_id = reference.seed.problem_id
    rng = rng_for(seed, problem_id, f"perturb:{kind.name}")
    drop = None
    provenance = symbolic(seed)
    met: set[str] = set()
    for perturbation in _least_conspicuous_first(kind, reference, rng):
        if isinstance(perturbation, RecordError):
            drop = Drop("perturb", problem_id, "bad-draft", str(perturbation), kind=kind.name, provenance=provenance)
            continue
        flaw = perturbation.apply(reference.text)
        if flaw in met:
            continue
        found = verify_flaw(kind, reference, perturbation)
        if isinstance(found, RungFailure):
            rule = f"rung-{found.rung}"
            drop = Drop("perturb", problem_id, rule, found.reason, flaw, kind=kind.name, provenance=provenance)
            continue
        met.add(flaw)
        yield {
            "reasoning": flaw,
            "perturbation": perturbation.to_json(),
            "certificate": found.to_json(),
            "provenance": provenance,
        }
    if drop and not met:
        yield drop


def _least_conspicuous_first(kind: Kind, reference: Reference, rng: Random) -> Iterator[Perturbation | RecordError]:
    """Drafts as perturbations, AHEAD at a time, those first whose numbers are as common as the numbers they replace."""
    drafts = islice(kind.apply(reference, rng), MAX_DRAFTS)
    while some := list(islice(drafts, AHEAD)):
        made = []
        for draft in some:
            try:
                made.append(draft.perturbation(kind.name, reference))
            except RecordError as cause:  # a third party's kind may draft edits that overlap
                yield cause
        yield from sorted(made, key=rarer)
