"""Landlock rules for tier C: a program may read the interpreter's and the system's libraries and no other file.

Names, sizes and owners of other files stay visible; nothing can be written.
"""

import ctypes
import os
import struct
import sys
import sysconfig
from pathlib import Path

from tracelift_groups.sandbox.guest import linux
from tracelift_groups.sandbox.guest.rootfs import LIBRARIES

_CREATE, _ADD, _RESTRICT = 444, 445, 446  # the same on every architecture
_VERSION_FLAG = 1
_PATH_BENEATH = 1
_READ_FILE, _READ_FOLDER = 1 << 2, 1 << 3
_DEVICES = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")


def version() -> int:
    """The kernel's Landlock ABI version; 0 without Landlock."""
    try:
        return linux.syscall("landlock_create_ruleset", _CREATE, None, 0, _VERSION_FLAG)
    except OSError:
        return 0


def ruleset() -> int:
    """A descriptor of the rules, for `restrict`. Raises OSError if the kernel has no Landlock."""
    known = version()
    files = (1 << (13 + (known >= 2) + (known >= 3) + (known >= 5))) - 1
    network = 3 if known >= 4 else 0
    scope = 3 if known >= 6 else 0
    size = 8 if known < 4 else 16 if known < 6 else 24
    handled = struct.pack("=QQQ", files, network, scope)[:size]
    rules = linux.syscall("landlock_create_ruleset", _CREATE, handled, size, 0)
    own = (sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib"), str(Path(sys.base_prefix) / "lib"))
    for place in {*LIBRARIES, *_DEVICES, *own}:
        if Path(place).exists():
            _allow_reading(rules, place)
    return rules


def _allow_reading(rules: int, place: str) -> None:
    descriptor = os.open(place, os.O_PATH | os.O_CLOEXEC)
    allowed = _READ_FILE | _READ_FOLDER if Path(place).is_dir() else _READ_FILE
    rule = ctypes.create_string_buffer(struct.pack("=Qi", allowed, descriptor))
    linux.syscall("landlock_add_rule", _ADD, rules, _PATH_BENEATH, ctypes.byref(rule), 0)
    os.close(descriptor)


def restrict(rules: int) -> None:
    """Apply the rules to this process permanently. Requires no_new_privs."""
    linux.syscall("landlock_restrict_self", _RESTRICT, rules, 0)
