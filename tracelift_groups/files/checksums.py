"""SHA256SUMS of a run: which bytes belong to it, in the format that `sha256sum -c` reads.

    2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae  data/math/train-00000-of-00001.parquet

It covers data/, groups/, rejected.jsonl and build.yaml. The card and the report can be written again from those.
"""

import re
from collections.abc import Iterator
from hashlib import file_digest
from pathlib import Path

from tracelift_groups.errors import RunError
from tracelift_groups.files.atomic import atomic_write
from tracelift_groups.files.run_folder import RunFolder

_LINE = re.compile(r"([0-9a-f]{64}) [ *](.+)")


def write_checksums(folder: RunFolder) -> None:
    """Write RUN/SHA256SUMS, sorted by path."""
    lines = [f"{_digest(folder.path / name)}  {name}\n" for name in covered(folder)]
    with atomic_write(folder.checksums) as part:
        part.write_text("".join(lines), encoding="utf-8")


def covered(folder: RunFolder) -> list[str]:
    """Paths inside the run of the files that are there and that SHA256SUMS lists, sorted."""
    files = [*folder.data.glob("*/[!.]*.parquet"), *folder.group_files(), folder.rejected, folder.config]
    return sorted(file.relative_to(folder.path).as_posix() for file in files if file.is_file())


def verify_checksums(folder: RunFolder) -> None:
    """RunError names the first file that is missing, changed, or not listed in SHA256SUMS."""
    recorded = dict(_recorded(folder))
    found = covered(folder)
    for name in sorted(recorded.keys() - set(found)):
        raise RunError(f"{folder.path} lacks {name}, which its SHA256SUMS lists.", _todo(folder))
    for name in found:
        if name not in recorded:
            raise RunError(f"{folder.path / name} is not listed in SHA256SUMS.", _todo(folder))
        if _digest(folder.path / name) != recorded[name]:
            raise RunError(f"{folder.path / name} is not the file that SHA256SUMS lists.", _todo(folder))


def _recorded(folder: RunFolder) -> Iterator[tuple[str, str]]:
    """(path, digest) of every line."""
    if not folder.checksums.is_file():
        raise RunError(f"{folder.path} has no SHA256SUMS.", _todo(folder))
    for line in folder.checksums.read_text(encoding="utf-8").splitlines():
        found = _LINE.fullmatch(line)
        if found is None:
            raise RunError(f"{folder.checksums} has a line that is no checksum.", _todo(folder))
        yield found[2], found[1]


def _todo(folder: RunFolder) -> str:
    if folder.is_pulled:
        return "Pull it again into another folder."
    return f"Write the files again: tracelift-groups build --out {folder.path}"


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
