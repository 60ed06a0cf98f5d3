"""MODEL@URL, read in one place."""

import asyncio
from pathlib import Path

import pytest

from tracelift_groups.errors import EndpointError, UnknownNameError
from tracelift_groups.models.backend import Request
from tracelift_groups.models.model_spec import ModelSpec, open_model


@pytest.mark.parametrize(
    ("spec", "model", "place"),
    [
        ("small@http://localhost:8080", "small", "http://localhost:8080/v1"),
        ("Qwen/Qwen2.5-7B@https://host.example/api/v1/", "Qwen/Qwen2.5-7B", "https://host.example/api/v1"),
        ("@cf/meta/llama@http://h:1/v1/chat/completions", "@cf/meta/llama", "http://h:1/v1"),
        ("small:1b@http://[::1]:8080", "small:1b", "http://[::1]:8080/v1"),
        ("any@scripted:a@b.json", "any", "scripted:a@b.json"),
    ],
)
def test_a_spec_is_a_model_and_a_place(spec: str, model: str, place: str) -> None:
    assert ModelSpec.parse(spec) == ModelSpec(model, place)


@pytest.mark.parametrize(
    "spec",
    [
        "",
        "small",
        "http://localhost:8080",
        "@http://h",
        "small@localhost:8080/v1x y",
        "small@http://",
        "small@http://☃☃.local",
        "small@http://[::1",
        "s@http:/h",
    ],
)
def test_anything_else_is_refused_with_an_example_or_by_name(spec: str) -> None:
    with pytest.raises((EndpointError, UnknownNameError)):
        open_model(spec, Path("never-made"))
    assert not Path("never-made").exists()


@pytest.mark.parametrize("url", ["http://user:sesame@h/v1", "http://h/v1?key=sesame"])
def test_a_url_with_a_secret_is_refused_without_printing_it(url: str) -> None:
    with pytest.raises(EndpointError) as caught:
        ModelSpec.parse(f"small@{url}")
    assert "sesame" not in str(caught.value)


def test_parameters_of_sampling_follow_the_url() -> None:
    spec = ModelSpec.parse("small@http://h:1?temperature=0.7&max_tokens=2048&concurrency=64")
    assert spec == ModelSpec("small", "http://h:1/v1", 0.7, 2048, 64)
    assert spec.identity == "small temperature=0.7"
    assert ModelSpec.parse("small@http://h:1").identity == "small"


@pytest.mark.parametrize(
    "query",
    ["temperature=hot", "temperature=-1", "temperature=nan", "max_tokens=0", "max_tokens=", "concurrency=0", "top=1"],
)
def test_a_parameter_out_of_range_is_refused(query: str) -> None:
    with pytest.raises(EndpointError, match="model small"):
        ModelSpec.parse(f"small@http://h:1?{query}")


def test_a_backend_of_another_kind_is_called_through_the_same_cache(tmp_path: Path) -> None:
    script = tmp_path / "answers.json"
    script.write_text('{"2 + 2?": "4"}')

    async def ask() -> tuple[str, int, int]:
        async with open_model(f"any@scripted:{script}", tmp_path / "c") as model:
            for _ in range(2):
                reply = await model.backend.complete(Request(model.name, (("user", "2 + 2?"),)))
            return reply.text, model.backend.calls, model.backend.reused

    assert asyncio.run(ask()) == ("4", 1, 1)
