"""Paths that programs open although the sandbox has no such files: /dev/stdin and its like, and the program's source.

Without /proc no file in /dev can lead to an open descriptor, and tiers C and D have no directory for the source. So in
the program's process `open`, `io.open_code`, `os.open` and `os.stat` recognise these paths, however they are spelled.
This is a convenience and no boundary: a program may undo it.
"""

import builtins
import io
import os
import tokenize
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NoReturn  # arguments of the wrapped functions

from tracelift_groups.sandbox.guest.isolation import SCRATCH

PROGRAM = f"{SCRATCH}/program.py"
_STREAMS = {"/dev/stdin": 0, "/dev/stdout": 1, "/dev/stderr": 2}
_DESCRIPTORS = "/dev/fd"
_LAST_PARTS = {path.rpartition("/")[2] for path in (PROGRAM, *_STREAMS)}
_READABLE_FILE = 0o100444


@dataclass
class _Source:
    """The program's source. It is written to PROGRAM at first use if the process has a scratch directory."""

    content: bytes = b""
    has_scratch: bool = False
    is_written: bool = False


_source = _Source()
_open, _open_code, _os_open, _stat = builtins.open, io.open_code, os.open, os.stat


def set_source(source: bytes) -> None:
    """The source that PROGRAM shows in this process."""
    _source.content = source


def _special(path: Any) -> int | str | None:
    """The descriptor that a path stands for, PROGRAM, or None for any other path."""
    if not isinstance(path, str | bytes | os.PathLike):
        return None
    text = os.fsdecode(path)
    last = text.rpartition("/")[2]
    if last not in _LAST_PARTS and not last.isdecimal():
        return None
    place = os.path.abspath(text).replace("//", "/")  # noqa: PTH100  # resolves no symbolic links
    if last.isdecimal():
        return int(last) if place == f"{_DESCRIPTORS}/{last}" else None
    if place == PROGRAM:
        _write_source()
        return None if _source.has_scratch else PROGRAM
    return _STREAMS.get(place)


def _write_source() -> None:
    if not _source.has_scratch or _source.is_written:
        return
    _source.is_written = True
    with suppress(OSError):  # the program has made a file of this name, or there is no space
        descriptor = _os_open(PROGRAM, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with _open(descriptor, "wb") as file:
            file.write(_source.content)


def _duplicate(number: int) -> int:
    try:
        found = os.dup(number)
    except OSError:
        _raise_missing(number)
    if number == 0:
        with suppress(OSError):  # a pipe
            os.lseek(found, 0, os.SEEK_SET)  # a file that is opened again is read from its start
    return found


def _raise_missing(number: int) -> NoReturn:
    raise FileNotFoundError(2, "No such file or directory", f"/dev/fd/{number}")


class _Wrapped:
    """Stands for a built-in function. Not a function: as an attribute of a class it must not become a method."""

    def __init__(self, original: Callable[..., Any]) -> None:
        self.__wrapped__ = original
        for name in ("__name__", "__qualname__", "__module__", "__doc__"):
            setattr(self, name, getattr(original, name))

    def __repr__(self) -> str:
        return repr(self.__wrapped__)


class _Open(_Wrapped):
    def __call__(
        self,
        file: Any,
        mode: str = "r",
        buffering: int = -1,
        encoding: str | None = None,
        errors: str | None = None,
        newline: str | None = None,
        closefd: bool = True,
        opener: Callable[[Any, int], int] | None = None,
    ) -> Any:
        special = _special(file) if opener is None else None
        if isinstance(special, int):
            opener = lambda *_: _duplicate(special)  # noqa: E731  # keeps the file's name
        elif special and not set(mode) & set("wax+"):
            content = io.BytesIO(_source.content)
            return content if "b" in mode else io.TextIOWrapper(content, encoding, errors, newline)
        return _open(file, mode, buffering, encoding, errors, newline, closefd, opener)


class _OpenCode(_Wrapped):
    def __call__(self, path: Any) -> Any:
        return io.BytesIO(_source.content) if _special(path) == PROGRAM else _open_code(path)


class _OpenDescriptor(_Wrapped):
    def __call__(self, path: Any, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        special = _special(path) if dir_fd is None else None
        return _duplicate(special) if isinstance(special, int) else _os_open(path, flags, mode, dir_fd=dir_fd)


class _Stat(_Wrapped):
    def __call__(self, path: Any, *, dir_fd: int | None = None, follow_symlinks: bool = True) -> os.stat_result:
        special = _special(path) if dir_fd is None else None
        if isinstance(special, int):
            try:
                return os.fstat(special)
            except OSError:
                _raise_missing(special)
        if special:
            return os.stat_result((_READABLE_FILE, 0, 0, 1, os.getuid(), os.getgid(), len(_source.content), 0, 0, 0))
        return _stat(path, dir_fd=dir_fd, follow_symlinks=follow_symlinks)


def recognise_special_paths(has_scratch: bool) -> None:
    """Replace the functions that open files. `has_scratch`: programs have a directory /tmp of their own."""
    _source.has_scratch = has_scratch
    builtins.open = io.open = tokenize._builtin_open = _Open(_open)  # type: ignore[attr-defined]
    io.open_code = _OpenCode(_open_code)
    os.open, os.stat = _OpenDescriptor(_os_open), _Stat(_stat)
    for supporting in (os.supports_dir_fd, os.supports_fd, os.supports_follow_symlinks):
        supporting.update(new for new in (os.open, os.stat) if new.__wrapped__ in supporting)
    for kind in (_Open, _OpenCode, _OpenDescriptor, _Stat):
        # Shown in tracebacks of programs.
        kind.__call__.__code__ = kind.__call__.__code__.replace(co_filename="<frozen io>")
    for helper in (_special, _write_source, _duplicate, _raise_missing):
        helper.__code__ = helper.__code__.replace(co_filename="<frozen io>")
