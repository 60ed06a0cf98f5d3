"""False certificates planted in groups of GSM8K train, 40 of each of five sorts, and 200 true ones beside them."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any  # JSON

from figure import Figure, Result, Setup
from process import COMMAND, checked, run

from tracelift_groups.files.group_files import read_groups, write_groups
from tracelift_groups.files.run_folder import RunFolder
from tracelift_groups.math.text.expression import Number, Operation
from tracelift_groups.math.text.parsed_trace import parse_trace
from tracelift_groups.records.group import Candidate, Group
from tracelift_groups.records.trace import Trace

_EACH = 40
_TRUE = 200
_SEED = 0


def measure(setup: Setup) -> Result:
    """`validate --certificates` on one file a sort; a planted certificate is rejected when it does not hold."""
    made = setup.run or setup.scratch / "run"
    if setup.run is None:
        source = f"gsm8k:{setup.file('gsm8k_train.jsonl')}"
        checked([COMMAND, "build", source, "--limit", "1500", "--out", str(made)])
    groups = [group for file in RunFolder(made).group_files() for group in read_groups(file)]
    rng = Random(_SEED)
    planted, rejected, reasons = {}, {}, {}
    for name, plant in SORTS.items():
        rng.shuffle(groups)
        file = setup.scratch / f"{name.replace(' ', '-')}.jsonl"
        write_groups(_some(plant, groups, rng, _EACH), file)
        planted[name], held, reasons[name] = _checked(file)
        rejected[name] = planted[name] - held
    rng.shuffle(groups)
    write_groups(_some(_true, groups, rng, _TRUE), setup.scratch / "true.jsonl")
    true, held, _ = _checked(setup.scratch / "true.jsonl")
    figures = (
        Figure("planted certificates", "", (sum(planted.values()),), at_least=200),
        Figure("planted certificates rejected", "%", (100 * sum(rejected.values()) / sum(planted.values()),), 100, 100),
        Figure("true certificates", "", (true,), at_least=_TRUE),
        Figure("true certificates rejected", "", (true - held,), at_most=0),
    )
    rows = {
        name: {"planted": planted[name], "rejected": rejected[name], "first reason": reasons[name]} for name in SORTS
    }
    return Result("tracelift-groups validate FILE --certificates --min-negatives 1", figures, grids={"by sort": rows})


def _checked(file: Path) -> tuple[int, int, str]:
    """Certificates recomputed, how many hold, and the commonest reason why one does not."""
    done = run([COMMAND, "validate", str(file), "--certificates", "--min-negatives", "1", "--json"])
    found = json.loads(done.output)
    reasons = Counter(f["message"] for f in found["findings"] if f["code"] == "TG090")
    certificates = found["certificates"]
    return certificates["recomputed"], certificates["held"], next((r for r, _ in reasons.most_common(1)), "")


Plant = Callable[[Group, list[Group], Random], Candidate | None]


def _some(plant: Plant, groups: list[Group], rng: Random, count: int) -> Iterator[Group]:
    """Groups with one planted flaw each; those in which the sort can't be planted are passed over."""
    for group in groups:
        flaw = plant(group, groups, rng) if count else None
        if flaw is not None:
            count -= 1
            yield replace(group, negative_bank=(replace(flaw, negative_index=0),))


def _true(group: Group, groups: list[Group], rng: Random) -> Candidate | None:  # noqa: ARG001 - a Plant
    return rng.choice(group.negative_bank)


def _undone(group: Group, groups: list[Group], rng: Random) -> Candidate | None:  # noqa: ARG001 - a Plant
    """The reference itself under a flaw's certificate, its edits undone."""
    flaw = rng.choice(group.negative_bank)
    edits = [{**edit, "after": edit["before"]} for edit in flaw.metadata["perturbation"]["edits"]]
    return _with(flaw, group.positive_pool[0].reasoning, edits=edits)


def _equivalent(group: Group, groups: list[Group], rng: Random) -> Candidate | None:  # noqa: ARG001 - a Plant
    """A sum or product with its terms exchanged, under the certificate of a flaw in the same step."""
    reference = group.positive_pool[0].reasoning
    for claim in parse_trace(group.problem, Trace.read(reference)).claims:
        op = claim.left
        if not isinstance(op, Operation) or op.symbol not in "+*" or len(claim.sides) != 1:
            continue
        numbers = [arg.numeral for arg in op.args if isinstance(arg, Number)]
        flaws = [flaw for flaw in group.negative_bank if flaw.metadata["perturbation"]["step"] == claim.step]
        if len(numbers) != 2 or numbers[0].value == numbers[1].value or not flaws:
            continue
        first, second = (reference[n.start : n.end] for n in numbers)
        edits = [
            _edit(claim.step, numbers[0].start, first, second),
            _edit(claim.step, numbers[1].start, second, first),
        ]
        text = reference[: numbers[0].start] + second + reference[numbers[0].end : numbers[1].start] + first
        return _with(rng.choice(flaws), text + reference[numbers[1].end :], edits=edits)
    return None


def _swapped(group: Group, groups: list[Group], rng: Random) -> Candidate | None:  # noqa: ARG001 - a Plant
    """The certificate, kind and edits of another flaw of the group; only the text is this one's."""
    if len(group.negative_bank) < 2:
        return None
    one, other = rng.sample(group.negative_bank, 2)
    if rng.random() < 0.5:  # only the certificate is exchanged
        metadata = {**one.metadata, "certificate": other.metadata["certificate"]}
        same = one.metadata["certificate"] == other.metadata["certificate"]
        return None if same else replace(one, metadata=metadata)
    return replace(other, reasoning=one.reasoning)


def _foreign(group: Group, groups: list[Group], rng: Random) -> Candidate | None:
    """Edits and certificate of a flaw of another problem."""
    flaw = rng.choice(group.negative_bank)
    other = rng.choice([g for g in groups if g is not group])
    theirs = rng.choice(other.negative_bank)
    return replace(flaw, metadata=theirs.metadata, negative_kind=theirs.negative_kind)


def forged_field(group: Group, groups: list[Group], rng: Random) -> Candidate | None:  # noqa: ARG001 - a Plant
    """One field of a true certificate changed: a value, the claim, the step, or what becomes of the answer."""
    flaw = rng.choice(group.negative_bank)
    certificate = dict(flaw.metadata["certificate"])
    name = rng.choice(("expected", "found", "claim", "step", "answer_changes"))
    old = certificate[name]
    certificate[name] = {"step": lambda: old + 1, "answer_changes": lambda: not old}.get(name, lambda: f"{old}1")()
    return replace(flaw, metadata={**flaw.metadata, "certificate": certificate})


SORTS: dict[str, Plant] = {
    "undone edit": _undone,
    "equivalent edit": _equivalent,
    "swapped certificate": _swapped,
    "certificate of another problem": _foreign,
    "forged field": forged_field,
}


def _edit(step: int, start: int, before: str, after: str) -> dict[str, Any]:
    end = start + len(before)
    return {"step": step, "start": start, "end": end, "before": before, "after": after, "role": "origin"}


def _with(flaw: Candidate, text: str, edits: list[dict[str, Any]]) -> Candidate:
    steps = sorted({edit["step"] for edit in edits})
    perturbation = {**flaw.metadata["perturbation"], "edits": edits, "changed_steps": steps}
    return replace(flaw, reasoning=text, metadata={**flaw.metadata, "perturbation": perturbation})
