"""A valid step that nothing needs: the last result is turned back into a number that was known."""

from collections.abc import Iterator
from random import Random

from tracelift_groups.expression import operations
from tracelift_groups.kind import Case, Draft, perturbation
from tracelift_groups.perturbations._edit import binary
from tracelift_groups.reading import Occurrence

_BACK = {"+": "-", "-": "+", "*": "/", "/": "*"}


@perturbation(
    "redundant_detour",
    breaks="step_coherence",
    answer="keeps",
    checker="redundant",
    needs="a claim of one operation on two numbers, before the last step",
)
def redundant_detour(case: Case, rng: Random) -> Iterator[Draft]:
    """Valid but useless steps."""
    reading = case.reading
    inner = [i for i, claim in enumerate(reading.claims) if claim.step < len(reading.steps) - 1 and claim.holds]
    for index in rng.sample(inner, len(inner)):
        line = _turned_back(case, index)
        step = reading.claims[index].step + 1
        if line:
            start = reading.trace.starts[step]
            separator = "\n" if "\n" in reading.steps[step - 1] else " "
            yield Draft(step, ((start, start, line + separator),))


def _turned_back(case: Case, index: int) -> str | None:
    """`a op b = r` read backwards: `r inverse b = a`, with the noun of a."""
    reading = case.reading
    claim, numbers = reading.claims[index], reading.operands_of(index)
    op = binary(case, index)
    if op is None or claim.value != claim.result_value:
        return None
    result = reading.result_of(index)
    first, second, third = (_shown(case, o) for o in (result, numbers[1], numbers[0]))
    sign = _sign(case, _BACK[op.symbol])
    noun = _noun(case, numbers[0])
    return f"{first} {sign} {second} = {third}{noun}{_stop(case)}"


def _shown(case: Case, occurrence: Occurrence) -> str:
    numeral = occurrence.numeral
    text = case.text[numeral.start : numeral.end]
    money = case.text[numeral.start - 1 : numeral.start] if numeral.money else ""
    return f"{money}{text}{'%' if numeral.percent else ''}"


def _noun(case: Case, occurrence: Occurrence) -> str:
    after = case.text[occurrence.numeral.end :].split(" ", 2)
    word = after[1].rstrip(".,;") if len(after) > 1 and not after[0] else ""
    return f" {word}" if word.isalpha() and len(word) > 2 and word[0].islower() else ""


def _sign(case: Case, symbol: str) -> str:
    ours = (case.text[o.start : o.end] for c in case.reading.claims for o in operations(c.left) if o.symbol == symbol)
    used = [sign for sign in ours if sign and not sign.isalpha()]
    return used[0] if used else symbol


def _stop(case: Case) -> str:
    """A full stop where most steps of the trace end in one."""
    steps = case.reading.steps
    return "." if 2 * sum(step.rstrip().endswith(".") for step in steps) >= len(steps) else ""
