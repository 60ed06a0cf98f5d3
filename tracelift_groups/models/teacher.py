"""The teacher: a model that writes a reference trace and, apart from it, the artifact that the trace leads to.

Whether the artifact is right, and whether the trace may be kept, is decided by the domain, not here.
"""

from dataclasses import dataclass
from typing import Any  # JSON

from tracelift_groups.errors import CallError, shorten
from tracelift_groups.models.backend import Backend, Request
from tracelift_groups.models.prompts import has_prompt, load_prompt
from tracelift_groups.models.structured import answer_text, json_answer
from tracelift_groups.records.provenance import from_teacher
from tracelift_groups.records.seed import Seed

TEMPERATURE = 0.7
MAX_TOKENS = 2048


@dataclass(frozen=True)
class WrittenTrace:
    """What the teacher wrote: the reasoning, and the artifact that it should lead to."""

    reasoning: str
    artifact: str


@dataclass(frozen=True)
class Teacher:
    """A model behind a backend. At temperature 0 all its traces of a problem are the same."""

    model: str
    backend: Backend
    temperature: float = TEMPERATURE
    max_tokens: int = MAX_TOKENS

    async def write(self, seed: Seed, index: int) -> WrittenTrace:
        """Trace number `index` (from 0) of a problem. CallError when there is none, by name."""
        prompt = load_prompt(_prompt_name(seed.domain))
        messages = prompt.messages("alone", problem=seed.problem.strip())
        sample = index if self.temperature > 0 else 0
        request = Request(self.model, messages, prompt.schema, self.temperature, self.max_tokens, sample)
        text = answer_text(await self.backend.complete(request))
        row = json_answer(text, ("reasoning", "answer"))
        reasoning, artifact = _text(row["reasoning"]), _text(row["answer"])
        if not reasoning or not artifact:
            raise CallError("unparsable", f"Reasoning or answer is no text: {shorten(text, end='…')}")
        return WrittenTrace(reasoning, artifact)

    def provenance(self, domain: str, index: int) -> dict[str, Any]:
        """Who made trace number `index`: model, parameters and prompt, but no URL and no key."""
        return from_teacher(self.model, self.temperature, load_prompt(_prompt_name(domain)).identity, index)


def can_teach(domain: str) -> bool:
    """Whether there is a prompt for traces of that domain."""
    return has_prompt(_prompt_name(domain))


def _prompt_name(domain: str) -> str:
    return f"teacher_{domain}"


def _text(value: object) -> str:
    """A text, a list of texts as lines, or a number as it is written; empty for anything else."""
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        return "\n".join(value).strip()
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value).strip()
