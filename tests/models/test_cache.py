"""The cache: a call is paid once, whoever asks and however often the process is killed."""

import asyncio
import signal
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from model_server import ModelServer, Said

from tracelift_groups.errors import CallError, ConfigError
from tracelift_groups.models.backend import Reply, Request
from tracelift_groups.models.cache import CachedBackend, CallCache, default_cache

ASKED = Request("m", (("user", "2 + 2?"),), {"type": "object"}, 0.5, 100, 0)


class Paid:
    """A backend that numbers its answers and can be told to fail or to cut off."""

    def __init__(self, finish_reason: str = "stop") -> None:
        self.calls = 0
        self.finish_reason = finish_reason
        self.failing = False

    async def complete(self, request: Request) -> Reply:
        self.calls += 1
        number = self.calls
        await asyncio.sleep(0)
        if self.failing:
            raise CallError("unreachable", "No answer.")
        return Reply(f"{request.messages[-1][1]} {number}", self.finish_reason, 1, 2)


def ask(path: Path, backend: Paid, *requests: Request) -> list[str]:
    async def all_of_them() -> list[Reply]:
        cache = CallCache(path)
        try:
            return await asyncio.gather(*(CachedBackend(backend, cache).complete(request) for request in requests))
        finally:
            cache.close()

    return [reply.text for reply in asyncio.run(all_of_them())]


def test_a_call_is_paid_once_over_processes(tmp_path: Path) -> None:
    backend = Paid()
    assert ask(tmp_path / "c", backend, ASKED) == ask(tmp_path / "c", backend, ASKED) == ["2 + 2? 1"]
    assert backend.calls == 1


@pytest.mark.parametrize(
    "other",
    [
        replace(ASKED, model="n"),
        replace(ASKED, messages=(("system", "2 + 2?"),)),
        replace(ASKED, schema=None),
        replace(ASKED, temperature=0.6),
        replace(ASKED, sample=1),
    ],
    ids=["model", "messages", "schema", "temperature", "sample"],
)
def test_another_question_is_another_call(tmp_path: Path, other: Request) -> None:
    backend = Paid()
    ask(tmp_path / "c", backend, ASKED)
    ask(tmp_path / "c", backend, other)
    assert backend.calls == 2


def test_a_finished_answer_serves_another_limit_and_a_cut_off_one_only_its_own(tmp_path: Path) -> None:
    for finish_reason, calls in (("stop", 1), ("length", 2)):
        backend = Paid(finish_reason)
        path = tmp_path / finish_reason
        ask(path, backend, ASKED)
        ask(path, backend, ASKED)
        assert backend.calls == 1
        ask(path, backend, replace(ASKED, max_tokens=200))
        assert backend.calls == calls


def test_a_failed_call_is_not_stored(tmp_path: Path) -> None:
    backend = Paid()
    backend.failing = True
    with pytest.raises(CallError):
        ask(tmp_path / "c", backend, ASKED)
    backend.failing = False
    assert ask(tmp_path / "c", backend, ASKED) == ["2 + 2? 2"]


def test_equal_calls_at_once_are_one_call(tmp_path: Path) -> None:
    async def together() -> tuple[list[Reply], CachedBackend]:
        cached = CachedBackend(backend, CallCache(tmp_path / "c"))
        replies = await asyncio.gather(*(cached.complete(ASKED) for _ in range(9)))
        cached.cache.close()
        return replies, cached

    backend = Paid()
    replies, cached = asyncio.run(together())
    assert {reply.text for reply in replies} == {"2 + 2? 1"}
    assert (backend.calls, cached.calls, cached.reused) == (1, 1, 8)


def test_a_cancelled_caller_takes_the_call_from_no_other(tmp_path: Path) -> None:
    async def one_of_two() -> str:
        cached = CachedBackend(Paid(), CallCache(tmp_path / "c"))
        first, second = (asyncio.create_task(cached.complete(ASKED)) for _ in range(2))
        await asyncio.sleep(0)
        first.cancel()
        reply = await second
        cached.cache.close()
        return reply.text

    assert asyncio.run(one_of_two()) == "2 + 2? 1"


def test_the_first_stored_answer_counts(tmp_path: Path) -> None:
    first, second = (CallCache(tmp_path / "c") for _ in range(2))
    first.store(ASKED, Reply("a", "stop", 1, 1))
    assert second.store(ASKED, Reply("b", "stop", 1, 1)).text == "a"
    first.close()
    second.close()


_FILL = """
import sys
from pathlib import Path
from tracelift_groups.models.backend import Reply, Request
from tracelift_groups.models.cache import CallCache
cache = CallCache(Path(sys.argv[1]))
print("open", flush=True)
sys.stdin.readline()
for number in range(200):
    cache.store(Request("m", (("user", str(number)),)), Reply(sys.argv[2], "stop", 1, 1))
"""


def test_two_processes_fill_one_file(tmp_path: Path) -> None:
    started = [
        subprocess.Popen(
            [sys.executable, "-c", _FILL, str(tmp_path / "c"), name], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        for name in "ab"
    ]
    for process in started:
        assert process.stdout is not None
        assert process.stdout.readline() == b"open\n"
    for process in started:
        process.communicate(b"\n", timeout=60)
        assert process.returncode == 0
    with sqlite3.connect(tmp_path / "c") as db:
        assert db.execute("SELECT count(*) FROM answer").fetchone() == (200,)
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    db.close()


_ASK_ALL = """
import asyncio, sys
from pathlib import Path
from tracelift_groups.models.backend import Request
from tracelift_groups.models.limits import CallLimits
from tracelift_groups.models.model_spec import open_model

async def main():
    async with open_model(sys.argv[1], Path(sys.argv[2]), CallLimits(concurrency=1)) as model:
        for number in range(12):
            await model.backend.complete(Request(model.name, (("user", str(number)),)))

asyncio.run(main())
"""


def test_a_killed_process_has_paid_for_what_the_next_one_does_not_ask(tmp_path: Path) -> None:
    reached = {5, 9}

    def script(_: dict[str, object], number: int) -> Said:
        if number in reached:
            process.send_signal(signal.SIGKILL)  # during the call: its answer never arrives
        return Said(f"answer {number}")

    server = ModelServer(script)
    with server.serving():
        for end in (-signal.SIGKILL, -signal.SIGKILL, 0, 0):
            process = subprocess.Popen([sys.executable, "-c", _ASK_ALL, server.spec, str(tmp_path / "c")])
            assert process.wait(60) == end
    asked = [body["messages"][0]["content"] for body in server.asked]
    # Each question once, and once more for the two calls that the kill cut off.
    assert sorted(asked, key=int) == sorted([*map(str, range(12)), "5", "8"], key=int)


@pytest.mark.parametrize("content", [b"hello", b"SQLite format 3\0 broken"])
def test_another_file_is_refused_and_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "notes"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match="notes"):
        CallCache(path)
    assert path.read_bytes() == content


def test_a_database_of_others_is_refused(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "d") as db:
        db.execute("CREATE TABLE mine (a)")
    db.close()
    with pytest.raises(ConfigError, match="not a cache of model calls"):
        CallCache(tmp_path / "d")


def test_the_default_place_is_the_users_cache_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert default_cache() == tmp_path / "tracelift-groups" / "calls.sqlite"
