"""Whether this machine can do what the commands need: one function a subject, each answering in words."""

import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal  # JSON

_ENOUGH_GB = 2.0

State = Literal["ok", "weak", "missing"]


@dataclass(frozen=True)
class Finding:
    """One subject: `ok`, `weak` (works, with a restriction) or `missing`. `todo` is empty when nothing need be done."""

    subject: str
    state: State
    words: str
    todo: str = ""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def checkup() -> list[Finding]:
    """Every subject, in the order in which they are shown."""
    return [check() for check in _CHECKS]


def sandbox() -> Finding:
    """The tier on which untrusted programs run here, and why no better one is there."""
    from tracelift_groups.sandbox.host.sandbox import best_tier
    from tracelift_groups.sandbox.protocol.tier import WORDS

    tier, reasons = best_tier()
    said = "".join(f"; not tier {other}: {reason}" for other, reason in reasons.items())
    if tier is None:
        return Finding("sandbox", "missing", f"no tier at all{said}", "Run programs on Linux.")
    words = f"tier {tier}, {WORDS[tier]}{said}"
    if tier in ("A", "B"):
        return Finding("sandbox", "ok", words)
    todo = "Allow user namespaces, or run as root; programs that a model wrote are refused until then."
    return Finding("sandbox", "weak" if tier == "C" else "missing", words, todo)


def disk() -> Finding:
    """Room for run folders in the current folder."""
    free = shutil.disk_usage(Path.cwd()).free / 1e9
    if free < _ENOUGH_GB:
        return Finding("disk", "weak", f"{free:.1f} GB free here", f"Large builds take up to {_ENOUGH_GB:g} GB.")
    return Finding("disk", "ok", f"{free:.1f} GB free here")


_CHECKS: tuple[Callable[[], Finding], ...] = (sandbox, disk)
