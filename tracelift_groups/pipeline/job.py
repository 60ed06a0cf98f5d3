"""Runs one item through the stages. Pure: the result depends on the item and the job, not on time or process.

A stage gets the seed, the payloads of the stages before it and the configuration. Payloads pass through JSON between
stages, so a resumed item sees exactly what a fresh one does.
"""

import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from importlib import import_module
from pathlib import PurePath
from typing import Any  # stages have different signatures

import orjson

from tracelift_groups.config import Config
from tracelift_groups.errors import InfrastructureError, RecordError, TraceliftError
from tracelift_groups.pipeline.ledger import LedgerRow
from tracelift_groups.records.seed import Seed
from tracelift_groups.records.stage import STAGES, Drop, StageResult
from tracelift_groups.sandbox.shared import repeat_with

# Named, not imported: the parent of the workers needs none of them.
STAGE_FUNCTIONS: Mapping[str, str] = {
    "seed": "tracelift_groups.pipeline.check_seeds:check_gold",
    "generate": "tracelift_groups.pipeline.generate:generate",
    "perturb": "tracelift_groups.pipeline.perturb:perturb",
    "annotate": "tracelift_groups.pipeline.annotate:annotate",
    "validate": "tracelift_groups.pipeline.validate:validate_item",
}


@dataclass(frozen=True)
class Item:
    """A problem to work on: its name in the ledger, seed as JSON, first stage to run, payloads of earlier stages."""

    name: str
    seed: bytes
    start: str = "seed"
    payloads: Mapping[str, bytes] | None = None


@dataclass(frozen=True)
class Job:
    """What a worker does to every item: the stages up to `upto`. `functions` maps a stage to "module:function"."""

    config: Config
    upto: str = STAGES[-1]
    functions: Mapping[str, str] | None = None

    def load(self) -> None:
        """Import the stages; programs are tested with random numbers of this run."""
        repeat_with(self.config.seed)
        for stage in self._stages("seed"):
            self._function(stage)

    def run(self, items: Sequence[Item]) -> list[tuple[LedgerRow, ...]]:
        """The rows of each item, from its start to the last stage that it reached."""
        return [self._run(item) for item in items]

    def died(self, item: Item, how: str) -> tuple[LedgerRow, ...]:
        """The rows of an item that killed the process that worked on it."""
        drop = Drop(item.start, item.name, "worker-died", f"The process working on this item died: {how}.")
        return (_row(item, item.start, StageResult("failed", drops=(drop,))),)

    def _run(self, item: Item) -> tuple[LedgerRow, ...]:
        try:
            seed = Seed.from_json(orjson.loads(item.seed))
        except RecordError as error:  # a third-party source may build a seed that breaks the contract
            return (_failed(item, item.start, "unusable-record", str(error)),)
        earlier = item.payloads or {}
        before = STAGES[1 : max(1, STAGES.index(item.start))]
        given = [orjson.loads(earlier[stage]) for stage in before]
        rows: list[LedgerRow] = []
        for stage in self._stages(item.start):
            rows.append(self._stage(stage, item, seed, given))
            if rows[-1].status != "done":
                break
            if stage not in ("seed", self.upto):
                given.append(orjson.loads(rows[-1].payload or b""))
        return tuple(rows)

    def _stage(self, stage: str, item: Item, seed: Seed, given: Sequence[Any]) -> LedgerRow:
        function = self._function(stage)
        try:
            if stage == "seed":
                drop = function(seed)
                return _row(item, stage, StageResult("rejected", drops=(drop,)) if drop else StageResult("done", {}))
            return _row(item, stage, function(seed, *given, self.config))
        except RecordError as error:
            return _failed(item, stage, "unusable-record", str(error))
        except InfrastructureError as error:
            return _failed(item, stage, "infrastructure", str(error))
        except TraceliftError:
            raise  # a mistake in the configuration: every item would fail the same way
        # A stage runs third-party kinds and annotators, on any text: one item's crash must not end the run.
        except Exception as error:
            last = traceback.extract_tb(error.__traceback__)[-1]
            reason = _writable(f"{type(error).__name__}: {error} ({PurePath(last.filename).name}:{last.lineno})")
            return _failed(item, stage, "crash", reason, detail=_writable(traceback.format_exc()))

    def _stages(self, start: str) -> tuple[str, ...]:
        return STAGES[STAGES.index(start) : STAGES.index(self.upto) + 1]

    def _function(self, stage: str) -> Callable[..., Any]:
        return import_function((self.functions or STAGE_FUNCTIONS)[stage])


def digest_of(seed: bytes) -> str:
    """A digest of a seed's content, without the place where it was read."""
    row = orjson.loads(seed)
    row.pop("place", None)
    return blake2b(orjson.dumps(row), digest_size=16).hexdigest()


def _row(item: Item, stage: str, outcome: StageResult, detail: str | None = None) -> LedgerRow:
    drops = orjson.dumps([drop.to_json() for drop in outcome.drops]) if outcome.drops else None
    if stage == "seed":
        return LedgerRow(item.name, stage, outcome.status, item.seed, drops, digest_of(item.seed), detail)
    payload = None if outcome.payload is None else orjson.dumps(dict(outcome.payload))
    return LedgerRow(item.name, stage, outcome.status, payload, drops, None, detail)


def _failed(item: Item, stage: str, rule: str, reason: str, detail: str | None = None) -> LedgerRow:
    return _row(item, stage, StageResult("failed", drops=(Drop(stage, item.name, rule, reason),)), detail)


def _writable(text: str) -> str:
    """The text of an error, with characters that UTF-8 can't encode escaped."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


@cache
def import_function(name: str) -> Callable[..., Any]:
    """The function that "module:function" names."""
    module, _, function = name.partition(":")
    found: Callable[..., Any] = getattr(import_module(module), function)
    return found
