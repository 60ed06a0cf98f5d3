"""Serves a reward model over HTTP with the released contract: POST /score, and GET /health.

Request: {"items": [{"problem": "…", "reasoning": "…", "task_name": "math", "task_type": "gsm8k"}]}. The released client
also sends max_length and batch_size, which the checkpoint decides here. Response: {"results": [{"total_score": 0.73,
"dimensions": {…}, "derived": 0.7}, null], "errors": {"1": "The trace is empty."}}, one result an item; an item that
can't be scored is null, and `errors` says why. Needs starlette and uvicorn (the extra `serve`), imported inside the
functions.
"""

import hmac
import json
import socket
import sys
from collections.abc import Callable, Sequence
from itertools import groupby
from threading import Lock
from typing import Any  # JSON and starlette

from tracelift_groups.errors import MissingExtraError, RecordError, RunError
from tracelift_groups.reward_model.reward_model import RewardModel
from tracelift_groups.reward_model.reward_score import RewardScore
from tracelift_groups.reward_model.trace_row import TraceRow, trace_row

KEY_VARIABLE = "TRACELIFT_RM_KEY"
MAX_ITEMS = 4096  # of one request


def serve_model(model: RewardModel, host: str, port: int, key: str, ready: Callable[[str], object]) -> None:
    """Serve until interrupted. `ready` gets the address when it is bound; port 0 is any free one.

    An empty `key` admits everybody. RunError when the address can't be bound, MissingExtraError without the server.
    """
    _require_server()
    import uvicorn

    app = reward_app(model, key)
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        bound = socket.create_server((host, port), family=family)
    except (OSError, OverflowError) as cause:
        reason = cause.strerror if isinstance(cause, OSError) and cause.strerror else str(cause)
        raise RunError(f"Can't serve on {host}:{port}: {reason}.", "Name another address: --host, --port") from cause
    with bound:
        ready(f"http://{host}:{bound.getsockname()[1]}")
        uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False)).run(sockets=[bound])


def reward_app(model: RewardModel, key: str = "") -> Any:
    """The ASGI application."""
    _require_server()
    from starlette.applications import Starlette
    from starlette.concurrency import run_in_threadpool
    from starlette.exceptions import HTTPException
    from starlette.requests import Request
    from starlette.responses import JSONResponse
    from starlette.routing import Route

    lock = Lock()  # one request at a time is scored; the others wait

    def scored(items: Sequence[TraceRow]) -> dict[str, Any]:
        with lock:
            return results(model, items)

    async def score_items(request: Request) -> JSONResponse:
        given = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
        if key and not hmac.compare_digest(given.encode(), key.encode()):
            raise HTTPException(401, "The key is missing or wrong.")
        try:
            items = requested_items(await request.body())
        except RecordError as error:
            raise HTTPException(400, error.what) from error
        return JSONResponse(await run_in_threadpool(scored, items))

    async def health(_: Request) -> JSONResponse:
        return JSONResponse({"status": "ok"})

    async def failed(_: Request, error: Exception) -> JSONResponse:
        code, said = getattr(error, "status_code", 500), getattr(error, "detail", "The server failed.")
        return JSONResponse({"error": said}, code)

    routes = [Route("/score", score_items, methods=["POST"]), Route("/health", health)]
    return Starlette(routes=routes, exception_handlers={HTTPException: failed, 500: failed})


def requested_items(body: bytes) -> list[TraceRow]:
    """The items of a request. RecordError, which names the item, for any other body."""
    try:
        row = json.loads(body)
    except (ValueError, RecursionError) as cause:
        raise RecordError("The body is not valid JSON.") from cause
    items = row.get("items") if isinstance(row, dict) else None
    if not isinstance(items, list):
        raise RecordError('The body has no list "items".')
    if len(items) > MAX_ITEMS:
        raise RecordError(f"The request has {len(items)} items, more than {MAX_ITEMS}.")
    return [_item(index, item) for index, item in enumerate(items)]


def results(model: RewardModel, items: Sequence[TraceRow]) -> dict[str, Any]:
    """The response. Items in a row about one problem are scored together."""
    found: list[RewardScore | str] = []
    for (problem, domain, task_type, tests), own in groupby(items, _problem):
        traces = [item.trace for item in own]
        try:
            found += model.judge(problem, traces, domain=domain, task_type=task_type, tests=tests)
        except Exception as error:  # a failure of the model is a failure of these items, never a score
            print(f"serve-rm: {type(error).__name__}: {error}", file=sys.stderr)
            found += ["The reward model failed."] * len(traces)
    response: dict[str, Any] = {"results": [None if isinstance(one, str) else one.to_json() for one in found]}
    errors = {str(index): one for index, one in enumerate(found) if isinstance(one, str)}
    return response | ({"errors": errors} if errors else {})


def _problem(item: TraceRow) -> tuple[str, str, str, str]:
    return item.problem, item.domain, item.task_type, item.tests


def _item(index: int, item: object) -> TraceRow:
    if not isinstance(item, dict) or not all(isinstance(item.get(name), str) for name in ("problem", "reasoning")):
        raise RecordError(f'Item {index} has no text "problem" or no text "reasoning".')
    return trace_row({**item, "domain": item.get("domain") or item.get("task_name")}, {"trace": "reasoning"})


def _require_server() -> None:
    try:
        import starlette  # noqa: F401 - checks that it is installed
        import uvicorn  # noqa: F401 - checks that it is installed
    except ImportError as cause:
        raise MissingExtraError("Serving a reward model", "serve") from cause
