"""The annotate stage and rung 6."""

import pytest
from synthetic_problems import JARS as SEED

from tracelift_groups.config import Config
from tracelift_groups.errors import UnknownNameError
from tracelift_groups.ingest.source import read_seeds
from tracelift_groups.pipeline.annotate import annotate, disagreement
from tracelift_groups.pipeline.generate import generate
from tracelift_groups.pipeline.perturb import perturb
from tracelift_groups.records.annotation import Annotation
from tracelift_groups.records.rubric import load_rubric


def annotation(**raw: float | None) -> Annotation:
    rubric = load_rubric("math")
    full = {name: raw.get(name, 10.0) for name in rubric.names}
    return Annotation("checks", "1", full, 1, rubric.mean(full), 0.0, "")


def test_every_flaw_that_is_kept_scores_below_its_reference() -> None:
    seeds = [seed for seed in read_seeds("bundled") if hasattr(seed, "answer")]
    seen = 0
    for seed in seeds[:30]:
        generated = generate(seed, Config()).payload
        made = perturb(seed, generated, Config()).payload
        assert generated is not None
        if made is None:
            continue
        scored = annotate(seed, generated, made, Config())
        assert scored.payload is not None
        best = scored.payload["positives"][0]["annotations"][0]["mean"]
        for negative in scored.payload["negatives"]:
            seen += 1
            assert negative["annotations"][0]["mean"] < best
        assert len(scored.payload["negatives"]) + len(scored.drops) == len(made["negatives"])
    assert seen > 150


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ({"calculation_correctness": 4.0, "answer_support": 5.0}, ""),
        ({"calculation_correctness": 4.0, "answer_support": 4.0}, ""),
        ({"calculation_correctness": 4.0, "answer_support": 3.0}, ""),
        ({"calculation_correctness": 4.0, "step_coherence": 3.0}, "step_coherence falls most"),
        ({}, "The flaw scores 10.0"),
        ({"step_coherence": None}, "A score is missing"),
    ],
)
def test_rung_6_asks_that_the_broken_dimension_falls_most(raw: dict[str, float | None], reason: str) -> None:
    found = disagreement("calculation_error", annotation(), annotation(**raw), load_rubric("math"))
    assert found.startswith(reason)
    assert bool(found) == bool(reason)


def test_an_unknown_annotator_is_refused_with_the_known_names() -> None:
    generated = generate(SEED, Config()).payload
    assert generated is not None
    with pytest.raises(UnknownNameError, match="checks"):
        annotate(SEED, generated, {"negatives": []}, Config(annotator="cheks"))
