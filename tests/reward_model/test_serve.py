"""The released scoring contract, through a real server on a free port."""

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tracelift_groups import RecordError, RewardModel
from tracelift_groups.reward_model.serve import MAX_ITEMS, requested_items, results
from tracelift_groups.reward_model.trace_row import TraceRow

PROBLEM, TRACE = "A crate holds 36 eggs. How many eggs do 14 crates hold?", "14 * 36 = 504 eggs."
ITEM = {"problem": PROBLEM, "reasoning": TRACE, "task_name": "math", "task_type": "gsm8k"}


@contextmanager
def served(model: Path, **environment: str) -> Iterator[str]:
    """A server of a model in a process of its own; its address."""
    pytest.importorskip("starlette", reason="needs starlette (extra serve)")
    pytest.importorskip("uvicorn", reason="needs uvicorn (extra serve)")
    command = [sys.executable, "-c", "from tracelift_groups.cli import main; main()"]
    arguments = ["serve-rm", str(model), "--port", "0"]
    with subprocess.Popen(
        [*command, *arguments], stdout=subprocess.PIPE, text=True, env=os.environ | environment
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith(f"Serving {model} on http://127.0.0.1:")
        yield line.split()[-1].removesuffix("/score")
        process.terminate()


@pytest.fixture(scope="module")
def address(run: Path) -> Iterator[str]:
    with served(run / "reward_model" / "linear") as address:
        yield address


def _post(address: str, body: object, **headers: str) -> tuple[int, Any]:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(f"{address}/score", data, headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return response.status, json.loads(response.read())
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.loads(error.read())


def test_items_are_scored_in_their_order(address: str, run: Path) -> None:
    wrong = ITEM | {"reasoning": "14 * 36 = 540 eggs."}
    status, found = _post(address, {"items": [ITEM, wrong], "max_length": 2048, "batch_size": 1})
    expected = RewardModel.load(run / "reward_model" / "linear").score(PROBLEM, [TRACE, wrong["reasoning"]])
    assert status == 200
    assert found == {"results": [score.to_json() for score in expected if score is not None]}
    assert found["results"][0]["total_score"] > found["results"][1]["total_score"]


def test_an_item_that_can_not_be_scored_is_null(address: str) -> None:
    status, found = _post(address, {"items": [ITEM | {"reasoning": " "}, ITEM, ITEM | {"task_name": "code"}]})
    assert status == 200
    assert [score is None for score in found["results"]] == [True, False, True]
    assert found["errors"] == {
        "0": "The trace is empty.",
        "2": "The reward model was not fitted on code problems.",
    }


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"{", "The body is not valid JSON."),
        ({"item": []}, 'The body has no list "items".'),
        ({"items": [ITEM, {"problem": "P?"}]}, 'Item 1 has no text "problem" or no text "reasoning".'),
        ({"items": [7]}, 'Item 0 has no text "problem" or no text "reasoning".'),
    ],
)
def test_a_wrong_request_is_400_with_a_sentence(address: str, body: object, what: str) -> None:
    assert _post(address, body) == (400, {"error": what})


def test_other_paths_and_methods_are_4xx(address: str) -> None:
    for path, code in (("nowhere", 404), ("score", 405)):
        with pytest.raises(urllib.error.HTTPError) as error:
            urllib.request.urlopen(f"{address}/{path}", timeout=60)
        with error.value:
            assert error.value.code == code
            assert "error" in json.loads(error.value.read())
    with urllib.request.urlopen(f"{address}/health", timeout=60) as response:
        assert json.loads(response.read()) == {"status": "ok"}


def test_with_a_key_in_the_environment_requests_need_it(run: Path) -> None:
    with served(run / "reward_model" / "linear", TRACELIFT_RM_KEY="secret") as address:
        assert _post(address, {"items": []}) == (401, {"error": "The key is missing or wrong."})
        assert _post(address, {"items": []}, Authorization="Bearer wrong")[0] == 401
        assert _post(address, {"items": []}, Authorization="Bearer secret") == (200, {"results": []})


def test_a_model_that_fails_gives_null_never_a_score(capfd: pytest.CaptureFixture[str]) -> None:
    class Broken:
        dimension_names = {"": ()}  # noqa: RUF012 - as a property of the protocol

        def judge(self, *_: object, **__: object) -> list[str]:
            raise RuntimeError("out of memory")

    model = RewardModel(Broken(), Path("broken"))  # type: ignore[arg-type]  # keywords in one
    assert results(model, [TraceRow("P?", "1")]) == {"results": [None], "errors": {"0": "The reward model failed."}}
    assert "RuntimeError: out of memory" in capfd.readouterr().err


def test_too_many_items_are_refused() -> None:
    with pytest.raises(RecordError, match="more than 4096"):
        requested_items(json.dumps({"items": [ITEM] * (MAX_ITEMS + 1)}).encode())


def test_an_address_in_use_is_one_sentence(address: str, run: Path) -> None:
    command = [sys.executable, "-c", "from tracelift_groups.cli import main; main()"]
    arguments = ["serve-rm", str(run / "reward_model" / "linear"), "--port", address.rpartition(":")[2]]
    done = subprocess.run([*command, *arguments], capture_output=True, text=True)
    assert done.returncode == 2
    assert "Can't serve on 127.0.0.1:" in done.stderr
    assert "Address already in use" in done.stderr
    assert len(done.stderr.splitlines()) == 2


def test_without_the_server_packages_the_extra_is_named(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tracelift_groups import MissingExtraError
    from tracelift_groups.reward_model.serve import reward_app

    monkeypatch.setitem(sys.modules, "starlette", None)
    with pytest.raises(MissingExtraError, match=r"tracelift-groups\[serve\]"):
        reward_app(RewardModel.load(run / "reward_model" / "linear"))
