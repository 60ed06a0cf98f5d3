"""Calls a model over an OpenAI-compatible endpoint.

One request at a time is tried until it is answered or fails for good. What every call would meet again (no server, an
unknown model, a refused key, no credit) is an EndpointError and ends the command; what concerns one call is a CallError
with a name. The client's own retries are off.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any  # Any: keyword arguments of the client

from tracelift_groups.errors import CallError, EndpointError, shorten, suggestion
from tracelift_groups.models.backend import Reply, Request
from tracelift_groups.models.limits import CallLimits, asked_pause, backoff, is_transient

if TYPE_CHECKING:
    from openai import APIStatusError, AsyncOpenAI

KEYS = ("TRACELIFT_API_KEY", "OPENAI_API_KEY")
_FIRST_CONTACT_TRIES = 3
_LONGEST_LIST = 300  # characters of a list of models
_TODO_URL = "Correct the URL; most servers want http://HOST:PORT/v1."


class EndpointBackend:
    """Calls one URL. `sleep` and `rng` are those of the pauses between attempts."""

    def __init__(
        self,
        url: str,
        limits: CallLimits | None = None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        rng: Random | None = None,
    ) -> None:
        self.url = url
        self.limits = limits or CallLimits()
        self._sleep = sleep
        self._rng = rng or Random()
        self._session: _Session | None = None
        self._reached = False
        self._silent = 0  # calls in a row without any answer
        self._schema_works: bool | None = None  # None: not known yet
        self._limit_name = "max_tokens"

    async def complete(self, request: Request) -> Reply:
        """The answer. CallError when this call failed for good, EndpointError when every call would."""
        session = self._of_this_loop()
        async with session.slots:
            if self._silent >= self.limits.failures_in_a_row:
                raise EndpointError(f"{self.url} no longer answers.", "Start it again, then rerun the same command.")
            try:
                reply = await self._tried(session.client, request)
            except CallError as error:
                self._silent = 0 if error.failure == "rejected" else self._silent + 1
                raise
        self._reached, self._silent = True, 0
        return reply

    async def close(self) -> None:
        """Close the connections that this event loop opened."""
        if self._session is not None and self._session.loop is asyncio.get_running_loop():
            await self._session.client.close()
            self._session = None

    def _of_this_loop(self) -> "_Session":
        loop = asyncio.get_running_loop()
        if self._session is None or self._session.loop is not loop:
            self._session = _Session(loop, self._new_client(), asyncio.Semaphore(self.limits.concurrency))
        return self._session

    def _new_client(self) -> "AsyncOpenAI":
        from openai import AsyncOpenAI

        name, key = next(((n, v) for n in KEYS if (v := os.environ.get(n, "").strip())), ("", "none"))
        if not key.isascii():
            raise EndpointError(f"${name} holds a character that no key has.", "Copy the key again.")
        return AsyncOpenAI(api_key=key, base_url=self.url, max_retries=0, timeout=self.limits.timeout_seconds)

    async def _tried(self, client: "AsyncOpenAI", request: Request) -> Reply:
        attempt = 0
        while True:
            try:
                return await self._once(client, request, attempt)
            except _TransientError as error:
                tries = 1 + self.limits.retries
                if error.failure == "unreachable" and not self._reached:
                    tries = min(tries, _FIRST_CONTACT_TRIES)
                attempt += 1
                too_long = error.pause is not None and error.pause > self.limits.longest_pause_seconds
                if attempt >= tries or too_long:
                    raise self._given_up(error) from error
                await self._sleep(backoff(attempt - 1, error.pause, self._rng))

    def _given_up(self, error: "_TransientError") -> CallError | EndpointError:
        if error.failure == "unreachable" and not self._reached:
            return EndpointError(f"No server answers at {self.url}: {error}.", "Start it, or correct the URL.")
        return CallError(error.failure, f"{self.url} gave no answer: {error}.", "Rerun the same command later.")

    async def _once(self, client: "AsyncOpenAI", request: Request, attempt: int = 0) -> Reply:
        import openai

        schema, limit = request.schema is not None and self._schema_works is not False, self._limit_name
        try:
            answer = await client.chat.completions.create(**self._arguments(request, schema=schema))
        except openai.APITimeoutError as cause:
            raise _TransientError("timed out", f"none within {self.limits.timeout_seconds:g} seconds") from cause
        except openai.APIStatusError as cause:
            self._reached = True
            # Of calls under way at once, each may meet what the first has already found out.
            if cause.status_code == 400 and limit == "max_tokens" and "max_completion_tokens" in str(cause):
                self._limit_name = "max_completion_tokens"
                return await self._once(client, request, attempt)
            if schema and self._schema_works is not True and _may_lack_schemas(cause.status_code, attempt):
                return await self._without_schema(client, request, cause)
            raise await self._named(client, request, cause) from cause
        except openai.APIConnectionError as cause:
            raise _TransientError("unreachable", _shown(cause.__cause__ or cause)) from cause
        except (openai.APIError, ValueError) as cause:
            raise EndpointError(f"{self.url} doesn't answer as an OpenAI-compatible API does.", _TODO_URL) from cause
        if schema:
            self._schema_works = True
        return self._reply(answer)

    async def _without_schema(self, client: "AsyncOpenAI", request: Request, cause: "APIStatusError") -> Reply:
        """Ask in words only. When that is answered, the server lacks structured answers, and is not asked for them."""
        import openai

        try:
            answer = await client.chat.completions.create(**self._arguments(request, schema=False))
        except openai.OpenAIError:
            raise await self._named(client, request, cause) from cause
        self._schema_works = False
        return self._reply(answer)

    def _arguments(self, request: Request, *, schema: bool) -> dict[str, Any]:
        arguments: dict[str, Any] = {
            "model": request.model,
            "messages": [{"role": role, "content": text} for role, text in request.messages],
            "temperature": request.temperature,
            self._limit_name: request.max_tokens,
        }
        if request.temperature > 0:
            arguments["seed"] = request.sample  # equal requests would be equal answers at some servers
        if schema:
            body = {"name": "answer", "schema": request.schema, "strict": True}
            arguments["response_format"] = {"type": "json_schema", "json_schema": body}
        return arguments

    async def _named(self, client: "AsyncOpenAI", request: Request, cause: "APIStatusError") -> Exception:
        """What a status means: worth another try, the failure of this call, or the end of all calls."""
        status, words = cause.status_code, shorten(_message(cause), 200, "…")
        if status in (401, 403):
            todo = f"Set ${KEYS[0]} (or ${KEYS[1]}) to a key of this endpoint."
            return EndpointError(f"{self.url} refuses the key ({status}).", todo)
        if status == 402 or cause.code == "insufficient_quota":
            return EndpointError(f"{self.url} says that there is no credit left: {words}.", "Everything paid is kept.")
        if status == 404:
            known = await self._models(client)
            todo = suggestion(request.model, known)
            if not known or len(todo) > _LONGEST_LIST:
                todo = "Check the model's name and the URL's path."
            return EndpointError(f'{self.url} has no model "{request.model}".', todo)
        if is_transient(status):
            failure = "overloaded" if status == 429 else "server error"
            return _TransientError(failure, f"status {status}: {words}", asked_pause(cause.response.headers))
        return CallError("rejected", f"{self.url} rejects the request ({status}): {words}.")

    async def _models(self, client: "AsyncOpenAI") -> list[str]:
        import openai

        try:
            return [model.id for model in (await client.models.list()).data]
        except (openai.OpenAIError, ValueError, AttributeError, TypeError):
            return []

    def _reply(self, answer: Any) -> Reply:  # Any: whatever a server sent with status 200
        from openai.types.chat import ChatCompletion

        if not isinstance(answer, ChatCompletion) or not answer.choices:
            raise EndpointError(f"{self.url} doesn't answer as an OpenAI-compatible API does.", _TODO_URL)
        choice, usage = answer.choices[0], answer.usage
        refused = choice.message.refusal
        return Reply(
            refused or choice.message.content or "",
            "refusal" if refused else choice.finish_reason or "stop",
            usage.prompt_tokens if usage else 0,
            usage.completion_tokens if usage else 0,
        )


@dataclass(frozen=True)
class _Session:
    """What belongs to one event loop."""

    loop: asyncio.AbstractEventLoop
    client: "AsyncOpenAI"
    slots: asyncio.Semaphore


class _TransientError(Exception):
    """An attempt that may succeed later. `pause`: the seconds that the server asked for."""

    def __init__(self, failure: str, words: str, pause: float | None = None) -> None:
        super().__init__(words)
        self.failure = failure
        self.pause = pause


def _may_lack_schemas(status: int, attempt: int) -> bool:
    """Servers without structured answers refuse them with 400, 422 or 501, some with 500; a single 500 says little."""
    return status in (400, 422, 501) or (status == 500 and attempt > 0)


def _message(error: "APIStatusError") -> str:
    """The server's own words."""
    body = error.body
    inner = body.get("error", body) if isinstance(body, Mapping) else body
    words = inner.get("message", inner) if isinstance(inner, Mapping) else inner
    return " ".join(str(words or error.message).split()).rstrip(".")


def _shown(error: BaseException) -> str:
    return shorten(" ".join(str(error).split()), 120, "…").rstrip(".") or type(error).__name__
