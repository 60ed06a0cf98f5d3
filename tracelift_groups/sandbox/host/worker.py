"""The library's end of a worker: starts it, gives it programs, collects what their tests left.

Anything that goes wrong with the worker itself is a WorkerLostError; the worker is then of no more use.
"""

import json
import marshal
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from importlib.resources import files
from pathlib import Path
from typing import Any  # JSON

from tracelift_groups.sandbox.host.grading import TestRun, grade, grade_assertion
from tracelift_groups.sandbox.host.limits import Limits
from tracelift_groups.sandbox.host.test_case import AssertionTest, SandboxTest
from tracelift_groups.sandbox.host.verdict import Verdict
from tracelift_groups.sandbox.protocol import messages as wire
from tracelift_groups.sandbox.protocol.tier import Tier

_START_SECONDS = 60.0
_GRACE_SECONDS = 30.0  # beyond a test's own limit, on a machine that is overloaded
_CODE = (
    "import sys; sys.path.insert(0, {place!r}); from tracelift_groups.sandbox.guest.zygote import run_zygote; "
    "run_zygote(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])"
)
_ENVIRONMENT = {"PYTHONHASHSEED": "0", "LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "2"}


class WorkerLostError(Exception):
    """A worker ended, was killed, or does not answer."""


class TierRefusedError(Exception):
    """A worker could not enter its tier; the message says why."""


class Worker:
    """One worker process, which runs one program at a time."""

    def __init__(self, tier: Tier) -> None:
        """Start it. TierRefusedError where the machine does not offer the tier, WorkerLostError for other reasons."""
        self.tier = tier
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        place = str(Path(str(files("tracelift_groups"))).parent)
        command = [sys.executable, "-s", "-S", "-P", "-c", _CODE.format(place=place)]
        with tempfile.TemporaryFile() as said, theirs:
            try:
                self._process = subprocess.Popen(
                    [*command, str(theirs.fileno()), str(os.getpid()), tier],
                    env=_ENVIRONMENT,
                    cwd="/",
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=said,
                    pass_fds=[theirs.fileno()],
                    start_new_session=True,
                )
            except OSError as error:
                self._control.close()
                raise WorkerLostError(str(error)) from error
            theirs.close()
            hello = self._hello()
            said.seek(0)
            words = said.read(4000).decode("utf-8", "replace")
        if hello.get("tier") != tier:
            self.close()
            if "reason" in hello:
                raise TierRefusedError(hello["reason"])
            raise WorkerLostError(hello.get("bug") or words or "it said nothing")

    def _hello(self) -> dict[str, Any]:
        self._control.settimeout(_START_SECONDS)
        try:
            found: dict[str, Any] = json.loads(self._control.recv(1 << 16) or b"{}")
        except OSError:
            return {}
        return found

    @property
    def pid(self) -> int:
        """Its process, whose descendants are the programs."""
        return self._process.pid

    def run(self, program: str, tests: Sequence[SandboxTest], limits: Limits) -> Iterator[Verdict]:
        """A verdict for each test, in order. WorkerLostError when the worker fails on the way."""
        with ExitStack() as stack:
            try:
                source = program.encode("utf-8", "surrogatepass")
                own = stack.enter_context(_Session(self._control, 0, source, limits))
                asserting: _Session | None = None
                for test in tests:
                    if isinstance(test, AssertionTest):
                        asserting = asserting or stack.enter_context(_Session(self._control, 1, b"", limits))
                        yield self._assert(own, asserting, test, limits)
                    else:
                        outcome = own.run(test.job(), getattr(test, "input", ""))
                        yield grade(test, outcome, limits, self.tier)
            except OSError as error:
                raise WorkerLostError(str(error)) from error

    def _assert(self, own: "_Session", asserting: "_Session", test: AssertionTest, limits: Limits) -> Verdict:
        ours, theirs = socket.socketpair()
        with ours, theirs:
            own.begin({"kind": "serve"}, "", ours)
            asserting.begin(test.job(), "", theirs)
        said = asserting.end()
        own.stop()
        return grade_assertion(own.end(), said, limits, self.tier)

    def close(self) -> None:
        """End it, and with it everything that it started."""
        self._control.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(1)
        self._process.kill()
        self._process.wait()


class _Session:
    """A program in a worker, with the files of the test that runs."""

    def __init__(self, control: socket.socket, role: int, source: bytes, limits: Limits) -> None:
        self._limits = limits
        self._kinds: dict[str, Any] = {"lines": limits.lines}
        self._files: list[int] = []
        mib = 2**20
        start = wire.Start(
            role,
            limits.cpu_seconds,
            limits.wall,
            limits.memory_mib * mib,
            limits.output_mib * mib,
            limits.scratch_mib * mib,
            limits.threads,
        )
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._socket.settimeout(limits.wall + _GRACE_SECONDS)
        given = [_file(source), _file(None)]
        try:
            with theirs:
                socket.send_fds(control, [wire.PROGRAM], [theirs.fileno()])
            socket.send_fds(self._socket, [start.pack()], given)
        except OSError:
            self._socket.close()
            raise
        finally:
            _close(given)

    def __enter__(self) -> "_Session":
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()
        _close(self._files)

    def run(self, job: dict[str, Any], given: str) -> TestRun:
        self.begin(job, given)
        return self.end()

    def begin(self, job: dict[str, Any], given: str, channel: socket.socket | None = None) -> None:
        """Start a test."""
        text = marshal.dumps(job | self._kinds)
        inputs = [_file(text), _file(given.encode("utf-8", "surrogatepass"))]
        self._files = [_file(None) for _ in range(3)]
        result, stdout, stderr = self._files
        channels = [channel.fileno()] if channel else []
        try:
            socket.send_fds(self._socket, [wire.TEST], [inputs[0], result, inputs[1], stdout, stderr, *channels])
        finally:
            _close(inputs)

    def stop(self) -> None:
        """End the test that runs, if it still does."""
        self._socket.send(wire.STOP)

    def end(self) -> TestRun:
        """Wait for the end of the test. WorkerLostError when the session ended instead, or could not start it."""
        record = self._socket.recv(wire.MAX_MESSAGE)
        if not record:
            raise WorkerLostError("a program's supervisor ended")
        end = wire.End.unpack(record)
        if end.reason == wire.NOT_STARTED:
            raise WorkerLostError(f"a test's process could not be confined: {end.words.decode('utf-8', 'replace')}")
        try:
            return TestRun(end, *(_content(descriptor) for descriptor in self._files))
        finally:
            _close(self._files)


def _file(content: bytes | None) -> int:
    """A memory file: sealed with its content, or empty and to be written."""
    descriptor = os.memfd_create("sandbox", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    if content is not None:
        import fcntl

        rest = memoryview(content)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        os.lseek(descriptor, 0, os.SEEK_SET)
        seals = fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE
        fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, seals)
    return descriptor


def _content(descriptor: int) -> bytes:
    size = os.fstat(descriptor).st_size
    parts = bytearray()
    while len(parts) < size and (part := os.pread(descriptor, size - len(parts), len(parts))):
        parts += part
    return bytes(parts)


def _close(descriptors: list[int]) -> None:
    while descriptors:
        os.close(descriptors.pop())
