"""A real run of a few bundled problems, for tests of what is made from a run folder."""

from pathlib import Path

from tracelift_groups.build import build
from tracelift_groups.config import Config

LIMIT = 12


def built(path: Path, limit: int = LIMIT) -> Path:
    build(Config(limit=limit, workers=1), path)
    return path
