"""`exec`: runs an untrusted program against tests, in isolation."""

import json
from pathlib import Path
from typing import Annotated

import typer

from tracelift_groups.sandbox.host.limits import Limits

_DEFAULT = Limits()


def run_program(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Python program")],
    tests: Annotated[Path, typer.Option("--tests", metavar="TESTS.jsonl", help="tests, one per line")],
    entry_point: Annotated[
        str | None, typer.Option("--entry-point", metavar="NAME", help="function to call, for tests that name none")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print tier and verdicts as JSON")] = False,
    unsafe: Annotated[
        bool,
        typer.Option("--unsafe-no-isolation", help="run even without isolation; only for programs that you trust"),
    ] = False,
    stop: Annotated[
        bool, typer.Option("--stop-at-first-failure", help="run no further test after one that does not pass")
    ] = False,
    cpu_seconds: Annotated[float, typer.Option(help="processor time of a test, in seconds")] = _DEFAULT.cpu_seconds,
    wall_seconds: Annotated[
        float | None,
        typer.Option(
            help="time of a test by the clock, in seconds (default: 3 x processor time + 2)", show_default=False
        ),
    ] = _DEFAULT.wall_seconds,
    memory_mib: Annotated[int, typer.Option(help="memory, in MiB")] = _DEFAULT.memory_mib,
    output_mib: Annotated[int, typer.Option(help="stdout, stderr, a result or a file, in MiB")] = _DEFAULT.output_mib,
    scratch_mib: Annotated[int, typer.Option(help="all files together, in MiB")] = _DEFAULT.scratch_mib,
    threads: Annotated[int, typer.Option(help="threads at once")] = _DEFAULT.threads,
    lines: Annotated[
        int | None, typer.Option(help="executed lines (default: not counted)", show_default=False)
    ] = _DEFAULT.lines,
) -> None:
    """Run a program against tests, isolated from this machine.

    Exit codes: 0 all tests passed, 1 a test failed, 3 a test has no verdict (the sandbox failed, or the test can't be
    carried out on this program), 2 a wrong command line or no isolation on this machine.

    One test: {"input": "1 2\\n", "output": "3\\n"}, {"args": [1, 2], "expected": 3} or
    {"assertion": "assert f(1) == 2"}. An assertion that passes whatever f returns is refused.
    Each test runs in its own process with an empty folder, no network, no environment, and limits on time, memory and
    output. Programs can import Python's standard library and no other package.
    """
    from tracelift_groups.code.test_file import read_tests
    from tracelift_groups.errors import SandboxError
    from tracelift_groups.sandbox.host.sandbox import Sandbox
    from tracelift_groups.sandbox.host.test_case import AssertionTest
    from tracelift_groups.sandbox.host.verdict import NO_VERDICT

    limits = Limits(cpu_seconds, wall_seconds, memory_mib, output_mib, scratch_mib, threads, lines)
    wanted = read_tests(tests, entry_point)
    try:
        # Invalid UTF-8 is passed on: it fails to compile, and that is the verdict.
        program = file.read_bytes().decode("utf-8", "surrogateescape")
    except OSError as error:
        raise SandboxError(f"{file} can't be read: {error.strerror}.") from error
    with Sandbox(limits, workers=1, consent="D" if unsafe else "B") as sandbox:
        for place, test in wanted.items():
            if isinstance(test, AssertionTest) and sandbox.tests_nothing(test):
                raise SandboxError(
                    f"{place}: The test passes whatever {test.entry_point} returns.",
                    "Assert something about the result.",
                )
        verdicts = sandbox.run(program, [*wanted.values()], stop_at_first_failure=stop)
    if as_json:
        print(json.dumps({"tier": sandbox.tier, "verdicts": [verdict.to_json() for verdict in verdicts]}, indent=1))
    else:
        for number, verdict in enumerate(verdicts, 1):
            print(f"{number} {verdict.status}" + (f": {verdict.why}" if verdict.why else ""))
        passed = sum(verdict.passed for verdict in verdicts)
        left = f", {len(wanted) - len(verdicts)} not run" if len(verdicts) < len(wanted) else ""
        isolation = "WITHOUT ISOLATION" if sandbox.tier == "D" else f"isolation tier {sandbox.tier}"
        print(f"{passed} of {len(wanted)} tests passed{left} ({isolation})")
    if any(verdict.status in NO_VERDICT for verdict in verdicts):
        raise typer.Exit(3)
    if not all(verdict.passed for verdict in verdicts):
        raise typer.Exit(1)
