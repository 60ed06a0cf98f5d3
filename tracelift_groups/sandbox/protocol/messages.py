"""Messages between the library and a worker: fixed binary records, sent with file descriptors.

Text travels in memory files. The worker's trusted processes pass the descriptors on and never read them, so no program
inherits memory that holds another program's source, input or result.

    library → zygote        "p", the supervisor's socket
    library → supervisor    Start, [source, code] or []; per test "t", [job, result, stdin, stdout, stderr, channel?]
    library → supervisor    "k" while a test runs: kill it
    supervisor → library    End for each test
"""

import struct
from dataclasses import astuple, dataclass

# Descriptor numbers in a test's process. All tests of a program share SOURCE and CODE. The process reports complete
# confinement on READY and closes it before the program runs.
JOB, RESULT, CHANNEL, SOURCE, CODE, READY = 3, 4, 5, 6, 7, 8
FIRST_UNUSED = 9

PROGRAM, TEST, STOP = b"p", b"t", b"k"
MAX_MESSAGE = 512
CONFINED = b"+"
MAX_REASON = 300

_START = struct.Struct("=BddQQQI")
_END = struct.Struct("=idB?")

PROGRAM_ROLE, ASSERTION_ROLE = range(2)
ENDED, OUT_OF_CPU, OUT_OF_WALL, STOPPED, NOT_STARTED = range(5)


@dataclass(frozen=True)
class Start:
    """A program's limits, in seconds and bytes. `role` is PROGRAM_ROLE or ASSERTION_ROLE."""

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
    """How a test's process ended: wait status, CPU time and reason; `words` is the error text for NOT_STARTED.

    `is_last`: its supervisor ends now, because the test left something behind.
    """

    status: int
    cpu_seconds: float
    reason: int
    is_last: bool = False
    words: bytes = b""

    def pack(self) -> bytes:
        return _END.pack(self.status, self.cpu_seconds, self.reason, self.is_last) + self.words

    @staticmethod
    def unpack(record: bytes) -> "End":
        status, cpu_seconds, reason, is_last = _END.unpack(record[: _END.size])
        return End(status, cpu_seconds, reason, is_last, record[_END.size :])
