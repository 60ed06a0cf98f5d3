"""How strongly programs are isolated here. The best tier is used; a lower one than the caller accepts is refused.

| tier | isolation |
|---|---|
| A | root: namespaces for processes, files, network and IPC, a uid of its own, resource limits, system call filter |
| B | no root: the same in a user namespace, without a uid of its own |
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
    """The error for a machine that offers no tier as good as the accepted one."""
    said = "; ".join(f"tier {tier}: {reason}" for tier, reason in reasons.items())
    todo = "`tracelift-groups doctor` says what is missing."
    if accepted != "D":
        todo += " Without isolation, for programs that you would run by hand: --unsafe-no-isolation, in the library "
        todo += 'Sandbox(consent="D").'
    return SandboxError(f"Programs can't be isolated well enough here ({said}).", todo)
