# ruff: noqa: ARG001  # stages take what they are given
"""Stages whose results follow from a problem's text, for tests of the engine.

Words in the problem say what happens: "untrue" is rejected by the gold check, "thin" at the end, "crash" raises in
perturb, "fatal" kills the process that works on it, "gone" kills it once, "endless" never ends, "broken" fails until
the file that the environment variable SCRIPTED_MENDED names is there.
"""

import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from tracelift_groups.config import Config
from tracelift_groups.errors import ConfigError
from tracelift_groups.pipeline.build import Pipeline, build
from tracelift_groups.pipeline.split import Placement
from tracelift_groups.records.group import Candidate, Group
from tracelift_groups.records.rubric import load_rubric
from tracelift_groups.records.seed import Seed
from tracelift_groups.records.stage import STAGES, Drop, StageResult
from tracelift_groups.rng import rng_for

FUNCTIONS = {stage: f"fake_stages:{stage}" for stage in STAGES}
PIPELINE = Pipeline(FUNCTIONS, assign="fake_stages:assign", pages=())


def write_seeds(path: Path, problems: Mapping[str, str]) -> str:
    """A seed file of {problem_id: problem}, as a spec."""
    rows = [
        Seed(name, "math", "scripted", "math", text, "72", license="MIT").to_json() for name, text in problems.items()
    ]
    path.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    return f"file:{path}"


def many(count: int) -> dict[str, str]:
    """Problems of which every seventh is dropped somewhere on the way."""
    words = {0: "untrue", 7: "thin", 14: "crash"}
    return {f"item-{i:04d}": f"Problem {i}: {words.get(i % 21, 'add')} two numbers." for i in range(count)}


def seed(seed: Seed) -> Drop | None:
    if "untrue" in seed.problem:
        return Drop("seed", seed.problem_id, "false-gold", "The gold is wrong.", raw=seed.answer)
    return None


def generate(seed: Seed, config: Config) -> StageResult:
    provenance = {"engine": "scripted", "drawn": rng_for(config.seed, seed.problem_id, "generate").random()}
    return StageResult("done", {"positives": [{"reasoning": f"Because of {seed.problem}", "provenance": provenance}]})


def huge(seed: Seed, config: Config) -> StageResult:
    """Stands for generate: a payload that JSON can't hold."""
    return StageResult("done", {"number": 2**64})


def refuse(seed: Seed, config: Config) -> StageResult:
    """Stands for generate: a configuration that no item can be made with."""
    raise ConfigError("No such annotator.", "Name another.")


def perturb(seed: Seed, generated: Mapping[str, Any], config: Config) -> StageResult:
    if "crash" in seed.problem:
        raise ValueError("no such number \ud800")
    if "fatal" in seed.problem:
        os.kill(os.getpid(), signal.SIGKILL)
    if "gone" in seed.problem:
        mark = Path(os.environ["SCRIPTED_MENDED"])
        if not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
    if "endless" in seed.problem:
        signal.pause()
    if "broken" in seed.problem and not Path(os.environ["SCRIPTED_MENDED"]).exists():
        return StageResult("failed", drops=(Drop("perturb", seed.problem_id, "endpoint", "No answer."),))
    reference = generated["positives"][0]["reasoning"]
    flaws = [
        {
            "reasoning": f"{reference} Flaw {index}.",
            "perturbation": {"kind": "scripted", "index": index} if index else {},
            "certificate": {"found": index if index % 2 else str(index), "é": None},
            "provenance": {},
        }
        for index in range(config.max_negatives)
    ]
    drops = (
        Drop("perturb", seed.problem_id, "rung-5", "Absurd.", raw=reference, kind="b"),
        Drop("perturb", seed.problem_id, "rung-3", "Not real.", raw=reference, kind="a"),
    )
    return StageResult("done", {"negatives": flaws}, drops)


def annotate(seed: Seed, generated: Mapping[str, Any], perturbed: Mapping[str, Any], config: Config) -> StageResult:
    return StageResult("done", {"scores": [2 + len(flaw["reasoning"]) % 2 for flaw in perturbed["negatives"]]})


def validate(seed: Seed, generated: Any, perturbed: Any, annotated: Any, config: Config) -> StageResult:
    if "thin" in seed.problem:
        return StageResult("rejected", drops=(Drop("validate", seed.problem_id, "too-few-negatives", "Only 1."),))
    rubric = load_rubric("math").names
    positive = Candidate("Right.", "positive", dict.fromkeys(rubric, 4) | {"total": 1.0}, "strong", 10.0, "Good.")
    negatives = [
        Candidate(
            flaw["reasoning"],
            "negative",
            dict.fromkeys(rubric, score) | {"total": score / 4},
            "weak",
            score * 2.5,
            negative_kind="scripted",
            negative_index=index,
            metadata={name: flaw[name] for name in ("perturbation", "certificate", "provenance")} | {"annotations": []},
        )
        for index, (flaw, score) in enumerate(zip(perturbed["negatives"], annotated["scores"], strict=True))
    ]
    metadata = {"license": seed.license, "seed": {}}
    group = Group(
        seed.problem_id, seed.source, "math", seed.problem, seed.answer, (positive,), tuple(negatives), "", metadata
    )
    return StageResult("done", group.to_json())


def assign(problems: Mapping[str, str], config: Config) -> dict[str, Placement]:
    return {name: Placement("dev" if text.count("1") else "train", name) for name, text in problems.items()}


def exported(run: Path) -> dict[str, bytes]:
    """The bytes of everything that must not depend on how a run came about."""
    files = [run / "rejected.jsonl", *run.glob("data/*/*"), *run.glob("groups/*")]
    return {str(file.relative_to(run)): file.read_bytes() for file in files}


def main() -> None:
    """Build from the command line: SPEC OUT WORKERS. Prints a line when it starts and one for each batch."""
    spec, out, workers = sys.argv[1:]
    config = Config(seeds=(spec,), workers=int(workers))
    print("started", flush=True)
    build(config, Path(out), pipeline=PIPELINE, progress=lambda counts: print(sum(counts.values()), flush=True))


if __name__ == "__main__":
    main()
