"""A seed: one problem with a checkable answer.

One JSONL row: {"problem_id": "bundled-math-0001", "domain": "math", "source": "bundled", "task_type": "math",
"problem": "…", "answer": "72", "solution": "…", "license": "Apache-2.0", "metadata": {"topic": "rates"}}
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any  # JSON: the values of a user's own metadata can be anything

from tracelift_groups.errors import RecordError
from tracelift_groups.records.fields import LIST, OBJECT, TEXT, require_fields

DOMAINS = ("math", "code")


def needs_answer(domain: str) -> bool:
    """Whether a seed of that domain must have an answer; a program is judged by tests instead."""
    return domain == "math"


TEST_TAGS = ("sample", "edge", "large", "hidden")
TEST_LIMIT = 200_000  # characters of one test (input and output, or assertion); longer ones fail the gold's check
TESTS_LIMIT = 1_000_000  # characters of all tests of a seed
FROM_STATEMENT = "statement"  # the source of a test that was taken from an example of the statement


@dataclass(frozen=True)
class Test:
    """One check of a program: `input` and `output` (stdin, stdout), or `assertion` on the entry point.

    `tag`: a sample is what the statement shows, so a trace may quote it, and it is never part of a reward. `source`
    says where the test is from, when not from the problem's own data; one from the statement is a sample.
    """

    input: str | None = None
    output: str | None = None
    assertion: str | None = None
    tag: str = "hidden"
    source: str = ""

    __test__ = False  # keeps pytest from collecting the class where it is imported

    def __post_init__(self) -> None:
        stdio = self.input is not None and self.output is not None
        if stdio == (self.assertion is not None):
            raise RecordError("A test has either input and output, or an assertion.")
        if self.tag not in TEST_TAGS:
            raise RecordError(f'Test tag "{self.tag}" is unknown.', f"Known: {', '.join(TEST_TAGS)}.")
        if self.source == FROM_STATEMENT and self.tag != "sample":
            raise RecordError(f'A test from the statement is tagged "{self.tag}".', "Tag it sample.")

    @property
    def rewards(self) -> bool:
        """Whether a reward may rest on this test: on no sample, which a trace may have quoted."""
        return self.tag != "sample"

    def to_json(self) -> dict[str, Any]:
        shown = {"input": self.input, "output": self.output, "assertion": self.assertion}
        row = {key: value for key, value in shown.items() if value is not None} | {"tag": self.tag}
        return row | ({"source": self.source} if self.source else {})


@dataclass(frozen=True)
class Seed:
    """A problem with its checkable answer .

    `answer` is the artifact in the source's own writing; `solution` a worked solution, `program` a reference program.
    `place` says where it was read (file:line, no folder), for messages only. `extra` holds fields of other people's
    files that this record does not know; they are written back unchanged.
    """

    problem_id: str
    domain: str
    source: str
    task_type: str
    problem: str
    answer: str
    solution: str | None = None
    program: str | None = None
    entry_point: str | None = None
    tests: tuple[Test, ...] = ()
    license: str = "unknown"
    metadata: Mapping[str, Any] = field(default_factory=dict)
    place: str = field(default="", compare=False)
    extra: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.problem_id.strip():
            raise RecordError("A seed needs a problem_id.", rule="empty-field")
        if self.domain not in DOMAINS:
            raise RecordError(f'Domain "{self.domain}" is unknown.', f"Known: {', '.join(DOMAINS)}.")
        if not self.problem.strip():
            raise RecordError(f"Seed {self.problem_id} has an empty problem.", rule="empty-field")
        if needs_answer(self.domain) and not self.answer.strip():
            raise RecordError(f"Seed {self.problem_id} has no answer.", rule="empty-field")

    @staticmethod
    def from_json(row: Mapping[str, Any]) -> "Seed":
        """A seed from one decoded row. RecordError names the field that is missing or of the wrong type."""
        require_fields(row, "a seed", _REQUIRED, _OPTIONAL)
        known = {f.name for f in fields(Seed)} - {"extra"}
        values = {name: row[name] for name in known if row.get(name) is not None}
        values["tests"] = tuple(_test(test) for test in values.get("tests", ()))
        values.setdefault("answer", "")
        return Seed(**values, extra={name: row[name] for name in row if name not in known})

    def to_json(self) -> dict[str, Any]:
        """The row, keys in the record's order, absent optional fields left out."""
        row: dict[str, Any] = {
            "problem_id": self.problem_id,
            "domain": self.domain,
            "source": self.source,
            "task_type": self.task_type,
            "problem": self.problem,
            "answer": self.answer,
        }
        for name in ("solution", "program", "entry_point"):
            if getattr(self, name) is not None:
                row[name] = getattr(self, name)
        if self.tests:
            row["tests"] = [test.to_json() for test in self.tests]
        row |= {"license": self.license, "metadata": dict(self.metadata)}
        return row | ({"place": self.place} if self.place else {}) | dict(self.extra)


_REQUIRED = dict.fromkeys(("problem_id", "domain", "source", "task_type", "problem"), TEXT)
_OPTIONAL = dict.fromkeys(("answer", "solution", "program", "entry_point", "license", "place"), TEXT) | {
    "tests": LIST,
    "metadata": OBJECT,
}
_TEST = dict.fromkeys(("input", "output", "assertion", "tag", "source"), TEXT)


def _test(row: object) -> Test:
    values = require_fields(row, "a test", {}, _TEST)
    return Test(**{name: values[name] for name in _TEST if values.get(name) is not None})
