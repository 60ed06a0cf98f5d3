"""The one way to write a file: it appears whole or not at all, and only regular files are replaced."""

import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tracelift_groups.errors import RunError

# Names of open files of this process. A regular file behind one of them must stay the file that is open.
_OPEN = (Path("/dev/stdout"), Path("/dev/stderr"), Path("/dev/fd"), Path("/proc"))


@contextmanager
def reported_as_run_error(path: Path) -> Iterator[None]:
    """Raises RunError, with the reason, for a failure to write `path` or a file below it."""
    try:
        yield
    except (OSError, sqlite3.OperationalError) as cause:
        # Arrow's errors are OSErrors without a strerror.
        reason = (isinstance(cause, OSError) and cause.strerror) or str(cause)
        raise RunError(
            f"Can't write to {path}: {reason}.",
            "Free disk space or fix the permissions, then rerun the same command to resume.",
        ) from cause


@contextmanager
def atomic_write(path: Path, inputs: Iterable[Path] = ()) -> Iterator[Path]:
    """Yields the path to write to: a part file beside `path`, which replaces it when the block succeeds.

    A symbolic link stays, and the file it leads to is replaced. A device, a FIFO or a socket is written to in place.
    The mode of a replaced file is kept. RunError when `path` is one of the `inputs`, under any name.
    """
    refuse_inputs(path, inputs)
    target = path.resolve()
    if _is_written_in_place(path, target):
        yield path
        return
    part = target.with_name(f".{target.name}.part")
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        yield part
        if target.exists():
            shutil.copymode(target, part)
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


@contextmanager
def folder_beside(path: Path) -> Iterator[Path]:
    """Yields a new folder beside `path`, to be renamed to it; removed when it is still there after the block."""
    part = path.absolute().with_name(f".{path.name}.part")
    with reported_as_run_error(path):
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
    try:
        yield part
    finally:
        shutil.rmtree(part, ignore_errors=True)


def refuse_inputs(path: Path, inputs: Iterable[Path]) -> None:
    """Raises RunError when the regular file at `path` is one of the `inputs`."""
    for given in inputs:
        if path.is_file() and given.is_file() and path.samefile(given):
            raise RunError(f"{path} is the input and would be overwritten.", "Name another file to write to.")


def remove_regular(path: Path) -> None:
    """Remove a regular file if there is one; a link, a folder or a device stays."""
    if path.is_file() and not path.is_symlink():
        path.unlink()


def _is_written_in_place(path: Path, target: Path) -> bool:
    """Whether `path` is there and is no regular file and no folder. Replacing a folder fails with a reason."""
    names = (path.absolute(), *path.absolute().parents, *target.parents)
    if any(name in _OPEN for name in names):
        return True
    return path.exists() and not path.is_file() and not path.is_dir()
