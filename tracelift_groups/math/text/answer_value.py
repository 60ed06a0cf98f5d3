"""The value of an answer in a seed, and the place where a trace states it."""

from functools import lru_cache

from tracelift_groups.math.text.expression import Parser, evaluate
from tracelift_groups.math.text.lexer import tokens
from tracelift_groups.math.text.parsed_trace import Occurrence, ParsedTrace
from tracelift_groups.math.text.rational import Fraction


@lru_cache(maxsize=64)
def answer_value(text: str) -> Fraction | None:
    """The exact number an answer is (`1,000`, `-3`, `3/4`, `\\frac{3}{2}`, `12.5`); None for any other text."""
    cut = [token for token in tokens(text) if token.text != "$"]
    parser = Parser(cut)
    found = parser.expression()
    if found is None or any(token.kind != "WORD" for token in cut[parser.at :]):
        return None
    return evaluate(found)


def conclusion(parsed: ParsedTrace, answer: Fraction | None) -> Occurrence | None:
    """The number that states this answer: the last result or mention of its value; None when there is none.

    If the problem asks for cents, `$0.25` states 25.
    """
    if answer is None:
        return None
    stating = (o for o in reversed(parsed.occurrences) if o.role != "operand")
    return next((o for o in stating if _states(parsed, o, abs(answer)) and _sign(parsed, o) == (answer < 0)), None)


def _states(parsed: ParsedTrace, occurrence: Occurrence, size: Fraction) -> bool:
    numeral = occurrence.numeral
    in_dollars = parsed.givens.asks_cents and numeral.money and 100 * numeral.value == size
    return in_dollars or size in (occurrence.value, numeral.value)


def without_space(text: str) -> str:
    """A text without white space and with one form of fractions, to compare answers that are not numbers."""
    return "".join(text.split()).replace("\\dfrac", "\\frac").replace("\\tfrac", "\\frac")


def _sign(parsed: ParsedTrace, occurrence: Occurrence) -> bool:
    """Whether a minus sign that is not an operator precedes a number."""
    before = parsed.trace.text[: occurrence.numeral.start].rstrip(" $\\")
    return (
        before[-1:] in ("-", "−")
        and not before[-2:-1].isalnum()
        and before[-3:-1].rstrip()[-1:] not in (*")]}", *"0123456789")
    )
