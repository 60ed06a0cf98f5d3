"""A real run of a few bundled problems, for tests of what is made from a run folder."""

from pathlib import Path

from tracelift_groups.config import Config
from tracelift_groups.pipeline.build import build

LIMIT = 12


def built(path: Path, limit: int = LIMIT) -> Path:
    build(Config(limit=limit, workers=1), path)
    return path
