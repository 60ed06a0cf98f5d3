"""Judges the groups of a finished run. The ledger takes the judge's entries; the exported files follow from it.

Entries are recorded in batches, a batch in one transaction. After a kill the calls that were answered come from the
cache, so none is paid again.
"""

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any  # JSON

import orjson

from tracelift_groups.annotators.judge import Judge
from tracelift_groups.annotators.judged_group import ROWS_AT_ONCE, JudgeCounts, batches, judge_group
from tracelift_groups.config import Config
from tracelift_groups.domain import rubric_name
from tracelift_groups.files.run_folder import RunFolder
from tracelift_groups.models.limits import all_of
from tracelift_groups.pipeline.build import recorded_config
from tracelift_groups.pipeline.fingerprint import facts, refuse_changes
from tracelift_groups.pipeline.finished import require_finished
from tracelift_groups.pipeline.ledger import Ledger
from tracelift_groups.records.group import Candidate, Group
from tracelift_groups.records.rubric import load_rubric
from tracelift_groups.records.seed import Seed


async def judge_run(
    out: Path, judge: Judge, *, progress: Callable[[Mapping[str, int]], object] = lambda _: None
) -> JudgeCounts:
    """Add the judge's entry to the annotations of every candidate, in the ledger. The export is the caller's next step.

    RunError for a folder that is no run, is read-only, or holds an unfinished one.
    """
    folder = RunFolder(out)
    folder.require_ledger()
    require_finished(out)
    counts = JudgeCounts()
    with folder.locked(), closing(Ledger(folder.ledger)) as ledger:
        config = replace(recorded_config(out), workers=None)
        refuse_changes(ledger, facts(config), out)
        for names in batches([name for name, _, _ in ledger.groups()], ROWS_AT_ONCE):
            judged = await all_of(_judged(ledger, name, judge, config, counts) for name in names)
            ledger.replace_payloads({name: stages for name, stages in zip(names, judged, strict=True) if stages})
            progress({"judged": counts.judged, "kept": counts.kept, "missing": counts.missing})
    return counts


async def _judged(ledger: Ledger, name: str, judge: Judge, config: Config, counts: JudgeCounts) -> dict[str, bytes]:
    """The payloads of the stages annotate and validate with the new entries; empty when there is no new one."""
    payloads = ledger.payloads(name)
    seed = Seed.from_json(orjson.loads(payloads["seed"]))
    before = Group.from_json(orjson.loads(payloads["validate"]))
    after = await judge_group(before, seed, judge, load_rubric(rubric_name(seed.domain, config.rubric)), counts)
    if after == before:
        return {}
    notes = {candidate.reasoning: _notes(candidate) for candidate in after.candidates}
    generated, perturbed, annotated = (orjson.loads(payloads[stage]) for stage in ("generate", "perturb", "annotate"))
    for made, row in zip(generated["positives"], annotated["positives"], strict=True):
        row["annotations"] = notes.get(made["reasoning"], row["annotations"])
    for row in annotated["negatives"]:
        reasoning = perturbed["negatives"][row["index"]]["reasoning"]
        row["annotations"] = notes.get(reasoning, row["annotations"])
    return {"annotate": orjson.dumps(annotated), "validate": orjson.dumps(after.to_json())}


def _notes(candidate: Candidate) -> list[Any]:
    return list(candidate.metadata["annotations"])
