"""The conclusion of a math trace: whether it reaches the answer, checks it, shows work, or states another answer.

Text after the answer, such as a check or a remark, is not a new result.
"""

import re
from itertools import islice

from tracelift_groups.math.text.answer_value import answer_value, conclusion, without_space
from tracelift_groups.math.text.parsed_trace import ParsedTrace
from tracelift_groups.math.text.rational import Fraction
from tracelift_groups.records.seed import Seed

CHECKING = re.compile(r"\b(?:check|verif|confirm|make sure|indeed|works|agrees)|[✓✔✅]", re.IGNORECASE)
_CHECK = re.compile(r"\b(?:check|verif|confirm)|[✓✔✅]", re.IGNORECASE)
_SAYS = re.compile(r"\banswer\b|\b(?:therefore|thus|hence|altogether|overall|finally)\b|\bin (?:all|total)\b", re.I)
_RELATION = re.compile(r"[=≈≤≥<>+×÷·√^]|\\(?:implies|times|cdot|frac|sqrt|equiv|cong|le|ge|begin)\b")
_WORD = re.compile(r"[a-z]{3,}")
_DERIVED = 4  # claims, at most, that count as derivations of the answer
_ARGUED = 25  # words, at least, of an argument without arithmetic
_COMMON = frozenset("the and are how what many much does did for his her has have will that this its with find".split())


def reaches_answer(seed: Seed, parsed: ParsedTrace) -> bool:
    """Whether the trace reaches the answer: in its last step, or by its last claim that is not a check."""
    answer = answer_value(seed.answer)
    if answer is None:
        return without_space(seed.answer) in without_space(parsed.trace.text)
    place = conclusion(parsed, answer)
    if place is None or place.step == parsed.occurrences[-1].step:
        return place is not None
    own = [i for i in range(len(parsed.claims)) if not is_check(parsed, i, answer)]
    last = parsed.value_of(own[-1]) if own else None
    giving = (i for i in own if parsed.value_of(i) == answer)
    return last == answer or any(operand.value == last for i in giving for operand in parsed.operands_of(i))


def is_check(parsed: ParsedTrace, index: int, answer: Fraction | None) -> bool:
    """Whether a claim checks the derived answer: in a step that says so, or by computing back from it."""
    claim = parsed.claims[index]
    derived = list(islice((i for i in range(index) if parsed.value_of(i) == answer), _DERIVED))
    if derived and _CHECK.search(parsed.steps[claim.step]):
        return True
    tried = any(operand.value == answer for operand in parsed.operands_of(index))
    return tried and any(o.value == claim.result_value for i in derived for o in parsed.operands_of(i))


def shows_work(parsed: ParsedTrace) -> bool:
    """Whether there is more than the answer: a claim, a formula, intermediate numbers or an argument."""
    text = parsed.trace.text
    if parsed.claims or len(_RELATION.findall(text)) > 1:
        return True
    return len({o.value for o in parsed.occurrences}) > 2 or len(text.split()) >= _ARGUED


def says_answer(problem: str, step: str) -> bool:
    """Whether a step presents an answer: with a word like `answer` or `total`, or with most words of the question."""
    if _SAYS.search(step):
        return True
    asked = _words(_question(problem))
    return len(asked) > 1 and 2 * len(asked & _words(step)) > len(asked)


def _question(problem: str) -> str:
    """The last sentence of a problem."""
    return re.split(r"[.?!]\s", problem.strip())[-1]


def _words(text: str) -> set[str]:
    return {word.removesuffix("s") for word in _WORD.findall(text.lower())} - _COMMON
