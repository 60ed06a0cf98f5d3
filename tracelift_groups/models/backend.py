"""The backend contract: a backend turns a request into an answer (an endpoint, a model in this process, a script).

A backend is one file in `backends/`, or an entry point in group `tracelift_groups.backends`. It is created with the
text after the first colon of its spec, as seed sources are: `scripted:answers.json`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol  # Any: a JSON Schema document

from tracelift_groups.registry import BACKENDS


@dataclass(frozen=True)
class Request:
    """One model call. `sample`, from 0, distinguishes equal requests that need separate answers.

    `messages` are (role, text) pairs; `schema` is the JSON Schema that the answer must fit, or None for free text.
    """

    model: str
    messages: tuple[tuple[str, str], ...]
    schema: Mapping[str, Any] | None = None
    temperature: float = 0.0
    max_tokens: int = 1024
    sample: int = 0


@dataclass(frozen=True)
class Reply:
    """An answer and its token counts. `finish_reason` is the server's: stop, length, content_filter…"""

    text: str
    finish_reason: str
    input_tokens: int
    output_tokens: int


class Backend(Protocol):
    """Answers requests. The smallest one is `backends/scripted.py`."""

    async def complete(self, request: Request) -> Reply:
        """The answer to one request. CallError if it has none, EndpointError if no request can have one."""
        ...


def open_backend(spec: str) -> Backend:
    """The backend of a spec `NAME` or `NAME:ARGUMENT`. Raises UnknownNameError, with a suggestion, for other names."""
    name, _, argument = spec.partition(":")
    return BACKENDS.get(name)(argument)
