"""Facts that the results of a run depend on, besides its seeds: configuration, contents of rubrics, package version."""

from collections.abc import Mapping
from dataclasses import fields
from hashlib import blake2b
from pathlib import Path
from typing import Any  # JSON

import orjson

from tracelift_groups.config import Config, redoes
from tracelift_groups.domain import domain_named
from tracelift_groups.errors import RunError
from tracelift_groups.pipeline.ledger import Ledger
from tracelift_groups.records.provenance import tool_version
from tracelift_groups.records.rubric import load_rubric, rubric_names
from tracelift_groups.records.seed import DOMAINS
from tracelift_groups.records.stage import STAGES

_TOOL = "tracelift-groups"
_RUBRIC = "contents of rubric "


def facts(config: Config) -> dict[str, Any]:
    """Everything that results depend on, under a readable name. UnknownNameError for an unknown rubric.

    Of the teacher these are model and parameters, not the place where it is served. EndpointError if it is no spec.
    """
    found = {name: value for name, value in config.to_json().items() if redoes(name)}
    if config.teacher:
        from tracelift_groups.models.model_spec import ModelSpec

        found["teacher"] = ModelSpec.parse(config.teacher).identity
    else:
        del found["teacher"], found["teacher_candidates"]
    known = rubric_names()
    own = [domain_named(domain).rubric for domain in DOMAINS]
    for name in [config.rubric] if config.rubric else [name for name in own if name in known]:
        content = orjson.dumps(load_rubric(name), option=orjson.OPT_NON_STR_KEYS | orjson.OPT_SORT_KEYS)
        found[_RUBRIC + name] = blake2b(content, digest_size=4).hexdigest()
    return found | {_TOOL: tool_version()}


def fingerprint(found: Mapping[str, Any]) -> str:
    """One short name for all the facts."""
    return blake2b(orjson.dumps(found, option=orjson.OPT_SORT_KEYS), digest_size=16).hexdigest()


def refuse_changes(ledger: Ledger, found: Mapping[str, Any], run: Path) -> None:
    """RunError when results in the ledger rest on other facts; it lists them and the stages that they would redo."""
    recorded = ledger.meta("facts")
    if recorded is None:
        return
    before = orjson.loads(recorded)
    changed = [name for name in (*before, *(set(found) - set(before))) if before.get(name) != found.get(name)]
    counts = ledger.counts()
    obsolete = [name for name in changed if any(counts[stage] for stage in STAGES[_first(name) :])]
    if not obsolete:
        return
    difference = "; ".join(f"{name}: {_shown(before, name)} → {_shown(found, name)}" for name in changed)
    first = min(_first(name) for name in obsolete)
    redone = ", ".join(STAGES[first:]) if any(redoes_stage(name) for name in obsolete) else "only the export"
    raise RunError(
        f"{run} was built with another configuration. {difference}.",
        f"The new one would redo {redone}. Keep the old one, name another folder, or start over with --fresh.",
    )


def redoes_stage(name: str) -> bool:
    """Whether a change of this fact makes a stage's results obsolete, not only their export."""
    return not _is_key(name) or redoes(name) in STAGES


def _first(name: str) -> int:
    if name.startswith(_RUBRIC):
        return STAGES.index("annotate")
    if not _is_key(name):
        return 0
    return STAGES.index(redoes(name)) if redoes(name) in STAGES else len(STAGES) - 1


def _is_key(name: str) -> bool:
    return any(key.name == name for key in fields(Config))


def _shown(values: Mapping[str, Any], name: str) -> str:
    return orjson.dumps(values[name]).decode() if name in values else "none"
