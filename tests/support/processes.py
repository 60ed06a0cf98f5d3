"""The processes that this one has started, for tests of what starts and ends them. Skips without /proc."""

import os
from pathlib import Path

import pytest


def children() -> set[int]:
    """Process ids of children that have not ended."""
    if not Path("/proc/self/stat").exists():
        pytest.skip("this system doesn't show processes in /proc")
    return {int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit() and _is_ours(entry)}


def _is_ours(entry: Path) -> bool:
    try:
        state, parent, *_ = (entry / "stat").read_text("utf-8").rpartition(")")[2].split()
    except OSError:  # it has ended meanwhile
        return False
    return state not in "ZX" and int(parent) == os.getpid()


def held_back(process: int) -> int:
    """The signals that a process holds back, as a mask."""
    lines = Path(f"/proc/{process}/status").read_text("utf-8").splitlines()
    return int(next(line for line in lines if line.startswith("SigBlk:")).split()[1], 16)
