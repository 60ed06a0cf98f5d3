"""From a seed to its reference trace: the worked solution without markup and without the final artifact.

Where it stops: a seed without a worked solution needs a teacher, and a code seed groups of code, which are not made
yet; both are rejected here with that reason.
"""

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from tracelift_groups.flaws.kind import Case
from tracelift_groups.math.text.answer_value import answer_value, conclusion
from tracelift_groups.math.text.parsed_trace import read
from tracelift_groups.records.provenance import from_solution
from tracelift_groups.records.seed import Seed
from tracelift_groups.records.stage import Drop, Outcome
from tracelift_groups.records.trace import Trace

if TYPE_CHECKING:
    from tracelift_groups.config import Config

_ANNOTATION = re.compile(r"<<[^<>]*>>")
_ARTIFACT_LINE = re.compile(r"^[ \t]*####.*$\n?", re.MULTILINE)
_DRAWING = re.compile(r"\s*\[asy\].*?\[/asy\]\s*", re.DOTALL)
_BOX = re.compile(r"\\(?:boxed|fbox)\s*\{")


def generate(seed: Seed, config: "Config") -> Outcome:  # noqa: ARG001 - every stage takes the configuration
    """The stage: one positive from the seed's worked solution, or a rejection.

    Its rules: no-code-groups, no-solution, empty-reference.
    """
    if seed.domain == "code":
        reason = "Groups are not made of code problems yet, only of math problems."
        return Outcome("rejected", drops=(Drop("generate", seed.problem_id, "no-code-groups", reason, seed.problem),))
    if not seed.solution:
        reason = "The seed has no worked solution; only a teacher could write its reference trace."
        return Outcome("rejected", drops=(Drop("generate", seed.problem_id, "no-solution", reason, seed.problem),))
    text = reference_text(seed.solution)
    if not text:
        reason = "Nothing is left of the solution without its final artifact."
        return Outcome("rejected", drops=(Drop("generate", seed.problem_id, "empty-reference", reason, seed.solution),))
    return Outcome("done", {"positives": [{"reasoning": text, "provenance": from_solution()}]})


@lru_cache(maxsize=32)  # every flaw of a problem is compared with it
def reference_text(solution: str) -> str:
    """A worked solution as reason-only text: no `<<…>>`, no `#### 72`, no drawing, `\\boxed{x}` as x."""
    text = _ANNOTATION.sub("", solution)
    text = _ARTIFACT_LINE.sub("", text)
    text = _DRAWING.sub("\n", text)
    return "\n".join(line.rstrip() for line in unboxed(text).strip().splitlines() if line.strip())


def unboxed(text: str) -> str:
    """The text with each balanced `\\boxed{x}` replaced by x; an unbalanced one stays."""
    parts, end = [], 0
    for match in _BOX.finditer(text):
        close = _closing(text, match.end())
        if match.start() >= end and close is not None:
            parts += [text[end : match.start()], text[match.end() : close]]
            end = close + 1
    return "".join([*parts, text[end:]])


def _closing(text: str, start: int) -> int | None:
    depth = 1
    for at in range(start, min(len(text), start + 2000)):
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        if depth == 0:
            return at
    return None


def case_of(seed: Seed, reference: str) -> Case:
    """A seed with its reference trace, read."""
    reading = read(seed.problem, Trace.read(reference))
    value = answer_value(seed.answer)
    return Case(seed, reading, value, conclusion(reading, value))
