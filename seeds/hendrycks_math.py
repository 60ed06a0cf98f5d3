"""The MATH data set (Hendrycks et al.): competition problems with worked LaTeX solutions (MIT).

One row: {"problem": "What is the sum of all values of $y$ for which …", "level": "Level 3", "type": "Algebra",
"solution": "The given expression is undefined when the denominator is zero. … $\\\\boxed{5}$."}
"""

from collections.abc import Iterator

from tracelift_groups.errors import RecordError
from tracelift_groups.files.jsonl import SourceRow, file_path, json_rows
from tracelift_groups.ingest.source import seeds_from
from tracelift_groups.math.text.markup import boxes
from tracelift_groups.records.fields import TEXT, require_fields, text_field
from tracelift_groups.records.seed import Seed
from tracelift_groups.records.stage import Drop
from tracelift_groups.registry import SOURCES


@SOURCES.register("math")
def math(path: str) -> Iterator[Seed | Drop]:
    r"""`math:PATH`: MATH in JSON Lines (problem, level, type, solution with \boxed{…})

    The answer is the content of the last \boxed or \fbox; level and type become metadata.level and metadata.topic.
    """
    return seeds_from(json_rows(file_path(path, "math")), _seed)


def boxed(solution: str) -> str | None:
    r"""The content of the last balanced \boxed{…}, \fbox{…} or `\boxed 5`; None without one."""
    last = max(boxes(solution), key=lambda box: box.start, default=None)
    if last is None:
        return None
    inner = solution[last.inner : last.inner_end]
    return (inner if last.braced else inner.rstrip(".,;")).strip()


def _seed(row: SourceRow) -> Seed:
    problem = text_field(row.values, "problem", "a MATH row")
    solution = text_field(row.values, "solution", "a MATH row")
    require_fields(row.values, "a MATH row", {}, {"level": TEXT, "type": TEXT})
    answer = boxed(solution)
    if not answer:
        raise RecordError(r"The solution has no \boxed{answer}.", "Box the answer.", rule="missing-answer")
    names = {"level": "level", "topic": "type"}
    metadata = {name: row.values[field] for name, field in names.items() if row.values.get(field)}
    return Seed(row.problem_id, "math", "math", "math", problem, answer, solution, license="MIT", metadata=metadata)
