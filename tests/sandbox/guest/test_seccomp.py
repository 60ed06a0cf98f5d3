"""The filter lets a program talk through its own pairs of sockets, and to no socket of the machine."""

import socket
import tempfile
from pathlib import Path

import pytest

from tracelift_groups.sandbox.host.sandbox import Sandbox
from tracelift_groups.sandbox.host.test_case import StdioTest

_SEND = """
import socket
one, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
one.send(b"1")
one.sendall(b"2")
assert other.recv(1) + other.recv(1) == b"12"
for send in (lambda: one.sendto(b"x", {name!r}), lambda: one.sendmsg([b"x"], [], 0, {name!r})):
    try:
        send()
    except PermissionError:
        print("refused")
"""


def test_a_datagram_reaches_no_named_socket(sandbox: Sandbox) -> None:
    if sandbox.tier == "D":
        pytest.skip("tier D has no filter")
    with tempfile.TemporaryDirectory(dir="/tmp") as folder, _bound("\0tracelift-test") as hidden:
        Path(folder).chmod(0o777)
        path = Path(folder) / "socket"
        with _bound(str(path)) as shown:
            path.chmod(0o777)
            for receiver in (hidden, shown):
                (verdict,) = sandbox.run(
                    _SEND.format(name=receiver.getsockname()), [StdioTest("", "refused\nrefused\n")]
                )
                assert verdict.passed, verdict
                with pytest.raises(BlockingIOError):
                    receiver.recv(1)


def _bound(name: str) -> socket.socket:
    made = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    made.bind(name)
    made.setblocking(False)
    return made
