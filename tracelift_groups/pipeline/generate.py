"""The stage that makes the reference trace of a seed."""

from tracelift_groups.config import Config
from tracelift_groups.domain import domain_named
from tracelift_groups.records.provenance import from_seed
from tracelift_groups.records.seed import Seed
from tracelift_groups.records.stage import Drop, Generated, StageResult


def generate(seed: Seed, config: Config) -> StageResult:
    """One positive from what the seed itself brings, else those of the teacher if there is one, or a rejection.

    Rules (others in teach.py): no-solution, empty-reference; no-program, not-told, no-verdict.
    """
    domain = domain_named(seed.domain)
    text = domain.reference_text(seed)
    if isinstance(text, Drop):
        return _by_teacher(seed, config) or StageResult("rejected", drops=(text,))
    provenance = from_seed(domain.reference_engine)
    return StageResult("done", Generated(positives=[{"reasoning": text, "provenance": provenance}]))


def _by_teacher(seed: Seed, config: Config) -> StageResult | None:
    if not config.teacher:
        return None
    from tracelift_groups.models.teacher import can_teach
    from tracelift_groups.pipeline.teach import taught

    return taught(seed, config) if can_teach(seed.domain) else None
