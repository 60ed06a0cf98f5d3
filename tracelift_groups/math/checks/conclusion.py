"""How a math trace ends: whether it comes to the answer, tries it out, shows its work, or says another answer.

A trace may go on after the answer: it checks, it remarks. What stands there is no new result.
"""

import re
from itertools import islice

from tracelift_groups.math.text.answer_value import answer_value, conclusion, plain
from tracelift_groups.math.text.parsed_trace import Reading
from tracelift_groups.math.text.rational import Fraction
from tracelift_groups.records.seed import Seed

CHECKING = re.compile(r"\b(?:check|verif|confirm|make sure|indeed|works|agrees)|[✓✔✅]", re.IGNORECASE)
_CHECK = re.compile(r"\b(?:check|verif|confirm)|[✓✔✅]", re.IGNORECASE)
_SAYS = re.compile(r"\banswer\b|\b(?:therefore|thus|hence|altogether|overall|finally)\b|\bin (?:all|total)\b", re.I)
_RELATION = re.compile(r"[=≈≤≥<>+×÷·√^]|\\(?:implies|times|cdot|frac|sqrt|equiv|cong|le|ge|begin)\b")
_WORD = re.compile(r"[a-z]{3,}")
_DERIVED = 4  # claims, at most, that the answer is found by
_ARGUED = 25  # words, at least, of an argument that computes nothing
_COMMON = frozenset("the and are how what many much does did for his her has have will that this its with find".split())


def arrives(seed: Seed, reading: Reading) -> bool:
    """Whether the trace comes to the answer: in its last step, or by its last claim that is no check."""
    answer = answer_value(seed.answer)
    if answer is None:
        return plain(seed.answer) in plain(reading.trace.text)
    place = conclusion(reading, answer)
    if place is None or place.step == reading.occurrences[-1].step:
        return place is not None
    own = [i for i in range(len(reading.claims)) if not is_check(reading, i, answer)]
    last = reading.value_of(own[-1]) if own else None
    giving = (i for i in own if reading.value_of(i) == answer)
    return last == answer or any(operand.value == last for i in giving for operand in reading.operands_of(i))


def is_check(reading: Reading, index: int, answer: Fraction | None) -> bool:
    """Whether a claim tries the answer out: after it was found, in a step that says so, or from it back to a given."""
    claim = reading.claims[index]
    derived = list(islice((i for i in range(index) if reading.value_of(i) == answer), _DERIVED))
    if derived and _CHECK.search(reading.steps[claim.step]):
        return True
    tried = any(operand.value == answer for operand in reading.operands_of(index))
    return tried and any(o.value == claim.result_value for i in derived for o in reading.operands_of(i))


def shows_work(reading: Reading) -> bool:
    """Whether anything but the answer is said: a claim, a formula, numbers on the way to it, or an argument."""
    text = reading.trace.text
    if reading.claims or len(_RELATION.findall(text)) > 1:
        return True
    return len({o.value for o in reading.occurrences}) > 2 or len(text.split()) >= _ARGUED


def says_answer(problem: str, step: str) -> bool:
    """Whether a step says of something that it is the answer: in so many words, or in most words of the question."""
    if _SAYS.search(step):
        return True
    asked = _words(_question(problem))
    return len(asked) > 1 and 2 * len(asked & _words(step)) > len(asked)


def _question(problem: str) -> str:
    """The last sentence."""
    return re.split(r"[.?!]\s", problem.strip())[-1]


def _words(text: str) -> set[str]:
    return {word.removesuffix("s") for word in _WORD.findall(text.lower())} - _COMMON
