"""The client against a scripted server: what is tried again, what is one call's failure, and what ends a command."""

import asyncio
import socket
from random import Random

import pytest
from model_server import ModelServer, Said, Script, saying

from tracelift_groups.errors import CallError, EndpointError
from tracelift_groups.models.backend import Reply, Request
from tracelift_groups.models.client import EndpointBackend
from tracelift_groups.models.limits import CallLimits
from tracelift_groups.models.structured import answer_text

SCHEMA = {"type": "object", "properties": {"answer": {"type": "string"}}, "required": ["answer"]}


@pytest.fixture(autouse=True)
def _no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "TRACELIFT_API_KEY", "HTTP_PROXY", "http_proxy"):
        monkeypatch.delenv(name, raising=False)


def request(text: str = "2 + 2?", model: str = "small", **parts: object) -> Request:
    return Request(model, (("user", text),), **parts)  # type: ignore[arg-type]  # fields of Request


class Asked:
    """One backend against one script, and the pauses that it made."""

    def __init__(self, script: Script, limits: CallLimits | None = None, **server: object) -> None:
        self.server = ModelServer(script, **server)  # type: ignore[arg-type]  # arguments of ModelServer
        self.limits = limits or CallLimits()
        self.pauses: list[float] = []

    def all(self, *requests: Request) -> list[Reply]:
        async def pause(seconds: float) -> None:
            self.pauses.append(seconds)

        async def ask() -> list[Reply]:
            backend = EndpointBackend(self.server.url, self.limits, pause, Random(0))
            try:
                return await asyncio.gather(*(backend.complete(request) for request in requests))
            finally:
                await backend.close()

        with self.server.serving():
            return asyncio.run(ask())

    def one(self, asked: Request | None = None) -> Reply:
        return self.all(asked or request())[0]


def test_an_answer_brings_its_text_its_end_and_its_tokens() -> None:
    assert Asked(saying("4")).one() == Reply("4", "stop", 5, 7)


@pytest.mark.parametrize("status", [408, 409, 429, 500, 503])
def test_a_transient_failure_is_tried_again_with_growing_pauses(status: int) -> None:
    asked = Asked(lambda _, number: Said("4") if number == 3 else Said("busy", status=status))
    assert asked.one().text == "4"
    assert asked.server.calls == 4
    assert 0.25 <= asked.pauses[0] <= 0.5 < asked.pauses[1] <= 1.0 < asked.pauses[2] <= 2.0


def test_a_dropped_connection_is_tried_again() -> None:
    asked = Asked(lambda _, number: Said("4", drop=number == 0))
    assert asked.one().text == "4"
    assert asked.server.calls == 2


def test_the_pause_that_a_server_asks_for_is_kept() -> None:
    asked = Asked(lambda _, number: Said("4", status=200 if number else 429, headers={"Retry-After": "7"}))
    asked.one()
    assert 7 <= asked.pauses[0] <= 7.7


def test_a_server_that_asks_for_an_hour_has_refused_the_call() -> None:
    asked = Asked(lambda *_: Said("wait", status=429, headers={"Retry-After": "3600"}))
    with pytest.raises(CallError, match="wait") as caught:
        asked.one()
    assert (caught.value.failure, asked.server.calls, asked.pauses) == ("overloaded", 1, [])


@pytest.mark.parametrize(("status", "failure"), [(429, "overloaded"), (500, "server error")])
def test_a_call_that_keeps_failing_is_given_up_by_name(status: int, failure: str) -> None:
    asked = Asked(lambda *_: Said("busy", status=status), CallLimits(retries=2))
    with pytest.raises(CallError, match="busy") as caught:
        asked.one()
    assert (caught.value.failure, asked.server.calls) == (failure, 3)


def test_a_server_that_hangs_is_a_time_out() -> None:
    asked = Asked(lambda *_: Said("4", hang=0.5), CallLimits(retries=0, timeout_seconds=0.1))
    with pytest.raises(CallError) as caught:
        asked.one()
    assert caught.value.failure == "timed out"


@pytest.mark.parametrize(
    ("said", "failure"),
    [
        (Said('{"answer": "3', finish_reason="length"), "cut off"),
        (Said("no", finish_reason="content_filter"), "refused"),
        (Said("", refusal="I can't."), "refused"),
        (Said(""), "empty"),
    ],
)
def test_an_answer_that_is_none_has_a_name_and_is_not_asked_for_again(said: Said, failure: str) -> None:
    asked = Asked(lambda *_: said)
    reply = asked.one()
    with pytest.raises(CallError) as caught:
        answer_text(reply)
    assert (caught.value.failure, asked.server.calls) == (failure, 1)


def test_no_server_is_one_sentence_after_three_tries() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    with pytest.raises(EndpointError, match=f"No server answers at {url}"):
        asyncio.run(EndpointBackend(url, sleep=pause).complete(request()))
    assert len(pauses) == 2


def test_an_unknown_model_is_one_sentence_that_suggests_a_known_one() -> None:
    asked = Asked(saying("4"))
    with pytest.raises(EndpointError, match=r'no model "smal".*Did you mean "small"'):
        asked.one(request(model="smal"))
    assert asked.server.calls == 1


def test_a_wrong_key_is_one_sentence_without_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "wrong-key")
    asked = Asked(saying("4"), key="right-key")
    with pytest.raises(EndpointError, match="refuses the key") as caught:
        asked.one()
    assert "wrong-key" not in str(caught.value)
    assert asked.server.calls == 1


def test_a_key_that_is_none_is_refused_before_a_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-“quoted”")
    asked = Asked(saying("4"))
    with pytest.raises(EndpointError, match=r"\$OPENAI_API_KEY holds a character") as caught:
        asked.one()
    assert "quoted" not in str(caught.value)
    assert asked.server.calls == 0


def test_a_long_list_of_models_is_not_printed() -> None:
    models = ("small", *(f"model-{n}" for n in range(100)))
    with pytest.raises(EndpointError, match="Check the model's name"):
        Asked(saying("4"), models=models).one(request(model="zzz"))


def test_the_key_comes_from_the_environment_and_ours_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Asked(saying("4"))
    asked.one()
    monkeypatch.setenv("OPENAI_API_KEY", "one")
    asked.one()
    monkeypatch.setenv("TRACELIFT_API_KEY", "two\n")
    asked.one()
    assert asked.server.keys == ["none", "one", "two"]


def test_an_endpoint_without_credit_ends_the_command() -> None:
    body = b'{"error": {"message": "You exceeded your quota", "code": "insufficient_quota"}}'
    asked = Asked(lambda *_: Said(status=429, body=body))
    with pytest.raises(EndpointError, match="no credit left"):
        asked.one()
    assert asked.server.calls == 1


def test_a_refused_request_is_this_calls_failure_in_the_servers_words() -> None:
    asked = Asked(lambda *_: Said("the prompt has 9000 tokens", status=400))
    with pytest.raises(CallError, match="the prompt has 9000 tokens") as caught:
        asked.one()
    assert (caught.value.failure, asked.server.calls) == ("rejected", 1)


@pytest.mark.parametrize("body", [b"<html>It works!</html>", b"[]", b"{}"])
def test_a_server_of_another_kind_is_one_sentence(body: bytes) -> None:
    asked = Asked(lambda *_: Said(body=body))
    with pytest.raises(EndpointError, match="OpenAI-compatible"):
        asked.one()


def test_an_endpoint_that_stops_answering_ends_the_command() -> None:
    asked = Asked(lambda *_: Said(status=500), CallLimits(concurrency=1, retries=0, failures_in_a_row=3))

    async def ask() -> int:
        backend = EndpointBackend(asked.server.url, asked.limits)
        failed = 0
        try:
            while True:
                try:
                    await backend.complete(request())
                except CallError:
                    failed += 1
        except EndpointError:
            return failed
        finally:
            await backend.close()

    with asked.server.serving():
        assert asyncio.run(ask()) == 3


def test_no_more_calls_are_under_way_than_allowed() -> None:
    asked = Asked(lambda *_: Said("4", hang=0.02), CallLimits(concurrency=3))
    asked.all(*(request(str(n)) for n in range(12)))
    assert asked.server.calls == 12
    assert asked.server.most_busy == 3


def test_a_schema_is_sent_and_the_sample_is_the_seed_when_there_is_randomness() -> None:
    asked = Asked(saying('{"answer": "4"}'))
    asked.one(request(schema=SCHEMA, temperature=0.7, sample=3, max_tokens=9))
    (body,) = asked.server.asked
    assert body["response_format"]["json_schema"]["schema"] == SCHEMA
    assert (body["seed"], body["temperature"], body["max_tokens"]) == (3, 0.7, 9)
    asked.one(request())
    assert "seed" not in asked.server.asked[-1]
    assert "response_format" not in asked.server.asked[-1]


@pytest.mark.parametrize("status", [400, 422, 500])
def test_a_server_without_structured_answers_is_asked_in_words_only(status: int) -> None:
    asked = Asked(lambda body, _: Said("no", status=status) if "response_format" in body else Said('{"answer": "4"}'))

    async def ask() -> list[str]:
        backend = EndpointBackend(asked.server.url, sleep=lambda _: asyncio.sleep(0))
        try:
            return [(await backend.complete(request(str(n), schema=SCHEMA))).text for n in range(3)]
        finally:
            await backend.close()

    with asked.server.serving():
        assert asyncio.run(ask()) == ['{"answer": "4"}'] * 3
    with_schema = ["response_format" in body for body in asked.server.asked]
    assert with_schema == [True] * (2 if status == 500 else 1) + [False] * 3


def test_a_server_that_wants_the_other_name_of_the_limit_gets_it() -> None:
    def script(body: dict[str, object], _: int) -> Said:
        return Said("Use 'max_completion_tokens' instead.", status=400) if "max_tokens" in body else Said("4")

    asked = Asked(script)
    assert [reply.text for reply in asked.all(request("a"), request("b"))] == ["4", "4"]


def test_one_backend_serves_one_event_loop_after_another() -> None:
    server = ModelServer(saying("4"))

    async def ask(backend: EndpointBackend) -> str:
        try:
            return (await backend.complete(request())).text
        finally:
            await backend.close()

    with server.serving():
        backend = EndpointBackend(server.url)
        assert [asyncio.run(ask(backend)) for _ in range(3)] == ["4"] * 3
