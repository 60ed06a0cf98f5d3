"""What a benchmark ran on: cores, memory, system, Python and the versions of what is installed. No host name."""

import os
import platform
import re
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

_NAME = re.compile(r"[\w.-]+")


def machine() -> dict[str, str]:
    """A description of the machine. Memory is left out where the system does not tell."""
    found = {
        "cores": str(os.cpu_count()),
        "processor": _processor(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
    }
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        size = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        found["memory"] = f"{size / 2**30:.0f} GiB"
    return found


def versions() -> dict[str, str]:
    """The versions of the project, of its required packages, and of those of its extras that are installed."""
    lines = [line for line in requires("tracelift-groups") or () if "extra == 'dev'" not in line.replace('"', "'")]
    names = ["tracelift-groups", *(found[0] for line in lines if (found := _NAME.match(line)))]
    return {name: known for name in names if (known := _version(name))}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or "unknown"
