"""GSM8K's JSON Lines: grade-school word problems with worked solutions (MIT).

One row: {"question": "Natalia sold clips to 48 of her friends in April, and then …", "answer": "Natalia sold
48/2 = <<48/2=24>>24 clips in May.\\nNatalia sold 48+24 = <<48+24=72>>72 clips altogether in April and May.\\n#### 72"}
"""

import re
from collections.abc import Iterator

from tracelift_groups.errors import RecordError, shorten
from tracelift_groups.files.jsonl import SourceRow, file_path, json_rows
from tracelift_groups.ingest.source import seeds_from
from tracelift_groups.records.fields import text_field
from tracelift_groups.records.seed import Seed
from tracelift_groups.records.stage import Drop
from tracelift_groups.registry import SOURCES

_NUMBER = re.compile(r"[-+−]?\$?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+|(?<=\d)/\d+|(?<=\d))%?")


@SOURCES.register("gsm8k")
def gsm8k(path: str) -> Iterator[Seed | Drop]:
    """`gsm8k:PATH`: GSM8K's JSON Lines (question, answer with a last line "#### 72")

    The answer is kept as written (`1,000`); the calculator's `<<48/2=24>>` stay in the solution.
    """
    return seeds_from(json_rows(file_path(path, "gsm8k")), _seed)


def _seed(row: SourceRow) -> Seed:
    problem = text_field(row.values, "question", "a GSM8K row")
    solution, mark, answer = text_field(row.values, "answer", "a GSM8K row").rpartition("####")
    if not mark:
        raise RecordError('Field "answer" has no line "#### <number>".', "Add the result.", rule="missing-answer")
    answer = answer.strip()
    if not _NUMBER.fullmatch(answer):
        raise RecordError(
            f'"{shorten(answer)}" after "####" is not a number.', "Write 72 or 1,000.", rule="not-a-number"
        )
    return Seed(row.problem_id, "math", "gsm8k", "math", problem, answer, solution.strip() or None, license="MIT")
