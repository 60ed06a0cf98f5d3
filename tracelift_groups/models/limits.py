"""How many calls at once, how long to wait for one, and when to try again."""

import asyncio
from collections.abc import Coroutine, Iterable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, TypeVar  # Any: what a coroutine is sent, which is nothing

T = TypeVar("T")

TRANSIENT_STATUSES = frozenset({408, 409, 429})  # and every 5xx


@dataclass(frozen=True)
class CallLimits:
    """Limits of the calls to one endpoint. None of them is part of a cache key.

    A call is tried `1 + retries` times, `concurrency` calls are under way at most. The time-out starts when a request
    is sent. A server that asks for a pause longer than `longest_pause_seconds` has refused the call. After
    `failures_in_a_row` calls without any answer the endpoint counts as gone.
    """

    concurrency: int = 8
    retries: int = 5
    timeout_seconds: float = 600.0
    longest_pause_seconds: float = 90.0
    failures_in_a_row: int = 10


def is_transient(status: int) -> bool:
    """Whether the same request may succeed later, by its HTTP status."""
    return status in TRANSIENT_STATUSES or status >= 500


def asked_pause(headers: Mapping[str, str]) -> float | None:
    """The seconds of a Retry-After header; None without one, or for a date."""
    try:
        if "retry-after-ms" in headers:
            return max(0.0, float(headers["retry-after-ms"]) / 1000)
        return max(0.0, float(headers["retry-after"]))
    except (KeyError, ValueError):
        return None


def backoff(attempt: int, asked: float | None, rng: Random) -> float:
    """Seconds to wait after failed attempt number `attempt` (from 0): doubled each time, up to 30, with jitter.

    A pause that the server asked for is kept to, and lengthened by up to a tenth so that calls don't return at once.
    """
    if asked is not None:
        return asked * rng.uniform(1.0, 1.1)
    return float(min(30.0, 0.5 * 2**attempt) * rng.uniform(0.5, 1.0))


async def all_of(calls: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """The results of all, in their order. The first exception cancels the others and is raised."""
    tasks = [asyncio.ensure_future(call) for call in calls]
    try:
        return await asyncio.gather(*tasks)
    except BaseException:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise
