"""A program can't tell from process IDs which of its tests it runs."""

from itertools import pairwise

import pytest

from tracelift_groups.sandbox.guest import process_id
from tracelift_groups.sandbox.host.sandbox import Sandbox
from tracelift_groups.sandbox.host.test_case import StdioTest

_SHOW = """
import os, threading
ids = [os.getpid(), os.getppid(), os.getpgid(0), os.getsid(0), threading.get_native_id()]
thread = threading.Thread(target=lambda: ids.append(threading.get_native_id()))
thread.start()
thread.join()
print(*(number - os.getppid() for number in ids))
"""


def test_process_ids_are_the_same_in_every_test_or_drawn_at_random(sandbox: Sandbox) -> None:
    shown = [verdict.stdout for verdict in sandbox.run(_SHOW, [StdioTest("", "")] * 12)]
    if sandbox.tier in "AB" and len(set(shown)) == 1:
        return
    steps = [int(later.split()[0]) - int(earlier.split()[0]) for earlier, later in pairwise(shown)]
    assert len(set(steps)) > 1, shown


def test_a_number_of_ids_is_skipped_where_the_setting_cant_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []
    monkeypatch.setattr(process_id, "_setting", process_id._Setting(None))
    monkeypatch.setattr(process_id.os, "posix_spawn", lambda path, *_: tried.append(path))
    monkeypatch.setattr(process_id.os, "urandom", lambda _: b"\x0b")
    process_id.hide_test_number()
    assert tried == ["/"] * 3
