"""Groups of HumanEval and MBPP (sanitized): share of problems, certificates recomputed, forged ones among them."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any  # JSON

from cases.forged_certificates import forged_field
from figure import Figure, Result, Setup
from process import COMMAND, run

from tracelift_groups.files.group_files import read_groups, write_groups
from tracelift_groups.files.run_folder import RunFolder
from tracelift_groups.records.group import Candidate, Group

_EACH = 8  # forged certificates of each sort
_SEED = 0
_FILES = {"humaneval": "humaneval.jsonl", "mbpp": "mbpp_sanitized.json"}

Forge = Callable[[Group, Group, Random], Candidate | None]


def measure(setup: Setup) -> Result:
    """Two builds with the default minimum of negatives, each validated in a process of its own, then forged files."""
    shares, seconds, negatives, held, groups = {}, {}, 0, 0, []
    kinds: Counter[str] = Counter()
    unfinished = 0
    for name, file in _FILES.items():
        out = setup.scratch / name
        built = run([COMMAND, "build", f"{name}:{setup.file(file)}", "--out", str(out)])
        made = [group for path in RunFolder(out).group_files() for group in read_groups(path)]
        problems = json.loads(run([COMMAND, "stats", str(out), "--json"]).output)["stages"]["seed"]
        shares[name] = 100 * len(made) / sum(problems.values())
        seconds[name] = built.seconds
        found = json.loads(run([COMMAND, "validate", str(out), "--certificates", "--json"]).output)
        negatives += found["negatives"]
        held += found["certificates"]["held"]
        drops = map(json.loads, RunFolder(out).rejected.read_text("utf-8").splitlines())
        unfinished += sum(drop["rule"] == "no-verdict" for drop in drops)
        kinds.update(flaw.negative_kind or "" for group in made for flaw in group.negative_bank)
        groups += made
    forged = {name: _rejected(setup, name, forge, groups) for name, forge in SORTS.items()}
    planted = sum(row["planted"] for row in forged.values())
    figures = (
        *(Figure(f"problems of {name} with a group", "%", (share,), at_least=50) for name, share in shares.items()),
        Figure("certificates that hold in a new process", "%", (100 * held / negatives,), at_least=100),
        Figure("negatives", "", (negatives,)),
        Figure("reference programs that execute too many lines", "", (unfinished,)),
        Figure("forged certificates", "", (planted,), at_least=20),
        Figure(
            "forged certificates rejected",
            "%",
            (100 * sum(row["rejected"] for row in forged.values()) / planted,),
            at_least=100,
        ),
        *(Figure(f"wall time of the build of {name}", "s", (spent,)) for name, spent in seconds.items()),
    )
    tables = {"negatives by kind": dict(kinds.most_common())}
    return Result("tracelift-groups build humaneval:FILE; … mbpp:FILE", figures, tables, {"forged, by sort": forged})


def _rejected(setup: Setup, name: str, forge: Forge, groups: list[Group]) -> dict[str, Any]:
    rng = Random(_SEED)
    rows: list[Group] = []
    while len(rows) < _EACH:
        group, other = rng.sample(groups, 2)
        if group.problem_id not in {row.problem_id for row in rows} and (flaw := forge(group, other, rng)):
            rows.append(replace(group, negative_bank=(replace(flaw, negative_index=0),)))
    file = setup.scratch / f"{name.replace(' ', '-')}.jsonl"
    write_groups(rows, file)
    done = run([COMMAND, "validate", str(file), "--certificates", "--min-negatives", "1", "--json"])
    found = json.loads(done.output)
    reasons = Counter(f["message"] for f in found["findings"] if f["code"] == "TG090")
    counts = found["certificates"]
    return {
        "planted": counts["recomputed"],
        "rejected": counts["recomputed"] - counts["held"],
        "commonest reason": next((reason for reason, _ in reasons.most_common(1)), ""),
    }


def _failing(group: Group, rng: Random) -> Candidate | None:
    """A flaw whose certificate names a failing program."""
    flaws = [flaw for flaw in group.negative_bank if flaw.metadata["certificate"]["checker"] == "fails_test"]
    return rng.choice(flaws) if flaws else None


def _undescribed(group: Group, other: Group, rng: Random) -> Candidate | None:  # noqa: ARG001 - a Forge
    """A failing program beside an edited plan that does not describe it: the origin edit says something else."""
    flaw = _failing(group, rng)
    if flaw is None:
        return None
    perturbation = flaw.metadata["perturbation"]
    edit = next(edit for edit in perturbation["edits"] if edit["role"] == "origin")
    edits = perturbation["edits"]
    changed = [{**e, "after": e["before"] + (" again" if e is edit else "")} for e in edits]
    text = group.positive_pool[0].reasoning
    said = text[: edit["end"]] + " again" + text[edit["end"] :]
    return replace(flaw, reasoning=said, metadata={**flaw.metadata, "perturbation": {**perturbation, "edits": changed}})


def _passing(group: Group, other: Group, rng: Random) -> Candidate | None:  # noqa: ARG001 - a Forge
    """The edit of the program undone, so that the described program is the reference's."""
    flaw = _failing(group, rng)
    if flaw is None:
        return None
    perturbation = flaw.metadata["perturbation"]
    edit = {**perturbation["program_edit"], "after": perturbation["program_edit"]["before"]}
    return replace(flaw, metadata={**flaw.metadata, "perturbation": {**perturbation, "program_edit": edit}})


def _elsewhere(group: Group, other: Group, rng: Random) -> Candidate | None:
    """Edits and certificate of a flaw of another problem."""
    flaw, theirs = _failing(group, rng), _failing(other, rng)
    return flaw and theirs and replace(flaw, metadata=theirs.metadata, negative_kind=theirs.negative_kind)


SORTS: dict[str, Forge] = {
    "a failing program that the plan does not describe": _undescribed,
    "a program that passes": _passing,
    "a certificate of another problem": _elsewhere,
    "a changed field": lambda group, _, rng: forged_field(group, [], rng),
}
