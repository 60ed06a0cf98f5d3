"""Runs a command in this process: the command line as a user types it, without the start of another Python."""

import contextlib
import io
import sys
from dataclasses import dataclass
from unittest import mock

from tracelift_groups.cli import main


@dataclass(frozen=True)
class Ended:
    """What a command left: its exit code, and what it printed."""

    code: int
    out: str
    err: str


def run_command(*arguments: object) -> Ended:
    """Run `tracelift-groups ARGUMENTS…`."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    code = 0
    typed = ["tracelift-groups", *map(str, arguments)]
    with mock.patch.object(sys, "argv", typed), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 0
    return Ended(code, *(stream.buffer.getvalue().decode("utf-8") for stream in (out, err)))
