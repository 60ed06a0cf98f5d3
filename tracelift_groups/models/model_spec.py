"""The models that a user names: `MODEL@URL`, with parameters behind it where they are wanted.

    Qwen/Qwen2.5-7B-Instruct@http://localhost:8000/v1?temperature=0.7&max_tokens=2048&concurrency=64

In place of the URL a backend of another kind can stand: `MODEL@BACKEND:ARGUMENT`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from urllib.parse import parse_qsl, urlsplit

from tracelift_groups.errors import EndpointError
from tracelift_groups.models.backend import Backend, open_backend
from tracelift_groups.models.cache import CachedBackend, CallCache, default_cache
from tracelift_groups.models.client import KEYS, EndpointBackend
from tracelift_groups.models.limits import CallLimits

_URL_SPEC = re.compile(r"(.+?)@(https?://[^?]+)(?:\?(.*))?")
_BACKEND_SPEC = re.compile(r"(.+)@(\w+:[^?]*)(?:\?(.*))?")
_EXAMPLE = "Example: Qwen/Qwen2.5-7B-Instruct@http://localhost:8000/v1"
_PARAMETERS = ("temperature", "max_tokens", "concurrency")


@dataclass(frozen=True)
class ModelSpec:
    """The model's name at the server, the place where it is served, and its parameters; None: not in the spec."""

    model: str
    place: str
    temperature: float | None = None
    max_tokens: int | None = None
    concurrency: int | None = None

    @property
    def is_url(self) -> bool:
        return self.place.startswith(("http://", "https://"))

    @property
    def identity(self) -> str:
        """Model and temperature: what results depend on, whatever the place and the limits."""
        return self.model if self.temperature is None else f"{self.model} temperature={self.temperature:g}"

    @staticmethod
    def parse(spec: str) -> "ModelSpec":
        """EndpointError for anything else, and for a URL that holds a user name or a key."""
        found = _URL_SPEC.fullmatch(spec.strip()) or _BACKEND_SPEC.fullmatch(spec.strip())
        if found is None:
            raise EndpointError(f'"{spec}" is not MODEL@URL.', _EXAMPLE)
        model, place = found[1].strip(), found[2]
        values = dict(parse_qsl(found[3] or "", keep_blank_values=True))
        if place.startswith(("http://", "https://")):
            place = _api_url(model, place)
        return _with_parameters(ModelSpec(model, place), values)


def _with_parameters(spec: ModelSpec, values: Mapping[str, str]) -> ModelSpec:
    """The spec with its parameters. No value is printed: it may be a key that was put into the URL."""
    if set(values) - set(_PARAMETERS):
        raise EndpointError(
            f"The URL of model {spec.model} has a parameter other than {', '.join(_PARAMETERS)}.",
            f"A key belongs into ${KEYS[0]}.",
        )
    try:
        temperature = float(values["temperature"]) if "temperature" in values else None
        counts = {name: int(values[name]) for name in ("max_tokens", "concurrency") if name in values}
    except ValueError:
        temperature, counts = None, {"": 0}
    if not 0 <= (temperature or 0) <= 2 or min(counts.values(), default=1) < 1:
        raise EndpointError(
            f"A parameter of model {spec.model} is out of range.",
            "temperature is a number from 0 to 2, max_tokens and concurrency are whole numbers from 1 up.",
        )
    return ModelSpec(spec.model, spec.place, temperature, counts.get("max_tokens"), counts.get("concurrency"))


def _api_url(model: str, place: str) -> str:
    try:
        parts = urlsplit(place)
        host, _ = parts.hostname or "", parts.port
    except ValueError as cause:
        raise EndpointError(f"The URL of model {model} can't be read: {cause}.", _EXAMPLE) from cause
    if "@" in parts.netloc or parts.fragment:
        raise EndpointError(f"The URL of model {model} holds a user name.", f"A key belongs into ${KEYS[0]}.")
    if not host or not host.isascii():
        raise EndpointError(f"The URL of model {model} has no host in ASCII letters.", _EXAMPLE)
    path = parts.path.rstrip("/") or "/v1"
    return f"{parts.scheme}://{parts.netloc}{path.removesuffix('/chat/completions')}"


class OpenModel:
    """A model ready to be called: `async with open_model(spec) as model`. `backend` counts its calls."""

    def __init__(self, spec: ModelSpec, inner: Backend, cache: CallCache) -> None:
        self.spec = spec
        self.name = spec.model
        self.backend = CachedBackend(inner, cache)

    async def __aenter__(self) -> "OpenModel":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close connections and the cache."""
        await self.backend.close()
        if isinstance(self.backend.backend, EndpointBackend):
            await self.backend.backend.close()


def open_model(spec: str, cache: Path | None = None, limits: CallLimits | None = None) -> OpenModel:
    """The model of a spec, its calls cached in the file `cache` (default_cache()). Nothing is sent yet.

    EndpointError for a spec that is none, ConfigError for an unusable cache.
    """
    found = ModelSpec.parse(spec)
    limits = limits or CallLimits()
    if found.concurrency:
        limits = replace(limits, concurrency=found.concurrency)
    inner = EndpointBackend(found.place, limits) if found.is_url else open_backend(found.place)
    return OpenModel(found, inner, CallCache(cache or default_cache()))
