"""What the runner of a test reports for programs that don't come to their end."""

import pytest

from tracelift_groups.errors import SandboxError
from tracelift_groups.sandbox.host.limits import Limits
from tracelift_groups.sandbox.host.sandbox import Sandbox
from tracelift_groups.sandbox.host.test_case import StdioTest


@pytest.mark.parametrize(
    ("program", "status"),
    [
        ("\n".join(f"a{n} = [{n}, {n}]" for n in range(300_000)), "memory_limit"),
        ("x = " + "-" * 100_000 + "1", "compile_error"),
    ],
    ids=["long", "nested"],
)
def test_memory_used_up_by_compiling_differs_from_source_that_is_nested_too_deeply(program: str, status: str) -> None:
    try:
        sandbox = Sandbox(Limits(memory_mib=64), workers=1)
    except SandboxError as error:
        pytest.skip(str(error))
    with sandbox:
        (verdict,) = sandbox.run(program, [StdioTest("", "")])
    assert verdict.status == status, verdict
