"""The file of a linear reward model: one JSON object, `reward_model.json`, in the folder of the checkpoint.

{"format_version": 1, "type": "linear", "rankers": {"math": {"rubric": "math", "rubric_version": "…",
 "dimension_weights": {…}, "features": ["…", …], "total": {"weights": […], "calibration": {…}}, "dimensions": {…}}},
 "fitted_on": {"math": {"train": 2103, "dev": 292}}}
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any  # JSON

import orjson

from tracelift_groups.errors import RunError
from tracelift_groups.files.atomic import atomic_write, reported_as_run_error
from tracelift_groups.reward_model.linear import LinearRanker

FILE = "reward_model.json"
CHECKPOINT_VERSION = 1


def write_linear(rankers: Mapping[str, LinearRanker], fitted_on: Mapping[str, Mapping[str, int]], folder: Path) -> None:
    """Write the checkpoint, whole or not at all; one that is there is replaced. RunError when it can't be written."""
    row = {
        "format_version": CHECKPOINT_VERSION,
        "type": "linear",
        "rankers": {domain: ranker.to_json() for domain, ranker in sorted(rankers.items())},
        "fitted_on": fitted_on,
    }
    with reported_as_run_error(folder), atomic_write(folder / FILE) as part:
        part.write_bytes(orjson.dumps(row, option=orjson.OPT_INDENT_2) + b"\n")


def read_linear(folder: Path) -> dict[str, LinearRanker]:
    """The rankers by domain. RunError for a file that is broken or of a newer format."""
    file = folder / FILE
    try:
        row: dict[str, Any] = orjson.loads(file.read_bytes())
        version = row["format_version"]
        if version == CHECKPOINT_VERSION:
            return {domain: LinearRanker.from_json(ranker) for domain, ranker in row["rankers"].items()}
    except OSError as cause:
        raise RunError(f"{file} can't be read: {cause.strerror}.", "Check the file and its permissions.") from cause
    except (KeyError, TypeError, ValueError, AttributeError) as cause:
        raise RunError(f"{file} is not a reward model: {cause!r}.", "Train it again with `train-rm`.") from cause
    raise RunError(f"{file} has format {version}, which is not known here.", "Install a newer tracelift-groups.")


def require_free(folder: Path, of_checkpoint: str) -> None:
    """RunError when the folder holds other files than a checkpoint, of which `of_checkpoint` is one."""
    if folder.is_dir() and any(folder.iterdir()) and not (folder / of_checkpoint).is_file():
        raise RunError(f"{folder} is not empty and not such a checkpoint.", "Name a new or an empty folder.")
    if folder.exists() and not folder.is_dir():
        raise RunError(f"{folder} is a file.", "Name a folder.")
