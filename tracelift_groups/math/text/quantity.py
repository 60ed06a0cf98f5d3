"""The quantities a problem gives: its numerals, number-like words (half, twice, a dozen), and everyday constants.

A quantity can have several values: `25%` is 25 or 1/4, `half` is 1/2 or a division by 2, `3/4` also its parts. Values
computed from one (the 75% left of a 25% loss) are kept apart, as derived.
"""

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property, lru_cache

from tracelift_groups.math.text.lexer import Token, tokens
from tracelift_groups.math.text.numeral import WORD_PATTERN, Numeral
from tracelift_groups.math.text.rational import Fraction
from tracelift_groups.math.text.units import EVERYDAY_FACTORS, MEASURE_WORDS

_WORDS = {
    "half": (Fraction(1, 2), Fraction(2)),
    "halves": (Fraction(1, 2), Fraction(2)),
    "halved": (Fraction(1, 2), Fraction(2)),
    "twice": (Fraction(2),),
    "double": (Fraction(2),),
    "doubled": (Fraction(2),),
    "doubles": (Fraction(2),),
    "both": (Fraction(2),),
    "triple": (Fraction(3),),
    "tripled": (Fraction(3),),
    "triples": (Fraction(3),),
    "thrice": (Fraction(3),),
    "quadruple": (Fraction(4),),
    "quarter": (Fraction(1, 4), Fraction(4)),
    "third": (Fraction(1, 3), Fraction(3)),
    "fourth": (Fraction(1, 4), Fraction(4)),
    "fifth": (Fraction(1, 5), Fraction(5)),
    "dozen": (Fraction(12),),
    "dozens": (Fraction(12),),
    "couple": (Fraction(2),),
    "pair": (Fraction(2),),
    "pairs": (Fraction(2),),
    "twins": (Fraction(2),),
    "triplets": (Fraction(3),),
    "one": (Fraction(1),),
    "decade": (Fraction(10),),
    "century": (Fraction(100),),
    "penny": (Fraction(1), Fraction(1, 100)),
    "pennies": (Fraction(1), Fraction(1, 100)),
    "nickel": (Fraction(5), Fraction(1, 20)),
    "nickels": (Fraction(5), Fraction(1, 20)),
    "dime": (Fraction(10), Fraction(1, 10)),
    "dimes": (Fraction(10), Fraction(1, 10)),
    "quarters": (Fraction(25), Fraction(1, 4), Fraction(4)),
}
# A number before one of these is not a count.
_NOT_COUNTED = MEASURE_WORDS | frozenset("time as more le fewer of and or in to from on at".split())
_ALWAYS = (1, 2, 100)
_NUMBER = re.compile(rf"[0-9]|\A(?:{WORD_PATTERN})\Z", re.IGNORECASE)
_TRIGGERS = [(re.compile(pattern, re.IGNORECASE), values) for pattern, values in EVERYDAY_FACTORS.items()]


@dataclass(frozen=True, slots=True)
class Quantity:
    """One given, at [start, end) of the problem; `values` are its possible values, the written one first."""

    start: int
    end: int
    text: str
    values: tuple[Fraction, ...]
    noun: str = ""
    money: bool = False

    @property
    def is_number(self) -> bool:
        """Whether the problem writes it as a number (`12`, `twelve`), not as a word like `twice`."""
        return _NUMBER.search(self.text) is not None


_CENTS = re.compile(r"\b(?:how many|in) cents\b", re.IGNORECASE)


@dataclass(frozen=True)
class Givens:
    """All that a problem gives. `derived` holds complements of percentages and fractions.

    `asks_cents` says that the problem asks for an amount in cents.
    """

    quantities: tuple[Quantity, ...]
    derived: frozenset[Fraction]
    constants: frozenset[Fraction]
    asks_cents: bool = False

    def of(self, value: Fraction) -> tuple[int, ...]:
        """Indices of the quantities that can be used as this value."""
        return self._by_value.get(value, ())

    @cached_property
    def _by_value(self) -> dict[Fraction, tuple[int, ...]]:
        found: dict[Fraction, list[int]] = defaultdict(list)
        for i, quantity in enumerate(self.quantities):
            for value in dict.fromkeys(quantity.values):
                found[value].append(i)
        return {value: tuple(indices) for value, indices in found.items()}

    def explains(self, value: Fraction) -> bool:
        """Whether a number of this value needs no other source than the problem and everyday knowledge."""
        return bool(self.of(value)) or value in self.derived or value in self.constants


@lru_cache(maxsize=64)
def givens(problem: str) -> Givens:
    """The givens of a problem, in text order."""
    cut = tokens(problem)
    found: list[Quantity] = []
    at = 0
    while at < len(cut):
        width = 1
        if ratio := _ratio(cut, at):
            found.append(ratio)
            width = 3
        elif quantity := _single(cut, at):
            found.append(quantity)
        at += width
    return Givens(tuple(found), _derived(found), _constants(problem), bool(_CENTS.search(problem)))


def is_rate(numeral: Numeral) -> bool:
    """Whether a number is a share to be taken of something: a percentage, or a fraction below one."""
    return numeral.percent or (0 < numeral.value < 1 and not numeral.money)


def is_count(quantity: Quantity) -> bool:
    """Whether a quantity counts single things, from 3 to 31: `12 boxes`, but not `12 miles`, `$12` or `12%`."""
    value, *others = quantity.values
    counted = quantity.is_number and bool(quantity.noun) and quantity.noun not in _NOT_COUNTED and not quantity.money
    return counted and not others and value.denominator == 1 and 3 <= value <= 31


def noun_after(cut: list[Token], at: int) -> str:
    """The word that follows a number, in lower case and without a plural s; empty when something else follows."""
    if at + 1 < len(cut) and cut[at + 1].kind == "WORD":
        word = cut[at + 1].text.lower().lstrip("-")
        return word[:-1] if len(word) > 3 and word.endswith("s") else word
    return ""


def _ratio(cut: list[Token], at: int) -> Quantity | None:
    """`3/4`, glued: a fraction, and its parts."""
    three = cut[at : at + 3]
    if [token.kind for token in three] != ["NUMBER", "DIVIDE", "NUMBER"] or not (three[1].glued and three[2].glued):
        return None
    top, bottom = three[0].numeral, three[2].numeral
    if top is None or bottom is None or not bottom.value:
        return None
    values = (top.value / bottom.value, top.value, bottom.value)
    text = "".join(token.text for token in three)
    return Quantity(three[0].start, three[2].end, text, values, noun_after(cut, at + 2))


def _single(cut: list[Token], at: int) -> Quantity | None:
    token = cut[at]
    if token.numeral:
        value = token.numeral.value
        values: tuple[Fraction, ...] = (value,)
        if token.numeral.percent:
            values = (value, value / 100)
        elif token.numeral.style in ("part", "frac", "mixed"):
            values = (value, Fraction(value.numerator), Fraction(value.denominator))
        return Quantity(token.start, token.end, token.text, values, noun_after(cut, at), token.numeral.money)
    if token.kind == "WORD":
        for word in (token.text.lower(), *token.text.lower().split("-")):
            if word in _WORDS:
                return Quantity(token.start, token.end, token.text, _WORDS[word], noun_after(cut, at))
    return None


def _derived(found: list[Quantity]) -> frozenset[Fraction]:
    derived: set[Fraction] = set()
    for quantity in found:
        share = quantity.values[1] if quantity.text[-1:] not in "0123456789" and len(quantity.values) == 2 else None
        first = quantity.values[0]
        for part in (share, first if first < 1 else None):
            if part is not None and 0 < part < 1:
                derived |= {1 - part, 1 + part, 100 * (1 - part), 100 * (1 + part), 100 * part}
        if len(quantity.values) == 2 and first == 100 * quantity.values[1]:
            rest = 1 - quantity.values[1]
            derived |= {rest, 2 - rest, 100 * rest, 100 * (2 - rest)}
    return frozenset(derived)


def _constants(problem: str) -> frozenset[Fraction]:
    values = {value for pattern, facts in _TRIGGERS if pattern.search(problem) for value in facts}
    return frozenset(Fraction(value) for value in {*values, *_ALWAYS})
