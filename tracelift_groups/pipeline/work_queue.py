"""The items that a build works on: unfinished items of the ledger, then new seeds of the sources.

The first seed of an id counts. A later one in the same call is dropped as a duplicate; one that differs from what the
ledger holds is refused, because what was made of the old one is already there.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path, PurePath

import orjson

from tracelift_groups.config import Config
from tracelift_groups.errors import RunError, shorten
from tracelift_groups.files.jsonl import RAW_LIMIT
from tracelift_groups.pipeline.job import Item, digest_of
from tracelift_groups.pipeline.ledger import SEPARATOR, ItemState, Ledger, LedgerRow
from tracelift_groups.records.seed import Seed
from tracelift_groups.records.stage import STAGES, Drop

_DROPS_A_BATCH = 256


class WorkQueue:
    """The items of one call. Without a ledger every item is new, and drops are not recorded."""

    def __init__(self, ledger: Ledger | None) -> None:
        self._ledger = ledger
        self._states: dict[str, ItemState] = {} if ledger is None else ledger.states()
        self._seen: Counter[str] = Counter()
        self._dropped: list[LedgerRow] = []

    def unfinished(self, upto: str, retry_failed: bool) -> Iterator[Item]:
        """Items that the ledger has not beyond `upto`, sorted; failed ones only when they are to be tried again."""
        for name in sorted(self._states):
            state = self._states[name]
            at = STAGES.index(state.stage)
            if state.status == "done":
                at += 1
            elif state.status != "failed" or not retry_failed:
                continue
            if at <= STAGES.index(upto):
                yield self._item(name, STAGES[at])

    def named(self, names: Sequence[str], run: Path) -> Iterator[Item]:
        """The named items, to be made again from the start. RunError for one that the run doesn't have."""
        for name in dict.fromkeys(names):
            if name not in self._states or self._states[name].digest is None:
                near = get_close_matches(name, self._states, n=1)
                raise RunError(f'{run} has no problem "{name}".', f'Did you mean "{near[0]}"?' if near else "")
            yield self._item(name, "seed")

    def read(self, config: Config) -> Iterator[Item]:
        """New items of the configured sources, in their order. Dropped lines go to the ledger as they come."""
        for spec in config.seeds:
            count = 0
            for row in _read(spec):
                if isinstance(row, Drop):
                    self._drop(row)
                else:
                    count += 1
                    item = self._new(row)
                    if item is not None:
                        yield item
                    if count == config.limit:
                        break
        self._flush()

    def _item(self, name: str, start: str) -> Item:
        payloads = {} if self._ledger is None else self._ledger.payloads(name)
        before = STAGES[1 : max(1, STAGES.index(start))]
        return Item(name, payloads["seed"], start, {stage: payloads[stage] for stage in before})

    def _new(self, seed: Seed) -> Item | None:
        content = orjson.dumps(seed.to_json())
        self._seen[seed.problem_id] += 1
        if self._seen[seed.problem_id] > 1:
            reason = f'An earlier problem has the id "{seed.problem_id}"; the first one counts.'
            raw = shorten(seed.problem, RAW_LIMIT)
            self._drop(Drop("seed", seed.problem_id, "duplicate-id", reason, raw, seed.place))
            return None
        known = self._states.get(seed.problem_id)
        if known is None:
            return Item(seed.problem_id, content)
        if known.digest != digest_of(content):
            raise RunError(
                f'The problem "{seed.problem_id}" is not the one that this run was built from: its content changed.',
                "Give it another id, name another folder, or start over with --fresh.",
            )
        return None

    def _drop(self, drop: Drop) -> None:
        # The folder of a file is not exported.
        place = PurePath(drop.place).name
        if place:
            drop = replace(drop, place=place, reason=drop.reason.replace(drop.place, place))
        problem = drop.problem_id or place
        name = f"{problem}{SEPARATOR}{place}"
        self._seen[name] += 1
        drop = replace(drop, stage="seed", problem_id=problem)
        content = orjson.dumps([drop.to_json()])
        self._dropped.append(LedgerRow(f"{name}{SEPARATOR}{self._seen[name]}", "seed", "rejected", drops=content))
        if len(self._dropped) >= _DROPS_A_BATCH:
            self._flush()

    def _flush(self) -> None:
        if self._ledger is not None and self._dropped:
            self._ledger.write((row,) for row in self._dropped)
        self._dropped.clear()


def _read(spec: str) -> Iterator[Seed | Drop]:
    from tracelift_groups.ingest.source import read_seeds

    return read_seeds(spec)
