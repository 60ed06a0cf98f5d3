"""A content-addressed cache of model calls: each is paid once, over runs, kills and processes.

The key is what the answer depends on: model, messages, answer schema, sampling parameters, sample index. URL, key and
retries are not in it. The limit on tokens is a second part of the key: a finished answer serves any limit, one that was
cut off only its own. An answer is committed when it arrives; no time of day and no cost is stored.
"""

import asyncio
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import orjson

from tracelift_groups.errors import ConfigError
from tracelift_groups.files.database import FileKind, OtherFileError, open_database
from tracelift_groups.models.backend import Backend, Reply, Request

_KIND = FileKind(
    mark=0x544C6361,  # "TLca"
    version=1,
    tables="""
        CREATE TABLE answer (
            key BLOB NOT NULL, max_tokens INTEGER NOT NULL, text TEXT NOT NULL, finish_reason TEXT NOT NULL,
            input_tokens INTEGER NOT NULL, output_tokens INTEGER NOT NULL, PRIMARY KEY (key, max_tokens)
        ) WITHOUT ROWID;
    """,
)


def default_cache() -> Path:
    """$TRACELIFT_CACHE, else tracelift-groups/calls.sqlite in the user's cache folder ($XDG_CACHE_HOME, ~/.cache)."""
    if named := os.environ.get("TRACELIFT_CACHE"):
        return Path(named).expanduser()
    folder = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(folder).expanduser() / "tracelift-groups" / "calls.sqlite"


def call_key(request: Request) -> bytes:
    """The digest of everything that the answer depends on, except limits."""
    parts = {
        "model": request.model,
        "messages": request.messages,
        "schema": request.schema,
        "temperature": float(request.temperature),
        "sample": request.sample,
    }
    return sha256(orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)).digest()


class CallCache:
    """The file. ConfigError when it can't be read or written, or is another kind of file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        with self._reported():
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                self._db = open_database(path, _KIND, timeout=60, threads=True)
            except OtherFileError as cause:
                what = f"{path} is not a cache of model calls."
                if cause.version is not None:
                    what = f"{path} has cache format {cause.version}; this version reads {_KIND.version}."
                raise ConfigError(what, "Name another file with --cache.") from cause

    def find(self, request: Request) -> Reply | None:
        """The stored answer to a request: any finished one, or the one that this limit cut off. None if there is none.

        Of several finished ones the one with the smallest limit, so that the choice depends on no order.
        """
        query = """SELECT text, finish_reason, input_tokens, output_tokens FROM answer
            WHERE key = ? AND (finish_reason != 'length' OR max_tokens = ?)
            ORDER BY finish_reason = 'length', max_tokens LIMIT 1"""
        with self._reported(), self._lock:
            row = self._db.execute(query, (call_key(request), request.max_tokens)).fetchone()
        return None if row is None else Reply(*row)

    def store(self, request: Request, reply: Reply) -> Reply:
        """Keep an answer. Returns the one that counts: the first that was stored for this request."""
        values = (reply.text, reply.finish_reason, reply.input_tokens, reply.output_tokens)
        with self._reported(), self._lock:
            self._db.execute(
                "INSERT OR IGNORE INTO answer VALUES (?, ?, ?, ?, ?, ?)",
                (call_key(request), request.max_tokens, *values),
            )
        return self.find(request) or reply

    def close(self) -> None:
        """Close the file. Everything stored is already in it."""
        self._db.close()

    @contextmanager
    def _reported(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as cause:
            raise ConfigError(
                f"The cache of model calls {self.path} can't be used: {cause}.",
                "Free disk space, fix the permissions, or name another file with --cache.",
            ) from cause


class CachedBackend:
    """Answers from the cache, else from `backend`, once per request however many ask at the same time.

    `calls` counts the answers that `backend` gave, `reused` those from the cache.
    """

    def __init__(self, backend: Backend, cache: CallCache) -> None:
        self.backend = backend
        self.cache = cache
        self.calls = 0
        self.reused = 0
        self._flights: dict[tuple[bytes, int], asyncio.Task[Reply]] = {}

    async def complete(self, request: Request) -> Reply:
        """The answer to one request; failures of `backend` are passed on and not stored."""
        found = self.cache.find(request)
        if found is not None:
            self.reused += 1
            return found
        key = (call_key(request), request.max_tokens)
        flight = self._flights.get(key)
        if flight is None or flight.get_loop() is not asyncio.get_running_loop():
            flight = asyncio.get_running_loop().create_task(self._paid(request))
            self._flights[key] = flight
            flight.add_done_callback(lambda done: self._landed(key, done))
        else:
            self.reused += 1
        # A caller that is cancelled leaves the call to those who still wait, and its answer to the cache.
        return await asyncio.shield(flight)

    async def close(self) -> None:
        """Give up the calls under way, and close the file."""
        flights = [flight for flight in self._flights.values() if flight.get_loop() is asyncio.get_running_loop()]
        for flight in flights:
            flight.cancel()
        await asyncio.gather(*flights, return_exceptions=True)
        self.cache.close()

    async def _paid(self, request: Request) -> Reply:
        reply = await self.backend.complete(request)
        self.calls += 1
        return self.cache.store(request, reply)

    def _landed(self, key: tuple[bytes, int], flight: asyncio.Task[Reply]) -> None:
        if self._flights.get(key) is flight:
            del self._flights[key]
        if not flight.cancelled():
            flight.exception()  # marks it as seen, for a flight whose callers are all gone
