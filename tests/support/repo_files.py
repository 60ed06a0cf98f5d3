"""The checkout that the tests run in, for tests of the repository itself."""

import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Real data sets, where they lie beside the checkout; tests that use them skip without.
SHARED_DATA = ROOT.parent / "shared" / "data"


@cache
def _listed() -> tuple[str, ...] | None:
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return tuple(sorted(name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()))


def files() -> list[Path]:
    """Every file of the checkout that git does not ignore, relative to its root. Skips without git."""
    found = _listed()
    if found is None:
        pytest.skip("needs git and a git checkout")
    return [Path(name) for name in found]


def copy_to(folder: Path) -> Path:
    """A fresh copy of the checkout, as a clone of what is here now would be."""
    for file in files():
        target = folder / file
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / file, target)
    return folder
