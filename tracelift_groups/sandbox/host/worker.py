"""The library's end of a worker: starts it, sends it programs, collects the results of their tests.

Any failure of the worker itself raises WorkerLostError; the worker can't be used afterwards.
"""

import hashlib
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
from tracelift_groups.sandbox.protocol import messages
from tracelift_groups.sandbox.protocol.tier import Tier

_START_SECONDS = 60.0
_ENDING_SECONDS = 2.0  # for a program that has closed its channel
_GRACE_SECONDS = 30.0  # added to a test's own limit, for an overloaded machine
_CODE = (
    "import sys; sys.path.insert(0, {place!r}); from tracelift_groups.sandbox.guest.zygote import run_zygote; "
    "run_zygote(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])"
)
_ENVIRONMENT = {"PYTHONHASHSEED": "0", "LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "2"}


class WorkerLostError(Exception):
    """A worker exited, was killed, or does not answer."""


class TierRefusedError(Exception):
    """A worker can't enter its tier; the message is the reason."""


class Worker:
    """One worker process; it runs one program at a time."""

    def __init__(self, tier: Tier) -> None:
        """Raises TierRefusedError if the machine does not offer the tier, WorkerLostError for other failures."""
        self.tier = tier
        self._asserting: _Session | None = None
        ends = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control, theirs = (_past_standard(end) for end in ends)
        place = str(Path(str(files("tracelift_groups"))).parent)
        command = [sys.executable, "-s", "-S", "-P", "-c", _CODE.format(place=place)]
        with tempfile.TemporaryFile() as stderr, theirs:
            try:
                self._process = subprocess.Popen(
                    [*command, str(theirs.fileno()), str(os.getpid()), tier],
                    env=_ENVIRONMENT,
                    cwd="/",
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=stderr,
                    pass_fds=[theirs.fileno()],
                    start_new_session=True,
                )
            except OSError as error:
                self._control.close()
                raise WorkerLostError(str(error)) from error
            theirs.close()
            hello = self._hello()
            stderr.seek(0)
            stderr_text = stderr.read(4000).decode("utf-8", "replace")
        if hello.get("tier") != tier:
            self.close()
            if "reason" in hello:
                raise TierRefusedError(hello["reason"])
            raise WorkerLostError(hello.get("bug") or stderr_text or "it said nothing")

    def _hello(self) -> dict[str, Any]:
        self._control.settimeout(_START_SECONDS)
        try:
            found: dict[str, Any] = json.loads(self._control.recv(1 << 16) or b"{}")
        except OSError:
            return {}
        return found

    @property
    def pid(self) -> int:
        """Its process ID. All programs run as its descendants."""
        return self._process.pid

    def run(self, program: str, tests: Sequence[SandboxTest], limits: Limits, key: bytes = b"") -> Iterator[Verdict]:
        """A verdict for each test, in order. Raises WorkerLostError if the worker fails.

        `key`: what the program must not know, for the random numbers of assertion tests.
        """
        with ExitStack() as stack:
            try:
                source = program.encode("utf-8", "surrogatepass")
                own = stack.enter_context(_Session(self._control, messages.PROGRAM_ROLE, source, limits))
                for test in tests:
                    if isinstance(test, AssertionTest):
                        seed = _seed(key, source, test)
                        yield self._assert(own, test.job() | {"seed": seed}, limits)
                    else:
                        outcome = own.run(test.job(), getattr(test, "input", ""))
                        yield grade(test, outcome, limits, self.tier)
            except OSError as error:
                raise WorkerLostError(str(error)) from error

    def _assert(self, own: "_Session", job: dict[str, Any], limits: Limits) -> Verdict:
        asserting = self._asserting_with(limits)
        ours, theirs = socket.socketpair()
        with ours, theirs:
            own.begin({"kind": "serve"}, "", ours)
            asserting.begin(job, "", theirs)
        assertion_run = asserting.end()
        if assertion_run.end.is_last:
            self._end_asserting()
        if assertion_run.claim().get("stage") == "gone":
            own.wait(_ENDING_SECONDS)  # the program is about to end by itself, and its report says why
        own.stop()
        return grade_assertion(own.end(), assertion_run, limits, self.tier)

    def tests_nothing(self, test: AssertionTest, limits: Limits) -> bool:
        """Whether an assertion passes whatever the program answers. Raises WorkerLostError if the worker fails."""
        try:
            return all(self._passes_with(answer, test, limits) for answer in (True, False))
        except OSError as error:
            raise WorkerLostError(str(error)) from error

    def _passes_with(self, answer: bool, test: AssertionTest, limits: Limits) -> bool:
        asserting = self._asserting_with(limits)
        found = asserting.run(test.job() | {"seed": 0, "answers": answer}, "")
        if found.end.is_last:
            self._end_asserting()
        return found.end.reason == messages.ENDED and found.claim().get("stage") == "passed"

    def _asserting_with(self, limits: Limits) -> "_Session":
        """The process that runs assertions, for any program, each in a fork of its own."""
        if self._asserting is None or self._asserting.limits != limits:
            self._end_asserting()
            self._asserting = _Session(self._control, messages.ASSERTION_ROLE, None, limits)
        return self._asserting

    def _end_asserting(self) -> None:
        if self._asserting:
            self._asserting.close()
        self._asserting = None

    def close(self) -> None:
        """End the worker and every process that it started."""
        self._end_asserting()
        self._control.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(1)
        self._process.kill()
        self._process.wait()


class _Session:
    """One program in a worker: the socket to its supervisor and the files of the running test."""

    def __init__(self, control: socket.socket, role: int, source: bytes | None, limits: Limits) -> None:
        self.limits = limits
        self._job_options: dict[str, Any] = {"lines": limits.lines, "output": limits.output_mib * 2**20}
        self._files: list[int] = []
        mib = 2**20
        start = messages.Start(
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
        given = [] if source is None else [_file(source), _file(None)]
        try:
            with theirs:
                socket.send_fds(control, [messages.PROGRAM], [theirs.fileno()])
            socket.send_fds(self._socket, [start.pack()], given)
        except OSError:
            self._socket.close()
            raise
        finally:
            _close(given)

    def __enter__(self) -> "_Session":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the supervisor and every process of it."""
        self._socket.close()
        _close(self._files)

    def run(self, job: dict[str, Any], given: str) -> TestRun:
        self.begin(job, given)
        return self.end()

    def begin(self, job: dict[str, Any], given: str, channel: socket.socket | None = None) -> None:
        """Start a test. `channel` joins the program to its assertion."""
        text = marshal.dumps(job | self._job_options)
        inputs = [_file(text), _file(given.encode("utf-8", "surrogatepass"))]
        self._files = [_file(None) for _ in range(3)]
        result, stdout, stderr = self._files
        channels = [channel.fileno()] if channel else []
        try:
            socket.send_fds(self._socket, [messages.TEST], [inputs[0], result, inputs[1], stdout, stderr, *channels])
        finally:
            _close(inputs)

    def wait(self, seconds: float) -> None:
        """Wait for the running test to end, but no longer."""
        usual = self._socket.gettimeout()
        self._socket.settimeout(seconds)
        with suppress(TimeoutError):
            self._socket.recv(1, socket.MSG_PEEK)
        self._socket.settimeout(usual)

    def stop(self) -> None:
        """Kill the running test; no effect if it has ended."""
        self._socket.send(messages.STOP)

    def end(self) -> TestRun:
        """Wait for the test to end. Raises WorkerLostError if its supervisor exited or could not start it."""
        record = self._socket.recv(messages.MAX_MESSAGE)
        if not record:
            raise WorkerLostError("a program's supervisor ended")
        end = messages.End.unpack(record)
        if end.reason == messages.NOT_STARTED:
            raise WorkerLostError(f"a test's process could not be confined: {end.words.decode('utf-8', 'replace')}")
        try:
            result, stdout, stderr = (_content(descriptor) for descriptor in self._files)
            return TestRun(end, result, stdout, stderr)
        finally:
            _close(self._files)


def _past_standard(end: socket.socket) -> socket.socket:
    """The socket, not on a descriptor of stdin, stdout or stderr: a caller that has closed those gets their numbers."""
    if end.fileno() > 2:
        return end
    import fcntl  # not on Windows

    with end:
        return socket.socket(fileno=fcntl.fcntl(end.fileno(), fcntl.F_DUPFD_CLOEXEC, 3))


def _seed(key: bytes, source: bytes, test: AssertionTest) -> int:
    """The start of a test's random numbers: they repeat, and only who knows the key can foretell them."""
    digest = hashlib.blake2b(key=key[:64], digest_size=16)
    for part in (source, *(text.encode("utf-8", "surrogatepass") for text in (test.setup, test.code))):
        digest.update(len(part).to_bytes(8, "big") + part)
    return int.from_bytes(digest.digest(), "big")


def _file(content: bytes | None) -> int:
    """A memory file: sealed with its content, or empty and writable for None."""
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
