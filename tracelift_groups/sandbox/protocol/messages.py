"""What the library and a worker say to each other: fixed records of numbers beside file descriptors.

Texts travel in memory files. The worker's trusted processes hand their descriptors on and never read them, so no
program finds another one's source, input or result in memory that it inherits.

    library → zygote     "p", the session's socket
    library → session    Start, [source, code]; then for each test "t", [job, result, stdin, stdout, stderr, channel?]
    library → session    "k" while a test runs: end it now
    session → library    End for each test
"""

import struct
from dataclasses import astuple, dataclass

# Descriptors of a test's process. Source and code are the session's, the others the test's own. What is written to
# READY says that confinement is complete; it is closed before the program runs.
JOB, RESULT, CHANNEL, SOURCE, CODE, READY = 3, 4, 5, 6, 7, 8
FIRST_UNUSED = 9

PROGRAM, TEST, STOP = b"p", b"t", b"k"
MAX_MESSAGE = 512
CONFINED = b"+"
MAX_REASON = 300

_START = struct.Struct("=BddQQQI")
_END = struct.Struct("=idB")

ENDED, OUT_OF_CPU, OUT_OF_WALL, STOPPED, NOT_STARTED = range(5)


@dataclass(frozen=True)
class Start:
    """A session's limits, in seconds and bytes. `role` 0 is the program, 1 the assertions about it."""

    role: int
    cpu_seconds: float
    wall_seconds: float
    memory_bytes: int
    output_bytes: int
    scratch_bytes: int
    threads: int

    def pack(self) -> bytes:
        return _START.pack(*astuple(self))

    @staticmethod
    def unpack(record: bytes) -> "Start":
        return Start(*_START.unpack(record))


@dataclass(frozen=True)
class End:
    """How a test's process ended: its wait status, its processor time, why it was ended, for NOT_STARTED in words."""

    status: int
    cpu_seconds: float
    reason: int
    words: bytes = b""

    def pack(self) -> bytes:
        return _END.pack(self.status, self.cpu_seconds, self.reason) + self.words

    @staticmethod
    def unpack(record: bytes) -> "End":
        status, cpu_seconds, reason = _END.unpack(record[: _END.size])
        return End(status, cpu_seconds, reason, record[_END.size :])
