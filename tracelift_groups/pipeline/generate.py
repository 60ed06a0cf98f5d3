"""The stage that makes the reference trace of a seed."""

from tracelift_groups.config import Config
from tracelift_groups.domain import domain_named
from tracelift_groups.records.provenance import from_solution
from tracelift_groups.records.seed import Seed
from tracelift_groups.records.stage import Drop, Generated, StageResult


def generate(seed: Seed, config: Config) -> StageResult:  # noqa: ARG001 - every stage takes the configuration
    """One positive from what the seed itself brings, or a rejection.

    Rules: no-code-groups, no-solution, empty-reference.
    """
    text = domain_named(seed.domain).reference_text(seed)
    if isinstance(text, Drop):
        return StageResult("rejected", drops=(text,))
    return StageResult("done", Generated(positives=[{"reasoning": text, "provenance": from_solution()}]))
