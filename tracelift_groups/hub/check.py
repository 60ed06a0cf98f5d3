"""What is checked before a run is published, and again after one was pulled. Every failure is one sentence."""

import re
from collections.abc import Iterator
from pathlib import Path

from tracelift_groups.errors import ConfigError, RunError
from tracelift_groups.files.run_folder import RunFolder
from tracelift_groups.pipeline.parquet import same_rows
from tracelift_groups.report.dataset_card import UNKNOWN, data_configs, front_matter
from tracelift_groups.report.stats import rows
from tracelift_groups.validation.files import ValidationLimits, validate_paths

_SECRET = re.compile(
    rb"\bsk-[A-Za-z0-9_-]{20}|\bhf_[A-Za-z0-9]{30}|\bAKIA[A-Z0-9]{16}|\bgh[pousr]_[A-Za-z0-9]{30}|"
    rb"-----BEGIN [A-Z ]*PRIVATE KEY"
)
_HOME = re.compile(rb"(?<![\w./~-])/(?:home|Users)/[\w.-]+/")
_LICENSE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+-]*")


def check_content(folder: RunFolder, workers: int | None = None) -> int:
    """RunError unless the files agree with one another, keep the rules, and every certificate recomputes.

    Returns the number of groups.
    """
    if not folder.group_files():
        raise RunError(f"{folder.path} holds no groups.", "Only a run with groups can be published.")
    if front_matter(folder).get("configs") != data_configs(folder):
        raise RunError(f"The configs block of {folder.card} doesn't name the data files.", _again(folder))
    unmet = set(folder.data.glob("*/*"))
    for jsonl in folder.group_files():
        domain, _, split = jsonl.stem.rpartition("_")
        files = sorted((folder.data / domain).glob(f"{split}-*.parquet"))
        if not _agree(jsonl, files):
            raise RunError(f"The Parquet files of {domain}, {split} don't hold the groups of {jsonl}.", _again(folder))
        unmet.difference_update(files)
    if unmet:
        raise RunError(f"{min(unmet)} holds groups that are not in {folder.groups}.", _again(folder))
    report = validate_paths([folder.path], ValidationLimits(certificates=True), workers)
    if errors := [finding for finding in report.findings if finding.severity == "error"]:
        raise RunError(
            f"{folder.path} breaks {len(errors):,} rules; the first: {errors[0].code} {errors[0].message}.",
            "See: tracelift-groups validate RUN --certificates",
        )
    return report.groups


def _agree(jsonl: Path, files: list[Path]) -> bool:
    try:
        return same_rows(jsonl, files)
    except Exception:  # another's file: any error of pyarrow, or of a value of another type than was expected
        return False


def check_license(folder: RunFolder, chosen: str) -> None:
    """ConfigError when a source's licence is unknown and none is chosen, or the other way round."""
    if chosen and not _LICENSE.fullmatch(chosen):
        raise ConfigError(f'"{chosen}" is not an SPDX identifier.', "Example: --license cc-by-4.0")
    unknown = {
        row["source"]
        for file in folder.group_files()
        for row in rows(file)
        if row["metadata"].get("license", UNKNOWN) == UNKNOWN
    }
    if unknown and not chosen:
        names = ", ".join(sorted(unknown))
        raise ConfigError(f"The licence of {names} is unknown.", "Find it out, and name it: --license SPDX")
    if chosen and not unknown:
        raise ConfigError("Every source says its licence.", "Leave out --license.")


def check_private(folder: RunFolder, files: list[Path]) -> None:
    """RunError names the first line that holds a key, or a folder of this user.

    Problems may be about paths, so other people's home folders are looked for in the configuration and the card only.
    The Parquet files hold the rows of groups/, which check_content has compared.
    """
    home = Path.home()
    own = [re.escape(f"{home}/".encode())] if len(home.parts) > 2 else []
    everywhere = re.compile(b"|".join([_SECRET.pattern, *own]))
    for file in files:
        if file.suffix == ".parquet":
            continue
        for number, line in _lines(file):
            found = everywhere.search(line) or (file in (folder.config, folder.card) and _HOME.search(line))
            if found:
                what = "what looks like a key" if _SECRET.search(line) else "the path of a home folder"
                todo = "Remove it from the seeds, and build into a new folder."
                raise RunError(f"{file}:{number} holds {what}; nothing was published.", todo)


def _lines(file: Path) -> Iterator[tuple[int, bytes]]:
    with file.open("rb") as lines:
        yield from enumerate(lines, start=1)


def _again(folder: RunFolder) -> str:
    if folder.is_pulled:
        return "Pull it again into another folder."
    return f"Finish it with: tracelift-groups build --out {folder.path}"
