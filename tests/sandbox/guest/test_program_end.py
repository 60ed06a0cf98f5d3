"""A program ends in the sandbox as it does in the interpreter: the same output, in the same order, the same exit."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from repo_files import ROOT

from tracelift_groups.errors import SandboxError
from tracelift_groups.sandbox.host.escape import escape
from tracelift_groups.sandbox.host.sandbox import Sandbox
from tracelift_groups.sandbox.host.test_case import StdioTest
from tracelift_groups.sandbox.protocol.tier import Tier

DATA = ROOT / "tests" / "data"
_, *_PARTS = (DATA / "program_ends.txt").read_text(encoding="utf-8").split("\n=== ")
PROGRAMS = {name: program for name, _, program in (part.partition("\n") for part in _PARTS)}


@pytest.fixture(scope="module", params=["A", "B", "C"])
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    tier: Tier = request.param
    try:
        made = Sandbox(workers=1, consent="C", only=tier)
    except SandboxError as error:
        pytest.skip(str(error))
    with made:
        yield made


@pytest.fixture(scope="module")
def proper(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, int]]:
    """Output and exit code of each program in the interpreter."""
    folder = tmp_path_factory.mktemp("proper")
    return {name: _run(program, folder) for name, program in PROGRAMS.items()}


def _run(program: str, folder: Path) -> tuple[str, int]:
    path, output = folder / "program.py", folder / "output"
    path.write_text(program)
    with output.open("w") as stdout:  # a file, as in the sandbox
        command = [sys.executable, "-I", "-S", str(path)]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=stdout, stderr=subprocess.DEVNULL, check=False)
    return output.read_bytes().decode("utf-8", "replace"), done.returncode


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_ends_as_in_the_interpreter(sandbox: Sandbox, proper: dict[str, tuple[str, int]], name: str) -> None:
    if sys.version_info[:2] == (3, 12) and "starts a" in name:
        pytest.skip("Python 3.12 starts no thread once the main thread has ended")
    output, code = proper[name]
    (verdict,) = sandbox.run(PROGRAMS[name], [StdioTest("", output)])
    assert verdict.stdout == escape(output, block=True), verdict
    assert verdict.status == ("runtime_error" if code else "pass"), (verdict, code)
    if code and verdict.why.startswith("exit code"):
        assert verdict.why == f"exit code {code}"


def test_there_are_many_programs() -> None:
    assert len(PROGRAMS) >= 80
