"""Isolation tiers. The sandbox uses the best available tier and refuses one below the caller's minimum.

| tier | isolation |
|---|---|
| A | root: namespaces for processes, files, network and IPC; own uid; resource limits; system call filter |
| B | no root: the same in a user namespace, without an own uid |
| C | no namespaces: Landlock, resource limits, system call filter; file names and metadata stay visible |
| D | resource limits only: no isolation |
"""

from typing import Literal, get_args

from tracelift_groups.errors import SandboxError

Tier = Literal["A", "B", "C", "D"]
TIERS: tuple[Tier, ...] = get_args(Tier)

WORDS: dict[Tier, str] = {
    "A": "full isolation, as root",
    "B": "full isolation, in a user namespace",
    "C": "partial isolation: no namespaces, file names and metadata are visible",
    "D": "NO isolation: resource limits only",
}


def refusal(accepted: Tier, reasons: dict[Tier, str]) -> SandboxError:
    """The error for a machine without an acceptable tier. `reasons` says why each tier is unavailable."""
    details = "; ".join(f"tier {tier}: {reason}" for tier, reason in reasons.items())
    todo = "Run `tracelift-groups doctor` to see what is missing."
    if accepted != "D":
        todo += " To run programs that you trust without isolation, pass --unsafe-no-isolation, or in the library "
        todo += 'Sandbox(consent="D").'
    return SandboxError(f"No acceptable isolation tier is available here ({details}).", todo)
