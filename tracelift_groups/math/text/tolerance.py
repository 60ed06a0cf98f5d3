"""Claims that fail arithmetically and are tolerated: a change of unit, a carried rounding, a partial match.

Only claims whose arithmetic fails are asked about; an undecided claim counts as false.
"""

import re

from tracelift_groups.math.text.claim import Claim
from tracelift_groups.math.text.expression import evaluate, operations
from tracelift_groups.math.text.parsed_trace import ParsedTrace
from tracelift_groups.math.text.rational import Fraction
from tracelift_groups.math.text.units import UNITS_IN_PROSE

_WORD = re.compile(r"[A-Za-z]+|\$(?=[0-9.])|¢")
_SYMBOLS = {"$": "dollar", "¢": "cent"}
_PART = re.compile(r"[A-Za-z0-9)\]}] ?[+*/×·] ?[A-Za-z]+ $|\\(?:cdot|times|log|ln|left)\s*$|[A-Za-z0-9)\]}]$")
_PROPERTY = re.compile(r"(?<!sum )(?<!total )(?<!product )(?<!difference )(?<!quotient )\b(?:of|in) \$?$")
_RELATION_WORD = re.compile(r"[^=≈]*\b(?:is|are)\b[^=≈]*$")
_MODULAR = re.compile(r"\\[bp]?mod\b|\bmod(?:ulo)?\b", re.IGNORECASE)
_REST = re.compile(r"\s*(?:and\s*)?\(?([0-9]{1,4})/([0-9]{1,4})")


def is_tolerated(parsed: ParsedTrace, index: int) -> bool:
    """Whether a claim whose arithmetic fails says something else than it seems to, or is true but for rounding."""
    claim = parsed.claims[index]
    return (
        _is_part(parsed, claim)
        or _changes_unit(parsed, claim)
        or _is_mixed(parsed, claim)
        or _is_modular(parsed, claim)
        or _carries_rounding(parsed, index)
    )


def _is_part(parsed: ParsedTrace, claim: Claim) -> bool:
    """`f^{-1}(-3) = 3`, `the last digit of $17^4$ is 1`: what stands before belongs to it."""
    text = parsed.trace.text
    before = text[max(claim.start - 24, 0) : claim.start]
    if _PROPERTY.search(before) and _RELATION_WORD.match(text[claim.start : claim.end]):
        return True
    return _PART.search(before) is not None


def _changes_unit(parsed: ParsedTrace, claim: Claim) -> bool:
    """`2 * 110 = 220 cents = $2.20`, `4 pounds - 6 ounces = 58 ounces`: true between two units of one family."""
    start = max(claim.start - 1, 0)  # `$0.25 x 10 = 250 cents` begins with its unit
    last = claim.result.start - start
    text = parsed.trace.text[start : claim.end + 16]
    stated, *_ = [*_units(text[last - (text[last - 1] == "$") :])[:1], ""]
    if stated not in UNITS_IN_PROSE:
        return False
    dimension, size = UNITS_IN_PROSE[stated]
    found = (UNITS_IN_PROSE.get(unit) for unit in dict.fromkeys(_units(text[:last])))
    before = [unit[1] for unit in found if unit is not None and unit[0] == dimension]
    if any(_agrees(claim, Fraction(other / size)) for other in before):
        return True
    return len(before) > 1 and any(op.symbol in "+-" for op in operations(claim.left))


def _units(text: str) -> list[str]:
    words = (_SYMBOLS.get(word, word.lower()) for word in _WORD.findall(text))
    return [word if len(word) < 3 else word.removesuffix("s") for word in words]


def _agrees(claim: Claim, scale: Fraction) -> bool:
    """Whether every side is the result, or the result in another unit."""
    values = [evaluate(side) for side in claim.sides]
    return all(value is not None and claim.result_value in (value, value * scale) for value in values)


def _is_mixed(parsed: ParsedTrace, claim: Claim) -> bool:
    """`17 / 3 = 5 and 2/3`."""
    rest = _REST.match(parsed.trace.text, claim.end)
    if rest is None or claim.value is None or not int(rest[2]):
        return False
    return claim.value == claim.result_value + Fraction(int(rest[1]), int(rest[2]))


def _is_modular(parsed: ParsedTrace, claim: Claim) -> bool:
    """`7 * 3 = 1`, modulo 5."""
    if claim.value is None or claim.value.denominator > 1 or not 0 <= claim.result_value < abs(claim.value):
        return False
    return _MODULAR.search(parsed.steps[claim.step]) is not None


def _carries_rounding(parsed: ParsedTrace, index: int) -> bool:
    """`44 / 3 = 14.67` and then `2 * 14.67 = 29.33`: true of the number before it was rounded."""
    claim = parsed.claims[index]
    exact: dict[int, Fraction] = {}
    for operand in parsed.operands_of(index):
        for source in operand.sources:
            value = parsed.claims[source.index].value if source.type == "claim" and source.index < index else None
            if value is not None and value != operand.value and parsed.claims[source.index].holds:
                exact[operand.numeral.start] = value
    value = evaluate(claim.left, exact) if exact else None
    return value is not None and 2 * abs(value - claim.result_value) <= Fraction(1, 10**claim.result.decimals)
