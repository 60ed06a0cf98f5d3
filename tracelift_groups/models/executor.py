"""The executor: a frozen model that turns a problem, with or without a trace, into an artifact.

The artifact is the final answer (math) or a program (code). Whether it is right is decided by the domain, not here. A
draw without an artifact (cut off, refused, empty, unparsable, or not answered at all) is missing, never wrong.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from tracelift_groups.errors import CallError
from tracelift_groups.models.backend import Backend, Request
from tracelift_groups.models.prompts import load_prompt
from tracelift_groups.models.structured import answer_text, program_of, stated_answer
from tracelift_groups.records.seed import Seed

# How an executor's answer becomes an artifact, by domain.
_ARTIFACT: Mapping[str, Callable[[str], str]] = {"math": stated_answer, "code": program_of}
_MAX_TOKENS = {"math": 256, "code": 1024}


@dataclass(frozen=True)
class Draw:
    """One attempt of an executor. `artifact` is None when there is none; `failure` then says why, in two words."""

    artifact: str | None
    failure: str = ""


class Executor(Protocol):
    """A frozen solver. `name` is its identity in ledgers: model, parameters and prompts, but no URL and no key.

    `same_draws` is True when all draws of one problem and trace are the same draw (no randomness).
    """

    @property
    def name(self) -> str: ...

    @property
    def same_draws(self) -> bool: ...

    async def draw(self, seed: Seed, trace: str | None, index: int) -> Draw:
        """Attempt number `index` (from 0) at a problem, with a trace or alone (None). Equal arguments, equal draws."""
        ...


@dataclass(frozen=True)
class EndpointExecutor:
    """A model behind a backend. `max_tokens` limits the answer; None: 256 for an answer, 1024 for a program."""

    model: str
    backend: Backend
    temperature: float = 0.0
    max_tokens: int | None = None

    @property
    def name(self) -> str:
        prompts = " ".join(load_prompt(f"executor_{domain}").identity for domain in _ARTIFACT)
        return f"{self.model} temperature={self.temperature:g} {prompts}"

    @property
    def same_draws(self) -> bool:
        return self.temperature == 0

    async def draw(self, seed: Seed, trace: str | None, index: int) -> Draw:
        """Ask the model. EndpointError when it can't be called at all; other failures are in the draw."""
        prompt = load_prompt(f"executor_{seed.domain}")
        values = {"problem": seed.problem.strip(), "interface": _interface(seed), "trace": (trace or "").strip()}
        request = Request(
            self.model,
            prompt.messages("alone" if trace is None else "with_trace", **values),
            prompt.schema,
            self.temperature,
            self.max_tokens or _MAX_TOKENS[seed.domain],
            0 if self.same_draws else index,
        )
        try:
            return Draw(_ARTIFACT[seed.domain](answer_text(await self.backend.complete(request))))
        except CallError as error:
            return Draw(None, error.failure)


def _interface(seed: Seed) -> str:
    """What the program must offer, for the prompt."""
    if seed.entry_point:
        return f"Define the function `{seed.entry_point}`."
    return "Read standard input and write standard output."
