"""A sandbox of each tier that this machine offers."""

from collections.abc import Iterator

import pytest

from tracelift_groups.errors import SandboxError
from tracelift_groups.sandbox.host.sandbox import Sandbox


@pytest.fixture(scope="module", params=["A", "B", "C", "D"])
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    try:
        made = Sandbox(workers=1, consent="D", only=request.param)
    except SandboxError as error:
        pytest.skip(str(error))
    with made:
        yield made
