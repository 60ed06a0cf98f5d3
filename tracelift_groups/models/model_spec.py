"""The models that a user names: `MODEL@URL`, or `MODEL@BACKEND:ARGUMENT` for a backend that is no endpoint."""

import re
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from urllib.parse import urlsplit

from tracelift_groups.errors import EndpointError
from tracelift_groups.models.backend import Backend, open_backend
from tracelift_groups.models.cache import CachedBackend, CallCache, default_cache
from tracelift_groups.models.client import KEYS, EndpointBackend
from tracelift_groups.models.limits import CallLimits

_URL_SPEC = re.compile(r"(.+?)@(https?://.+)")
_BACKEND_SPEC = re.compile(r"(.+)@(\w+:.*)")
_EXAMPLE = "Example: Qwen/Qwen2.5-7B-Instruct@http://localhost:8000/v1"


@dataclass(frozen=True)
class ModelSpec:
    """`MODEL@URL`: the model's name at the server, and the URL of the API; or `MODEL@BACKEND:ARGUMENT`."""

    model: str
    place: str

    @property
    def is_url(self) -> bool:
        return self.place.startswith(("http://", "https://"))

    @staticmethod
    def parse(spec: str) -> "ModelSpec":
        """EndpointError for anything else, and for a URL with a user name or key in it."""
        found = _URL_SPEC.fullmatch(spec.strip()) or _BACKEND_SPEC.fullmatch(spec.strip())
        if found is None:
            raise EndpointError(f'"{spec}" is not MODEL@URL.', _EXAMPLE)
        model, place = found[1].strip(), found[2]
        if not place.startswith("http"):
            return ModelSpec(model, place)
        try:
            parts = urlsplit(place)
            host, _ = parts.hostname, parts.port
        except ValueError as cause:
            raise EndpointError(f"The URL of model {model} can't be read: {cause}.", _EXAMPLE) from cause
        if "@" in parts.netloc or parts.query or parts.fragment:
            raise EndpointError(
                f"The URL of model {model} has more than a host and a path.", f"Put a key into ${KEYS[0]}, not here."
            )
        if not host:
            raise EndpointError(f"The URL of model {model} has no host.", _EXAMPLE)
        path = parts.path.rstrip("/") or "/v1"
        return ModelSpec(model, f"{parts.scheme}://{parts.netloc}{path.removesuffix('/chat/completions')}")


class OpenModel:
    """A model ready to be called: `async with open_model(spec) as model`. `calls` and `reused` count its answers."""

    def __init__(self, name: str, inner: Backend, cache: CallCache) -> None:
        self.name = name
        self.backend = CachedBackend(inner, cache)

    async def __aenter__(self) -> "OpenModel":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close connections and the cache."""
        if isinstance(self.backend.backend, EndpointBackend):
            await self.backend.backend.close()
        self.backend.cache.close()


def open_model(spec: str, cache: Path | None = None, limits: CallLimits | None = None) -> OpenModel:
    """The model of a spec, its calls cached in the file `cache` (default_cache()). Nothing is sent yet.

    EndpointError for a spec that is none, ConfigError for an unusable cache.
    """
    found = ModelSpec.parse(spec)
    inner = EndpointBackend(found.place, limits) if found.is_url else open_backend(found.place)
    return OpenModel(found.model, inner, CallCache(cache or default_cache()))
