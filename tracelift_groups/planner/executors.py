"""The executor that a user names: `exact`, `exact:slip=P` or `MODEL@URL`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tracelift_groups.errors import ConfigError
from tracelift_groups.models.executor import EndpointExecutor, Executor
from tracelift_groups.models.limits import CallLimits
from tracelift_groups.models.model_spec import open_model
from tracelift_groups.planner.exact_executor import ExactExecutor, parse_exact


@asynccontextmanager
async def open_executor(
    spec: str, cache: Path | None = None, *, temperature: float = 0.0, limits: CallLimits | None = None
) -> AsyncIterator[Executor]:
    """The executor of a spec, until the block ends. `temperature` is used where the spec names none.

    EndpointError or ConfigError for a spec that is none, ConfigError for an unusable cache.
    """
    if "@" not in spec:
        if not spec.startswith("exact"):
            raise ConfigError(f'"{spec}" is not exact, exact:slip=P or MODEL@URL.', "Example: exact:slip=0.1")
        yield parse_exact(spec)
        return
    async with open_model(spec, cache, limits) as model:
        own = model.spec.temperature
        yield EndpointExecutor(model.name, model.backend, temperature if own is None else own, model.spec.max_tokens)


def serves(executor: Executor, domain: str) -> bool:
    """Whether an executor can be asked a problem of this domain at all."""
    return not isinstance(executor, ExactExecutor) or executor.serves(domain)
