"""The root directory that programs see: system libraries and the interpreter's own library, read-only, and /tmp.

It has no /proc, /sys, installed packages or user files. /dev holds null, zero, random and urandom; see special_path.py
for /dev/stdin and its like.
"""

import os
import sys
import sysconfig
from pathlib import Path

from tracelift_groups.sandbox.guest import linux

_OLD = "/old"
# The only folders of the machine that programs may read, apart from the interpreter's own library.
LIBRARIES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/share/zoneinfo", "/etc/ld.so.cache", "/nix/store")
_DEVICES = ("null", "zero", "random", "urandom")
_RESTRICTED = linux.MOUNT_ATTR_RDONLY | linux.MOUNT_ATTR_NOSUID


def make_root(pivot_root: int) -> None:
    """Make it the root of this process's own mount namespace. Raises OSError if the kernel refuses."""
    shown = _shown()
    os.umask(0o022)
    linux.mount("", "/", "", linux.MS_REC | linux.MS_PRIVATE)
    linux.mount("tmpfs", "/tmp", "tmpfs", linux.MS_NOSUID | linux.MS_NODEV, "mode=0755,size=1m")
    Path("/tmp/old").mkdir()
    linux.pivot_root("/tmp", "/tmp/old", pivot_root)
    os.chdir("/")
    for place in ("/tmp", "/dev", "/empty"):
        Path(place).mkdir()
    for place, source in shown.items():
        if source == place or not Path(_OLD + place).is_symlink():
            _bind(source, place, _RESTRICTED | linux.MOUNT_ATTR_NODEV)
        else:
            Path(place).symlink_to(Path(_OLD + place).readlink())
    for place in _installed_packages():
        linux.mount("/empty", place, "", linux.MS_BIND)
        linux.restrict_mount(place, _RESTRICTED)
    for name in _DEVICES:
        _bind(f"/dev/{name}", f"/dev/{name}", linux.MOUNT_ATTR_NOSUID | linux.MOUNT_ATTR_NOEXEC)
    linux.detach(_OLD)
    Path(_OLD).rmdir()
    linux.restrict_mount("/", linux.MOUNT_ATTR_RDONLY | linux.MOUNT_ATTR_NOSUID)


def _shown() -> dict[str, str]:
    """Paths to show and their real paths on the machine. No path is inside another."""
    own = {sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib"), str(Path(sys.base_prefix) / "lib")}
    found: dict[str, str] = {}
    for place in [*LIBRARIES, *sorted(own)]:
        if os.path.lexists(place) and not any(place == seen or place.startswith(f"{seen}/") for seen in found):
            found[place] = os.path.realpath(place)
    return found


def _bind(source: str, place: str, attributes: int) -> None:
    old, new = Path(_OLD + source), Path(place)
    if old.is_dir():
        new.mkdir(parents=True, exist_ok=True)
    else:
        new.parent.mkdir(parents=True, exist_ok=True)
        new.touch()
    linux.mount(str(old), place, "", linux.MS_BIND | linux.MS_REC)
    linux.restrict_mount(place, attributes)


def _installed_packages() -> list[str]:
    """Folders of installed packages below the shown paths; an empty folder is mounted over each."""
    roots = {"/usr/lib", "/usr/lib64", sysconfig.get_path("stdlib"), str(Path(sys.base_prefix) / "lib")}
    patterns = ("site-packages", "dist-packages", "python3*/site-packages", "python3*/dist-packages")
    found = {path for place in roots for pattern in patterns for path in Path(place).glob(pattern) if path.is_dir()}
    return sorted({str(path.resolve()) for path in found})
