"""The MATH data set (Hendrycks et al.): competition problems with worked LaTeX solutions (MIT).

One row: {"problem": "What is the sum of all values of $y$ for which …", "level": "Level 3", "type": "Algebra",
"solution": "The given expression is undefined when the denominator is zero. … $\\\\boxed{5}$."}
"""

import re
from collections.abc import Iterator

from tracelift_groups.errors import RecordError
from tracelift_groups.files.jsonl import SourceRow, file_path, json_rows
from tracelift_groups.ingest.source import seeds_from
from tracelift_groups.records.fields import TEXT, require_fields, text_field
from tracelift_groups.records.seed import Seed
from tracelift_groups.records.stage import Drop
from tracelift_groups.registry import SOURCES

_SIGN = re.compile(r"\\(?:boxed|fbox)(?![a-zA-Z])(?:\s*(?P<brace>\{)|\s*(?P<bare>[^\s${}\\]+))|\\.|[{}]", re.DOTALL)


@SOURCES.register("math")
def math(path: str) -> Iterator[Seed | Drop]:
    r"""`math:PATH`: MATH in JSON Lines (problem, level, type, solution with \boxed{…})

    The answer is what the last \boxed or \fbox holds; level and type become metadata.level and metadata.topic.
    """
    return seeds_from(json_rows(file_path(path, "math")), _seed)


def boxed(solution: str) -> str | None:
    r"""What the last balanced \boxed{…}, \fbox{…} or `\boxed 5` holds; None when there is none."""
    open_braces: list[tuple[int, bool]] = []
    found: tuple[int, str] | None = None
    for sign in _SIGN.finditer(solution):
        if sign["bare"]:
            found = max(found or (0, ""), (sign.start(), sign["bare"].rstrip(".,;")))
        elif sign["brace"]:
            open_braces.append((sign.end(), True))
        elif sign[0] == "{":
            open_braces.append((sign.end(), False))
        elif sign[0] == "}" and open_braces:
            start, is_box = open_braces.pop()
            if is_box:
                found = max(found or (0, ""), (start, solution[start : sign.start()]))
    return found[1].strip() if found else None


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
