"""Output appears whole or not at all, and a failure to write is one sentence."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tracelift_groups.errors import RunError


@contextmanager
def reported_as_run_error(path: Path) -> Iterator[None]:
    """A failure to write below `path` as one sentence."""
    try:
        yield
    except (OSError, sqlite3.OperationalError) as cause:
        # Arrow's errors are OSErrors without a strerror.
        reason = (isinstance(cause, OSError) and cause.strerror) or str(cause)
        raise RunError(
            f"Can't write to {path}: {reason}.",
            "Make room or mend the folder's permissions; the same command continues.",
        ) from cause


@contextmanager
def atomic_write(path: Path) -> Iterator[Path]:
    """A place beside `path` to write to; moved to `path` at the end, removed when the block fails."""
    part = path.with_name(f".{path.name}.part")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        yield part
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
