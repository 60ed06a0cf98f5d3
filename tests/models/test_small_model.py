"""The real client against a real server with a real small model, where its packages are installed."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from model_server import small_model

from tracelift_groups.annotators.judge import Judge
from tracelift_groups.domain import domain_named
from tracelift_groups.ingest.source import read_seeds
from tracelift_groups.models.backend import Request
from tracelift_groups.models.executor import Draw, EndpointExecutor
from tracelift_groups.models.model_spec import open_model
from tracelift_groups.models.teacher import Teacher
from tracelift_groups.records.rubric import load_rubric
from tracelift_groups.records.seed import Seed

SEEDS = [seed for seed, _ in zip(read_seeds("bundled"), range(4), strict=False) if isinstance(seed, Seed)]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with small_model() as running:
        yield running


def test_the_server_enforces_the_schema_that_the_client_sends(url: str, tmp_path: Path) -> None:
    async def ask() -> str:
        async with open_model(f"small@{url}", tmp_path / "calls") as model:
            schema = {"type": "object", "properties": {"colour": {"enum": ["red", "blue"]}}, "required": ["colour"]}
            return (await model.backend.complete(Request("small", (("user", "Say hello."),), schema))).text

    assert json.loads(asyncio.run(ask()))["colour"] in ("red", "blue")


def test_the_executor_solves_more_with_a_correct_trace_than_alone(url: str, tmp_path: Path) -> None:
    async def solve() -> tuple[list[Draw], list[Draw]]:
        async with open_model(f"small@{url}", tmp_path / "calls") as model:
            executor = EndpointExecutor(model.name, model.backend)
            alone = await asyncio.gather(*(executor.draw(seed, None, 0) for seed in SEEDS))
            traced = await asyncio.gather(*(executor.draw(seed, seed.solution, 0) for seed in SEEDS))
            return alone, traced

    def right(draws: list[Draw]) -> int:
        verified = (
            domain_named("math").verify_artifact(seed, draw.artifact or "")
            for seed, draw in zip(SEEDS, draws, strict=True)
        )
        return sum(verdict is True for verdict in verified)

    alone, traced = asyncio.run(solve())
    assert right(traced) > right(alone)


def test_judge_and_teacher_are_answered_in_the_form_that_they_ask_for(url: str, tmp_path: Path) -> None:
    rubric = load_rubric("math")
    short = replace(rubric, dimensions=tuple(replace(d, weight=0.5) for d in rubric.dimensions[:2]))

    async def ask() -> tuple[object, str]:
        async with open_model(f"small@{url}", tmp_path / "calls") as model:
            judged = await Judge(model.name, model.backend).judge(SEEDS[0], SEEDS[0].solution or "", short)
            return judged.annotation, (await Teacher(model.name, model.backend).write(SEEDS[0], 0)).reasoning

    annotation, reasoning = asyncio.run(ask())
    assert annotation is not None
    assert reasoning
