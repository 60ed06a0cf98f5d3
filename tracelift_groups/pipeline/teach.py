"""Reference traces by a teacher, for a seed that brings none: of several candidates those are kept that verify."""

import asyncio
from dataclasses import replace

from tracelift_groups.config import Config
from tracelift_groups.domain import domain_named
from tracelift_groups.errors import CallError
from tracelift_groups.models.limits import all_of
from tracelift_groups.models.model_spec import ModelSpec, open_model
from tracelift_groups.models.teacher import MAX_TOKENS, TEMPERATURE, Teacher, WrittenTrace
from tracelift_groups.records.seed import Seed
from tracelift_groups.records.stage import Drop, Generated, GeneratedPositive, StageResult


def taught(seed: Seed, config: Config) -> StageResult:
    """Every different candidate whose answer and calculations verify; rejected when none does.

    Rules: wrong-answer, no-verdict, empty-reference, gold-false-claim, gold-answer-missing; teacher-… for a call that
    failed. An item without a positive is failed, so it can be tried again, if one of its calls was.
    """
    spec = ModelSpec.parse(config.teacher)
    temperature = TEMPERATURE if spec.temperature is None else spec.temperature
    count = config.teacher_candidates if temperature > 0 else 1
    teacher_of_run, written = asyncio.run(_written(seed, config.teacher, temperature, count))
    positives: list[GeneratedPositive] = []
    drops: list[Drop] = []
    for index, candidate in enumerate(written):
        provenance = teacher_of_run.provenance(seed.domain, index)
        if isinstance(candidate, CallError):
            rule = f"teacher-{candidate.failure.replace(' ', '-')}"
            drops.append(Drop("generate", seed.problem_id, rule, str(candidate), provenance=provenance))
            continue
        kept = _verified(seed, candidate)
        if isinstance(kept, Drop):
            drops.append(replace(kept, stage="generate", place="", provenance=provenance))
        elif not any(kept == positive["reasoning"] for positive in positives):
            positives.append({"reasoning": kept, "provenance": provenance})
    if positives:
        return StageResult("done", Generated(positives=positives), tuple(drops))
    failed = any(isinstance(candidate, CallError) for candidate in written)
    return StageResult("failed" if failed else "rejected", drops=tuple(drops))


async def _written(
    seed: Seed, spec: str, temperature: float, count: int
) -> tuple[Teacher, list[WrittenTrace | CallError]]:
    async with open_model(spec) as model:
        teacher = Teacher(model.name, model.backend, temperature, model.spec.max_tokens or MAX_TOKENS)

        async def one(index: int) -> WrittenTrace | CallError:
            try:
                return await teacher.write(seed, index)
            except CallError as error:
                return error

        return teacher, await all_of(one(index) for index in range(count))


def _verified(seed: Seed, candidate: WrittenTrace) -> str | Drop:
    """The reason-only text of a candidate, or why it is dropped."""
    domain = domain_named(seed.domain)
    right = domain.verify_artifact(seed, candidate.artifact)
    raw = f"{candidate.reasoning}\n#### {candidate.artifact}"
    if right is None:
        return Drop(
            "generate", seed.problem_id, "no-verdict", f"{candidate.artifact}: right or wrong can't be told.", raw
        )
    if not right:
        reason = f"The candidate's answer is {candidate.artifact}, not {seed.answer}."
        return Drop("generate", seed.problem_id, "wrong-answer", reason, raw)
    worked = replace(seed, solution=candidate.reasoning)
    text = domain.reference_text(worked)
    return text if isinstance(text, Drop) else domain.check_gold(worked) or text
