"""A valid step that nothing needs: a given is computed back from a result, in the words in which the problem gives it."""

import re
from collections.abc import Iterator
from random import Random

from tracelift_groups.kind import Case, Draft, perturbation
from tracelift_groups.perturbations._edit import backwards, binary, computation
from tracelift_groups.quantity import Quantity
from tracelift_groups.reading import Occurrence

_SENTENCE_END = re.compile(r"""[.!?]['")]*\s+""")
_NO_STATEMENT = re.compile(r"\?|\b(?:if|how|what|suppose|find|calculate)\b", re.IGNORECASE)
_LONGEST = 200  # characters of a sentence that is taken over


@perturbation(
    "redundant_detour",
    breaks="step_coherence",
    answer="keeps",
    checker="redundant",
    needs="a claim of one operation on a number that a statement of the problem gives, before the last step",
    weight=1.3,
)
def redundant_detour(case: Case, rng: Random) -> Iterator[Draft]:
    """Valid but useless steps."""
    reading = case.reading
    places = [
        (index, operand)
        for index, claim in enumerate(reading.claims)
        if claim.step < len(reading.steps) - 1 and claim.value == claim.result_value and binary(case, index)
        for operand in reading.operands_of(index)
    ]
    for index, operand in rng.sample(places, len(places)):
        if line := _computed_back(case, index, operand):
            step = reading.claims[index].step + 1
            start = reading.trace.starts[step]
            separator = "\n" if "\n" in reading.steps[step - 1] else " "
            yield Draft(step, ((start, start, line + separator),))


def _computed_back(case: Case, index: int, operand: Occurrence) -> str | None:
    """The problem's statement of a given, with `result inverse other =` before the number; None when there is none."""
    reading = case.reading
    origin = reading.origin(operand)
    if origin is None or origin.sort != "given":
        return None
    quantity = reading.givens.quantities[origin.index]
    statement = _statement(case.seed.problem, quantity)
    if statement is None or quantity.values[0] != operand.value or not quantity.text.isdecimal():
        return None
    op, operands = binary(case, index), reading.operands_of(index)
    assert op is not None
    left, symbol, right = backwards(op, operands, reading.result_of(index), operands.index(operand))
    text = computation(case, left, symbol, right, money=quantity.money)
    if text is None or left.numeral.percent or right.numeral.percent:
        return None
    before, after = statement
    line = f"{before}{text} = {'$' if quantity.money else ''}{quantity.text}{after}"
    return line if _stop(case) else line.rstrip(".")


def _statement(problem: str, quantity: Quantity) -> tuple[str, str] | None:
    """The sentence of the problem that gives a quantity, before and after its number; None for a question."""
    ends = [0, *(match.end() for match in _SENTENCE_END.finditer(problem)), len(problem)]
    start = max(end for end in ends if end <= quantity.start)
    stop = min(end for end in ends if end >= quantity.end)
    sentence = problem[start:stop].strip()
    if _NO_STATEMENT.search(sentence) or len(sentence) > _LONGEST or "\n" in sentence:
        return None
    return problem[start : quantity.start].lstrip(), problem[quantity.end : stop].rstrip()


def _stop(case: Case) -> bool:
    """Whether most steps of the trace end in a full stop."""
    steps = case.reading.steps
    return 2 * sum(step.rstrip().endswith(".") for step in steps) >= len(steps)
