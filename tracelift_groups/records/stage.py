"""The result of one stage for one item: done, rejected or failed, with its payload and everything it dropped.

The payloads are JSON objects, written to the ledger and given to the stages that follow.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypedDict  # Any: JSON

from tracelift_groups.errors import RecordError

STAGES = ("seed", "generate", "perturb", "annotate", "validate")
STATUSES = ("done", "rejected", "failed")

Json = Mapping[str, Any]


class GeneratedPositive(TypedDict):
    """A reference trace. `provenance` is a JSON object of records/provenance.py."""

    reasoning: str
    provenance: Json


class Generated(TypedDict):
    """The payload of `generate`: at least one positive; the first is the reference of all flaws."""

    positives: list[GeneratedPositive]


class PerturbedNegative(TypedDict):
    """A flaw that passed rungs 1 to 5. The JSON objects are those of Perturbation, Certificate and provenance.py."""

    reasoning: str
    perturbation: Json
    certificate: Json
    provenance: Json


Trial = Literal["made", "dropped", "does not apply"]


class Perturbed(TypedDict):
    """The payload of `perturb`: at least one flaw, and for each kind that was tried how that ended."""

    negatives: list[PerturbedNegative]
    tried: dict[str, Trial]


class AnnotatedPositive(TypedDict):
    """JSON objects of Annotation for the positive at the same index of Generated."""

    annotations: list[Json]


class AnnotatedNegative(TypedDict):
    """JSON objects of Annotation for the flaw at `index` of Perturbed. A flaw that fell at rung 6 has none."""

    index: int
    annotations: list[Json]


class Annotated(TypedDict):
    """The payload of `annotate`."""

    positives: list[AnnotatedPositive]
    negatives: list[AnnotatedNegative]


# The payload of `validate` is the JSON object of a Group.
Payload = Generated | Perturbed | Annotated | Json


@dataclass(frozen=True)
class Drop:
    """One line of rejected.jsonl. `raw` is the dropped text itself, `place` a file:line or step, where there is one.

    `rule` is a short name (`false-gold-claim`, `rung-3`, `malformed-json`), `reason` one sentence for a person.
    """

    stage: str
    problem_id: str
    rule: str
    reason: str
    raw: str = ""
    place: str = ""
    kind: str = ""
    provenance: Mapping[str, Any] | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "stage": self.stage,
            "problem_id": self.problem_id,
            "rule": self.rule,
            "kind": self.kind,
            "place": self.place,
            "reason": self.reason,
            "raw": self.raw,
            "provenance": dict(self.provenance or {}),
        }


@dataclass(frozen=True)
class StageResult:
    """A stage's result for one item.

    done: `payload` is what the next stage takes. rejected: the item ends here, `drops` says why. failed: something
    outside the item broke (an endpoint, a full disk); `--retry-failed` tries it again. A done item can have drops too
    (flaws that did not pass the ladder).
    """

    status: str
    payload: Payload | None = None
    drops: tuple[Drop, ...] = ()

    def __post_init__(self) -> None:
        if self.status not in STATUSES:
            raise RecordError(f'Status "{self.status}" is unknown.')
        if (self.status == "done") != (self.payload is not None):
            raise RecordError("A done item has a payload, and no other has.")
        if self.status != "done" and not self.drops:
            raise RecordError("An item that is not done says why.")
