"""Whether this machine can do what the commands need: one function a subject, each answering in words."""

import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal  # JSON

_ENOUGH_GB = 2.0

Health = Literal["ok", "weak", "missing"]


@dataclass(frozen=True)
class Diagnosis:
    """One subject: `ok`, `weak` (works, with a restriction) or `missing`. `todo` is empty when nothing need be done."""

    subject: str
    state: Health
    words: str
    todo: str = ""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def checkup() -> list[Diagnosis]:
    """Every subject, in the order in which they are shown."""
    return [check() for check in _CHECKS]


def sandbox() -> Diagnosis:
    """The tier on which untrusted programs run here, and why no better one is there."""
    from tracelift_groups.sandbox.host.sandbox import best_tier
    from tracelift_groups.sandbox.protocol.tier import WORDS

    tier, reasons = best_tier()
    said = "".join(f"; not tier {other}: {reason}" for other, reason in reasons.items())
    if tier is None:
        return Diagnosis("sandbox", "missing", f"no tier at all{said}", "Run programs on Linux.")
    words = f"tier {tier}, {WORDS[tier]}{said}"
    if tier in ("A", "B"):
        return Diagnosis("sandbox", "ok", words)
    todo = "Allow user namespaces, or run as root; programs that a model wrote are refused until then."
    return Diagnosis("sandbox", "weak" if tier == "C" else "missing", words, todo)


def disk() -> Diagnosis:
    """Room for run folders in the current folder."""
    free = shutil.disk_usage(Path.cwd()).free / 1e9
    if free < _ENOUGH_GB:
        return Diagnosis("disk", "weak", f"{free:.1f} GB free here", f"Large builds take up to {_ENOUGH_GB:g} GB.")
    return Diagnosis("disk", "ok", f"{free:.1f} GB free here")


_CHECKS: tuple[Callable[[], Diagnosis], ...] = (sandbox, disk)
