"""Where the sandbox has no file, a program still opens its input, its output and its source."""

from pathlib import Path

import pytest

from tracelift_groups.sandbox.guest import special_path
from tracelift_groups.sandbox.host.limits import Limits
from tracelift_groups.sandbox.host.sandbox import Sandbox
from tracelift_groups.sandbox.host.test_case import CallTest, StdioTest

_PLACES = [Path(special_path.PROGRAM), Path("/tmp/.stdin"), Path("/program.py")]
_READ_ALL = """
import pathlib
print(pathlib.Path("/dev", "stdin").read_text(), open(__file__).read() == pathlib.Path(__file__).read_text())
"""


def test_a_program_reads_input_and_source_and_leaves_no_file(sandbox: Sandbox) -> None:
    before = [path for path in _PLACES if path.exists()]
    for verdict in sandbox.run(_READ_ALL, [StdioTest("1 2", "1 2 True"), StdioTest("3", "3 True")]):
        assert verdict.passed, verdict
    assert [path for path in _PLACES if path.exists()] == before


def test_each_test_reads_its_own_input(sandbox: Sandbox) -> None:
    program = "for path in ('/dev/stdin', '/dev/fd/0'):\n    print(open(path).read())"
    for verdict in sandbox.run(program, [StdioTest(text, f"{text}\n{text}") for text in ("1", "2", "")]):
        assert verdict.passed, verdict


def test_a_call_reads_the_source_of_its_program(sandbox: Sandbox) -> None:
    program = "import inspect\ndef f():\n    return inspect.getsource(f) in open(__file__).read()\n"
    (verdict,) = sandbox.run(program, [CallTest("f", (), True)])
    assert verdict.passed, verdict


def test_the_scratch_directory_holds_the_source_only_once_it_is_opened(sandbox: Sandbox) -> None:
    if sandbox.tier in "CD":
        pytest.skip("has no scratch directory")
    program = "import os\nprint(os.listdir('.'))\nopen(__file__).close()\nprint(os.listdir('/tmp'))"
    (verdict,) = sandbox.run(program, [StdioTest("", "[]\n['program.py']")])
    assert verdict.passed, verdict


def test_a_file_that_the_program_puts_in_its_sources_place_is_its_own(sandbox: Sandbox) -> None:
    if sandbox.tier in "CD":
        pytest.skip("has no scratch directory")
    program = "with open(__file__, 'w') as file:\n    file.write('3')\nprint(open(__file__).read())"
    (verdict,) = sandbox.run(program, [StdioTest("", "3")])
    assert verdict.passed, verdict


def test_a_full_scratch_directory_has_no_room_for_the_source(sandbox: Sandbox) -> None:
    if sandbox.tier in "CD":
        pytest.skip("has no scratch directory")
    program = """
try:
    with open("large", "wb") as file:
        file.write(bytes(2**22))
except OSError:
    print("full")
print(len(open(__file__).read()))
"""
    (verdict,) = sandbox.run(program, [StdioTest("", "full\n0")], Limits(scratch_mib=1))
    assert verdict.passed, verdict


@pytest.mark.parametrize(
    "path", ["/dev/fd/40", "/dev/fd/stdin", "/dev/fd/a/0", "/dev/stdina", "/tmp/stdin", "stdin", "/dev/stdin/0"]
)
def test_other_paths_are_missing_as_before(sandbox: Sandbox, path: str) -> None:
    program = (
        f"import os\nprint(os.path.exists({path!r}))\ntry:\n    open({path!r})\nexcept OSError:\n    print('missing')"
    )
    (verdict,) = sandbox.run(program, [StdioTest("", "False\nmissing")])
    assert verdict.passed, verdict
