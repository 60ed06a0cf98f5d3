"""One annotator's scores of one trace on one rubric.

As JSON (an item of metadata.annotations): {"annotator": "checks", "version": "1", "raw":
{"calculation_correctness": 4.0, …}, "samples": 1, "mean": 8.2, "spread": 0.0,
"reason": "Step 2: 48 / 2 = 26, but it is 24."}.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any  # JSON

from tracelift_groups.errors import RecordError
from tracelift_groups.records.fields import FLAG, INTEGER, NUMBER, OBJECT, TEXT, require_fields

RAW_MAX = 10.0


@dataclass(frozen=True)
class Annotation:
    """`raw` maps each dimension to 0–10, or to None when it could not be assessed (missing is never zero).

    `samples` is the number of independent scorings behind it, `mean` the weighted total on 0–10, `spread` the standard
    deviation of that total over the samples, `first_error_step` the index of the first bad step (−1: none, None: not
    looked for). `scaled` says that the trace leads to a wrong answer or to none, which bounds its mean (Rubric.mean).
    """

    annotator: str
    version: str
    raw: Mapping[str, float | None]
    samples: int
    mean: float | None
    spread: float
    reason: str
    first_error_step: int | None = None
    scaled: bool = False

    def __post_init__(self) -> None:
        for name, score in self.raw.items():
            if score is not None and not 0.0 <= score <= RAW_MAX:
                raise RecordError(f"Raw score {score} of {name} is outside 0 to 10.")

    def to_json(self) -> dict[str, Any]:
        return {
            "annotator": self.annotator,
            "version": self.version,
            "raw": dict(self.raw),
            "samples": self.samples,
            "mean": self.mean,
            "spread": self.spread,
            "first_error_step": self.first_error_step,
            "reason": self.reason,
        } | ({"scaled": True} if self.scaled else {})

    @staticmethod
    def from_json(row: Mapping[str, Any]) -> "Annotation":
        """RecordError names the field that is missing or of the wrong type."""
        require_fields(row, "an annotation", _REQUIRED, _OPTIONAL)
        require_fields(row["raw"], 'the field "raw"', {}, dict.fromkeys(row["raw"], NUMBER))
        values: dict[str, Any] = {name: row.get(name) for name in (*_REQUIRED, *_OPTIONAL)}
        return Annotation(**values | {"scaled": bool(values["scaled"])})


_REQUIRED = {"annotator": TEXT, "version": TEXT, "raw": OBJECT, "samples": INTEGER, "spread": NUMBER, "reason": TEXT}
_OPTIONAL = {"mean": NUMBER, "first_error_step": INTEGER, "scaled": FLAG}
