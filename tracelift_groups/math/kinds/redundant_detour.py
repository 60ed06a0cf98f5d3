"""A valid step that nothing needs: a number is computed back from a result, in the sentence that introduced it."""

import re
from collections.abc import Iterator
from random import Random

from tracelift_groups.flaws.kind import Draft, kind
from tracelift_groups.math.edits.claim_edits import binary
from tracelift_groups.math.edits.inverse_claim import backwards, computation, left_end
from tracelift_groups.math.reference import ParsedReference
from tracelift_groups.math.text.parsed_trace import Occurrence
from tracelift_groups.math.text.quantity import Quantity
from tracelift_groups.math.text.sentence import SENTENCE

_SENTENCE_END = re.compile(r"""[.!?]['")]*\s+""")
_NO_STATEMENT = re.compile(r"\?|\b(?:if|how|what|suppose|find|calculate)\b", re.IGNORECASE)
_LONGEST = 200  # characters, at most, of a sentence that is reused


@kind(
    "redundant_detour",
    breaks="step_coherence",
    answer="keeps",
    checker="redundant",
    needs="a claim of one operation, before the last step, on a number that a statement introduces; or three steps",
)
def redundant_detour(reference: ParsedReference, rng: Random) -> Iterator[Draft]:
    """Valid but useless steps."""
    parsed = reference.parsed
    places = [
        (index, operand)
        for index, claim in enumerate(parsed.claims)
        if claim.step < len(parsed.steps) - 1 and claim.value == claim.result_value and binary(reference, index)
        for operand in parsed.operands_of(index)
    ]
    for index, operand in rng.sample(places, len(places)):
        origin = parsed.origin(operand)
        if origin is None:
            continue
        line = (_given_again if origin.type == "given" else _derived_again)(reference, index, operand, origin.index)
        if line:
            yield _inserted(reference, parsed.claims[index].step + 1, line)
    for step, line in rng.sample(again := list(_repetitions(reference)), len(again)):
        yield _inserted(reference, step, line)


def _inserted(reference: ParsedReference, step: int, line: str) -> Draft:
    start = reference.parsed.trace.starts[step]
    separator = "\n" if "\n" in reference.parsed.steps[step - 1] else " "
    return Draft(step, ((start, start, line + separator),))


def _repetitions(reference: ParsedReference) -> Iterator[tuple[int, str]]:
    """Pairs of an inner step and the text of an earlier step that can be repeated verbatim before it."""
    steps = reference.parsed.steps
    claiming = {claim.step for claim in reference.parsed.claims}
    for said, text in enumerate(map(str.strip, steps)):
        whole = text.endswith((".", "!")) or (said in claiming and not text.endswith((":", ",")))
        for step in range(said + 2, len(steps)) if whole and len(text) >= SENTENCE else ():
            yield step, text


def _given_again(reference: ParsedReference, index: int, operand: Occurrence, given: int) -> str | None:
    """The problem's statement of a given, with `result inverse other =` before the number; None when there is none."""
    quantity = reference.parsed.givens.quantities[given]
    statement = _statement(reference.seed.problem, quantity)
    if statement is None or quantity.values[0] != operand.value or not quantity.text.isdecimal():
        return None
    text = _computed_back(reference, index, operand, money=quantity.money)
    if text is None:
        return None
    before, after = statement
    line = f"{before}{text} = {'$' if quantity.money else ''}{quantity.text}{after}"
    return line if _stop(reference) else line.rstrip(".")


def _derived_again(reference: ParsedReference, index: int, operand: Occurrence, derived: int) -> str | None:
    """The step that derived an operand, with the inverse computation in place of its own; None when it says more."""
    parsed = reference.parsed
    claim, numbers = parsed.claims[derived], parsed.operands_of(derived)
    end = left_end(reference.text, claim)
    if end is None or parsed.claims_in(claim.step) != [derived]:
        return None
    text = _computed_back(reference, index, operand, money=reference.text[claim.start - 1 : claim.start] == "$")
    mentioned = {o.value for o in parsed.occurrences if o.step == claim.step and o.role == "mention"}
    if text is None or mentioned & {o.value for o in numbers}:
        return None
    start = parsed.trace.starts[claim.step]
    return (
        reference.text[start : claim.start] + text + reference.text[end : start + len(parsed.steps[claim.step])]
    ).rstrip()


def _computed_back(reference: ParsedReference, index: int, operand: Occurrence, *, money: bool) -> str | None:
    """An operand of a claim as `result inverse other`; None with percentages."""
    op, operands = binary(reference, index), reference.parsed.operands_of(index)
    assert op is not None
    left, symbol, right = backwards(op, operands, reference.parsed.result_of(index), operands.index(operand))
    if left.numeral.percent or right.numeral.percent:
        return None
    return computation(reference, left, symbol, right, money=money)


def _statement(problem: str, quantity: Quantity) -> tuple[str, str] | None:
    """The sentence of the problem that gives a quantity, before and after its number; None for a question."""
    ends = [0, *(match.end() for match in _SENTENCE_END.finditer(problem)), len(problem)]
    start = max(end for end in ends if end <= quantity.start)
    stop = min(end for end in ends if end >= quantity.end)
    sentence = problem[start:stop].strip()
    if _NO_STATEMENT.search(sentence) or len(sentence) > _LONGEST or "\n" in sentence:
        return None
    return problem[start : quantity.start].lstrip(), problem[quantity.end : stop].rstrip()


def _stop(reference: ParsedReference) -> bool:
    """Whether most steps of the trace end in a full stop."""
    steps = reference.parsed.steps
    return 2 * sum(step.rstrip().endswith(".") for step in steps) >= len(steps)
