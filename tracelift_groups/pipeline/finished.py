"""Whether a run is finished: every problem is through all stages, and its groups are exported."""

from contextlib import closing
from pathlib import Path

from tracelift_groups.errors import RunError
from tracelift_groups.files.run_folder import RunFolder
from tracelift_groups.pipeline.ledger import Ledger
from tracelift_groups.records.stage import STAGES


def require_finished(run: Path) -> RunFolder:
    """The folder of a finished run. RunError, which says what is left to do, for any other.

    A pulled run is finished. Problems that were rejected or failed need no more stages.
    """
    folder = RunFolder(run)
    folder.require()
    if not folder.is_pulled and (left := _left(folder)):
        raise RunError(f"The run {run} is not finished: {left}.", f"Finish it with: tracelift-groups build --out {run}")
    return folder


def _left(folder: RunFolder) -> str:
    """What is left to do; empty for a finished run."""
    with closing(Ledger(folder.ledger)) as ledger:
        open_items = sum(state.status == "done" and state.stage != STAGES[-1] for state in ledger.states().values())
        made = ledger.counts()[STAGES[-1]].get("done", 0)
    if open_items:
        return f"{open_items:,} problems have not been through all stages"
    return "" if made == sum(map(_lines, folder.group_files())) else "its groups are not exported"


def _lines(file: Path) -> int:
    with file.open("rb") as lines:
        return sum(1 for _ in lines)
