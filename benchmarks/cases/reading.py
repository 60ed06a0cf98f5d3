"""How much of GSM8K train is read from its prose alone: its own annotations, taken out, are the truth."""

import json
import re
from collections import Counter
from fractions import Fraction

from figure import Figure, Result, Setup

from tracelift_groups.math.text.parsed_trace import parse_trace
from tracelift_groups.records.trace import Trace

_ANNOTATION = re.compile(r"<<([^<>]*)=([^<>=]*)>>")
_OPERATOR = re.compile(r"(?<=.)[-+*/]")  # a sign in front is none: `<<5=5>>` and `<<-5=-5>>` say nothing


def measure(setup: Setup) -> Result:
    """An annotation is found when a claim of its line has its value as result."""
    counts: Counter[str] = Counter()
    with setup.file("gsm8k_train.jsonl").open(encoding="utf-8") as file:
        for row in map(json.loads, file):
            counts.update(_counted(row["question"], row["answer"].split("\n####")[0]))
    figures = (
        Figure("annotations found", "%", (100 * counts["found"] / counts["annotations"],)),
        Figure("annotations", "", (counts["annotations"],)),
        Figure("annotations without an operation, left out", "", (counts["trivial"],)),
        Figure("claims", "", (counts["claims"],)),
        Figure("claims of the gold with false arithmetic", "", (counts["false"],)),
        Figure("problems with a false claim", "", (counts["false problems"],)),
        Figure("problems without a claim", "", (counts["silent problems"],)),
    )
    return Result("tracelift_groups.math.text.parsed_trace.read on each solution, annotations taken out", figures)


def _counted(problem: str, solution: str) -> Counter[str]:
    solution = solution.strip()
    parsed = parse_trace(problem, Trace.read(_ANNOTATION.sub("", solution)))
    text = parsed.trace.text
    found: Counter[str] = Counter(claims=len(parsed.claims))
    wrong = sum(not claim.holds for claim in parsed.claims)
    found += Counter({"false": wrong, "false problems": wrong > 0, "silent problems": not parsed.claims})
    values: dict[int, set[Fraction]] = {}
    for claim in parsed.claims:
        values.setdefault(text.count("\n", 0, claim.start), set()).update((claim.result_value, claim.result.value))
    for index, line in enumerate(solution.split("\n")):
        for left, right in _ANNOTATION.findall(line):
            if not _OPERATOR.search(left):
                found["trivial"] += 1
                continue
            found["annotations"] += 1
            found["found"] += _value(right) in values.get(index, ())
    return found


def _value(text: str) -> Fraction | None:
    try:
        return Fraction(text.replace(",", "").strip().strip("$%"))
    except (ValueError, ZeroDivisionError):
        return None
