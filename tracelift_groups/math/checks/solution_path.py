"""Whether a trace has its own solution path, and which of its numbers are mental arithmetic.

A trace that follows the worked solution is compared step by step, so that a removed step is missing. A trace on its own
path may take other steps and leave out small ones (`46 hours are 6 too many`).
"""

import re
from functools import lru_cache

from tracelift_groups.math.text.parsed_trace import Occurrence, ParsedTrace
from tracelift_groups.math.text.rational import Fraction

_LETTERS = re.compile(r"[A-Za-z]+")
_BACK = 60  # earlier numbers or claims, at most, that are considered


def follows(trace: ParsedTrace, gold: ParsedTrace) -> bool:
    """Whether at least half of the steps with claims are steps of the worked solution, numbers ignored.

    True for a trace without claims.
    """
    theirs = {_words(gold.steps[claim.step]) for claim in gold.claims}
    mine = [_words(trace.steps[step]) for step in {claim.step for claim in trace.claims}]
    return 2 * sum(words in theirs for words in mine) >= len(mine)


def is_mental_arithmetic(trace: ParsedTrace, operand: Occurrence) -> bool:
    """Whether a number is one operation away from the givens and the numbers before it or in its claim."""
    earlier = {o.value for o in trace.occurrences[max(operand.index - _BACK, 0) : operand.index]}
    claim = operand.claim
    beside = {o.value for o in trace.operands_of(claim) if o is not operand} if claim is not None else set()
    known = (earlier - {operand.value}) | _given(trace) | beside
    value = operand.value
    return any(value in (a * a, 1 - a, 1 + a) or not known.isdisjoint(_partners(value, a)) for a in known)


def is_near(trace: ParsedTrace, answer: Fraction) -> bool:
    """Whether one operation on the last result and a number of the trace or the problem gives the answer."""
    known = {o.value for o in trace.occurrences}.union(_given(trace))
    return not known.isdisjoint(_partners(answer, trace.claims[-1].result_value))


def is_straight_from_givens(gold: ParsedTrace, claim: int) -> bool:
    """Whether a claim of the worked solution uses only numbers of the problem and constants."""
    operands = gold.operands_of(claim)
    return all(any(s.type == "given" for s in o.sources) or gold.givens.explains(o.value) for o in operands)


def is_mentioned(trace: ParsedTrace, operand: Occurrence) -> bool:
    """Whether a number is mentioned earlier, outside arithmetic: an assumption, a trial, a statement."""
    earlier = trace.occurrences[max(operand.index - _BACK, 0) : operand.index]
    return any(o.value == operand.value and o.role == "mention" for o in earlier)


def misspelt(trace: ParsedTrace, operand: Occurrence) -> tuple[str, Fraction] | None:
    """The likely source of a miscopied number, `given` or `claim`, and its value; None when there is none.

    That is an unused given or earlier result that differs in one digit or in two swapped digits.
    """
    numbers = [quantity.values for quantity in trace.givens.quantities if quantity.is_number]
    unused = [value for values in numbers if trace.used.isdisjoint(values) for value in values]
    earlier = [claim.result_value for claim in trace.claims[:_BACK] if claim.end <= operand.numeral.start]
    alike = [("given", value) for value in unused if _is_like(operand.value, value)]
    alike += [("claim", value) for value in earlier if value not in trace.used and _is_like(operand.value, value)]
    return alike[0] if alike else None


def _given(trace: ParsedTrace) -> set[Fraction]:
    return {value for quantity in trace.givens.quantities for value in quantity.values}


def _partners(value: Fraction, a: Fraction) -> set[Fraction]:
    """The numbers that one operation combines with `a` to give `value`."""
    found = {value - a, value + a, a - value}
    found |= {value / a, value * a} if a else set()
    return found | ({a / value} if value else set())


def _is_like(one: Fraction, other: Fraction) -> bool:
    """Whether two numbers, as decimals of the same length, differ in one digit or in two swapped digits."""
    if one == other or 10**6 % one.denominator or 10**6 % other.denominator:
        return False
    left, right = f"{float(one):g}", f"{float(other):g}"
    differ = [i for i, (a, b) in enumerate(zip(left, right, strict=False)) if a != b]
    swapped = len(differ) == 2 and sorted(left) == sorted(right)
    return len(left) == len(right) > 1 and (len(differ) == 1 or swapped)


@lru_cache(maxsize=512)
def _words(step: str) -> str:
    return "".join(_LETTERS.findall(step)).lower()
