"""Checks whether this machine meets the requirements of the commands: one function per subject."""

import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal  # JSON

_ENOUGH_GB = 2.0

Health = Literal["ok", "weak", "missing"]


@dataclass(frozen=True)
class Diagnosis:
    """One subject: `ok`, `weak` (works, with a restriction) or `missing`. `todo` is empty if there is nothing to do."""

    subject: str
    state: Health
    words: str
    todo: str = ""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def checkup() -> list[Diagnosis]:
    """Every subject, in display order."""
    return [check() for check in _CHECKS]


def sandbox() -> Diagnosis:
    """The isolation tier for untrusted programs here, and why each better one is unavailable."""
    from tracelift_groups.sandbox.host.sandbox import best_tier
    from tracelift_groups.sandbox.protocol.tier import WORDS

    tier, reasons = best_tier()
    unavailable = "".join(f"; not tier {other}: {reason}" for other, reason in reasons.items())
    if tier is None:
        return Diagnosis("sandbox", "missing", f"no tier available{unavailable}", "Run programs on Linux.")
    words = f"tier {tier}, {WORDS[tier]}{unavailable}"
    if tier in ("A", "B"):
        return Diagnosis("sandbox", "ok", words)
    todo = "Enable user namespaces or run as root; until then, programs written by a model are refused."
    return Diagnosis("sandbox", "weak" if tier == "C" else "missing", words, todo)


def disk() -> Diagnosis:
    """Free disk space for run folders in the current folder."""
    free = shutil.disk_usage(Path.cwd()).free / 1e9
    if free < _ENOUGH_GB:
        return Diagnosis("disk", "weak", f"{free:.1f} GB free here", f"Large builds take up to {_ENOUGH_GB:g} GB.")
    return Diagnosis("disk", "ok", f"{free:.1f} GB free here")


_CHECKS: tuple[Callable[[], Diagnosis], ...] = (sandbox, disk)
