"""Finds a group of a run by its problem_id."""

from collections.abc import Iterable
from contextlib import closing
from difflib import get_close_matches
from pathlib import Path

import orjson

from tracelift_groups.errors import RunError
from tracelift_groups.files.run_folder import RunFolder
from tracelift_groups.pipeline.ledger import Ledger
from tracelift_groups.records.group import Group
from tracelift_groups.report.stats import rows

_NEAREST = 3


def find_group(path: Path, problem_id: str) -> Group:
    """The group as exported. Raises RunError, with the reason, if the run has no group of that problem."""
    folder = RunFolder(path)
    folder.require()
    mark = orjson.dumps(problem_id)
    for file in folder.group_files():
        with file.open("rb") as lines:
            for line in lines:
                if mark in line and (row := orjson.loads(line))["problem_id"] == problem_id:
                    return Group.from_json(row)
    if folder.is_pulled:
        raise RunError(f'{path} has no group of a problem "{problem_id}".', "Its problem_ids are in groups/.")
    with closing(Ledger(folder.ledger)) as ledger:
        states = ledger.states()
    if problem_id not in states:
        raise RunError(f'{path} has no problem "{problem_id}".', _nearest(problem_id, states))
    state = states[problem_id]
    if state.status == "done":
        raise RunError(
            f"{problem_id} has no group yet; its last stage is {state.stage}.",
            f"Run: tracelift-groups build --out {path}",
        )
    reasons = [drop["reason"] for drop in rows(folder.rejected) if drop["problem_id"] == problem_id]
    raise RunError(f"{problem_id} was {state.status} at {state.stage}.", reasons[-1] if reasons else "")


def _nearest(problem_id: str, known: Iterable[str]) -> str:
    near = get_close_matches(problem_id, known, n=_NEAREST, cutoff=0.4)
    return f"Nearest: {', '.join(near)}." if near else ""
