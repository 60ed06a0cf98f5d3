"""The judge: a model that scores one trace at a time on a rubric, evidence before score.

Prompt and JSON Schema of the answer come from the rubric. The model sees the problem, its solution and the trace; never
the kind of a flaw, another trace, or the score of another annotator. A judgement that failed is missing, never zero.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean, pstdev
from typing import Any  # JSON

import orjson

from tracelift_groups.errors import CallError
from tracelift_groups.models.backend import Backend, Request
from tracelift_groups.models.limits import all_of
from tracelift_groups.models.prompts import load_prompt
from tracelift_groups.models.structured import answer_text, json_answer, unambiguous_number
from tracelift_groups.records.annotation import RAW_MAX, Annotation
from tracelift_groups.records.rubric import Rubric
from tracelift_groups.records.seed import Seed

NAME = "judge"
_PROMPT = "judge"
# Samples of one trace must be able to differ.
_TEMPERATURE_OF_MANY = 0.7


@dataclass(frozen=True)
class Judgement:
    """`annotation` is None when every sample failed; `failures` counts the failed ones by name."""

    annotation: Annotation | None
    failures: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Judge:
    """A model behind a backend, asked `samples` times for each trace.

    `temperature` None is 0 for one sample and 0.7 for several.
    """

    model: str
    backend: Backend
    samples: int = 1
    temperature: float | None = None
    max_tokens: int = 2048

    def version(self, rubric: Rubric) -> str:
        """What the scores depend on: model, temperature, prompt and rubric."""
        prompt = load_prompt(_PROMPT).identity
        return f"{self.model} temperature={self._temperature:g} {prompt} rubric={rubric.name}/{rubric.version}"

    @property
    def _temperature(self) -> float:
        if self.temperature is not None:
            return self.temperature
        return 0.0 if self.samples == 1 else _TEMPERATURE_OF_MANY

    async def judge(self, seed: Seed, trace: str, rubric: Rubric) -> Judgement:
        """Score one trace. EndpointError when the model can't be called at all."""
        answers = await all_of(self._sample(seed, trace, rubric, index) for index in range(self.samples))
        good = [answer for answer in answers if not isinstance(answer, str)]
        failures = Counter(answer for answer in answers if isinstance(answer, str))
        return Judgement(self._annotation(good, rubric) if good else None, failures)

    async def _sample(self, seed: Seed, trace: str, rubric: Rubric, index: int) -> "_Scores | str":
        """The scores of one sample, or the name of its failure."""
        request = Request(
            self.model, judge_messages(seed, trace, rubric), judge_schema(rubric), self._temperature, self.max_tokens,
            index,
        )  # fmt: skip
        try:
            answer = json_answer(answer_text(await self.backend.complete(request)), rubric.names)
        except CallError as error:
            return error.failure
        scores = {name: _score(answer[name]) for name in rubric.names}
        if not any(score is not None for score in scores.values()):
            return "no score"
        return _Scores(scores, _reason(answer, scores, trace))

    def _annotation(self, samples: "Sequence[_Scores]", rubric: Rubric) -> Annotation:
        raw: dict[str, float | None] = {}
        for name in rubric.names:
            given = [score for sample in samples if (score := sample.raw[name]) is not None]
            raw[name] = round(fmean(given), 6) if given else None
        totals = [total for sample in samples if (total := rubric.mean(sample.raw)) is not None]
        return Annotation(
            annotator=NAME,
            version=self.version(rubric),
            raw=raw,
            samples=len(samples),
            mean=rubric.mean(raw),
            spread=round(pstdev(totals), 6) if totals else 0.0,
            reason=samples[0].reason,
        )


@dataclass(frozen=True)
class _Scores:
    raw: Mapping[str, float | None]
    reason: str


def judge_messages(seed: Seed, trace: str, rubric: Rubric) -> tuple[tuple[str, str], ...]:
    """The (role, text) pairs that ask for the scores of one trace."""
    form = {name: {"evidence": "…", "reason": "…", "score": 0} for name in rubric.names}
    return load_prompt(_PROMPT).messages(
        "trace",
        problem=seed.problem.strip(),
        reference=(seed.answer or seed.program or seed.solution or "not given").strip(),
        trace=trace.strip(),
        dimensions="\n\n".join(_described(dimension.name, rubric) for dimension in rubric.dimensions),
        form=orjson.dumps(form).decode(),
    )


def judge_schema(rubric: Rubric) -> dict[str, Any]:
    """The JSON Schema of an answer: for each dimension evidence, then reason, then score (0 to 10, or null)."""
    scale: list[int | None] = [*range(int(RAW_MAX) + 1), None]
    score = {"type": ["integer", "null"], "enum": scale}
    one = _object({"evidence": {"type": "string"}, "reason": {"type": "string"}, "score": score})
    return _object(dict.fromkeys(rubric.names, one))


def _object(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def _described(name: str, rubric: Rubric) -> str:
    dimension = next(dimension for dimension in rubric.dimensions if dimension.name == name)
    anchors = (f"  {score:g}: {words}" for score, words in sorted(dimension.anchors.items()))
    return "\n".join([f"{name}: {dimension.question}", *anchors])


def _score(answer: object) -> float | None:
    value = answer.get("score") if isinstance(answer, Mapping) else answer
    return unambiguous_number(value, 0.0, RAW_MAX)


def _reason(answer: Mapping[str, Any], scores: Mapping[str, float | None], trace: str) -> str:
    """The judge's sentences, one line a dimension, with the evidence where it does stand in the trace."""
    lines = []
    for name, score in scores.items():
        said = answer[name] if isinstance(answer[name], Mapping) else {}
        evidence, reason = (" ".join(str(said.get(part, "")).split()) for part in ("evidence", "reason"))
        quoted = f'"{evidence}": ' if evidence and evidence in " ".join(trace.split()) else ""
        if reason:
            lines.append(f"{name} {'missing' if score is None else f'{score:g}'}: {quoted}{reason}")
    return "\n".join(lines)
