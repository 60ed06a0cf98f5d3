"""The executor over a backend: what it asks, and which draws are missing."""

import asyncio
from collections.abc import Callable

import pytest

from tracelift_groups.errors import CallError
from tracelift_groups.models.backend import Reply, Request
from tracelift_groups.models.executor import Draw, EndpointExecutor
from tracelift_groups.records.seed import Seed

MATH = Seed("m", "math", "test", "math", "Tom has 3 boxes of 12 pens. How many pens?", "36")
CODE = Seed("c", "code", "test", "code", "Return twice the argument.", "", entry_point="twice")


class Answering:
    """A backend whose answer is a function of the request."""

    def __init__(self, answer: Callable[[Request], Reply]) -> None:
        self.answer = answer
        self.asked: list[Request] = []

    async def complete(self, request: Request) -> Reply:
        self.asked.append(request)
        return self.answer(request)


def draw(reply: Reply, seed: Seed = MATH) -> Draw:
    return asyncio.run(EndpointExecutor("m", Answering(lambda _: reply)).draw(seed, None, 0))


def stop(text: str) -> Reply:
    return Reply(text, "stop", 1, 1)


@pytest.mark.parametrize(
    ("text", "artifact"),
    [('{"answer": "36"}', "36"), ('Sure: {"answer": 36}.', "36"), ("So \\boxed{36}", "So \\boxed{36}")],
)
def test_the_answer_of_a_math_problem_is_read_with_and_without_json(text: str, artifact: str) -> None:
    assert draw(stop(text)) == Draw(artifact)


@pytest.mark.parametrize(
    "text", ["```python\ndef twice(n):\n    return 2 * n\n```", "def twice(n):\n    return 2 * n\n"]
)
def test_the_program_of_a_code_problem_is_read_with_and_without_a_fence(text: str) -> None:
    assert draw(stop(text), CODE).artifact == "def twice(n):\n    return 2 * n\n"


@pytest.mark.parametrize(
    ("reply", "failure"),
    [
        (Reply('{"answer": "3', "length", 1, 256), "cut off"),
        (Reply("I can't.", "content_filter", 1, 1), "refused"),
        (stop(" \n"), "empty"),
        (stop("Let us think about pens."), "unparsable"),
        (stop('{"answer": true}'), "unparsable"),
        (stop('{"answer": ["36"]}'), "unparsable"),
    ],
)
def test_a_draw_without_an_artifact_is_missing_and_says_why(reply: Reply, failure: str) -> None:
    assert draw(reply) == Draw(None, failure)


@pytest.mark.parametrize("text", ["Define a function.", "twice", "```text\nnope\n```"])
def test_prose_is_not_a_program(text: str) -> None:
    assert draw(stop(text), CODE) == Draw(None, "unparsable")


def test_a_failed_call_is_a_missing_draw() -> None:
    def unreachable(_: Request) -> Reply:
        raise CallError("unreachable", "No answer.")

    executor = EndpointExecutor("m", Answering(unreachable))
    assert asyncio.run(executor.draw(MATH, "x", 0)) == Draw(None, "unreachable")


def test_draws_differ_by_their_index_only_when_there_is_randomness() -> None:
    for temperature, samples in ((0.0, [0, 0]), (0.7, [0, 1])):
        backend = Answering(lambda _: stop('{"answer": "1"}'))
        executor = EndpointExecutor("m", backend, temperature)
        for index in (0, 1):
            asyncio.run(executor.draw(MATH, None, index))
        assert [request.sample for request in backend.asked] == samples
        assert executor.same_draws == (temperature == 0)


def test_problem_and_trace_are_in_the_request_and_nothing_in_them_rewrites_it() -> None:
    backend = Answering(lambda _: stop('{"answer": "1"}'))
    seed = Seed("m", "math", "test", "math", "What is {trace}? {problem} {{x}}", "1")
    asyncio.run(EndpointExecutor("m", backend).draw(seed, "It is {problem}.", 0))
    asked = backend.asked[0].messages[-1][1]
    assert "What is {trace}? {problem} {{x}}\n" in asked
    assert "It is {problem}.\n" in asked


def test_the_name_tells_model_parameters_and_prompts() -> None:
    name = EndpointExecutor("small", Answering(lambda _: stop("x")), 0.5).name
    assert name == "small temperature=0.5 executor_math/1 executor_code/1"
