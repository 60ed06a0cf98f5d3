"""Parses numbers exactly: integers of any length, decimals, fractions, mixed and scientific numbers; no floats.

A number in digits is a `Decimal`, so that `1e400` or 10⁵ digits cost nothing; a computed value is a `Fraction`. The
texts nan, inf and `1_000` are not numbers here.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from tracelift_groups.math.text.expression import Parser, evaluate
from tracelift_groups.math.text.lexer import tokens
from tracelift_groups.math.text.numeral import WORD_PATTERN, parse_numeral

_DIGITS = (
    r"(?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])(?:\.[0-9]+)?|[1-9][0-9]{0,2}(?: [0-9]{3})+(?![0-9])"
    r"|[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
)
_WRITTEN = re.compile(
    rf"(?P<sign>[-+]?)\s*(?P<digits>{_DIGITS})"
    r"(?:[eE](?P<e>[-+]?[0-9]{1,12})|\s*(?:\\times|\\cdot|\*|x)\s*10\s*\^\s*(?:\{\s*(?P<b>[-+]?[0-9]{1,12})\s*\}|(?P<c>[-+]?[0-9]{1,12})))?"
)
_POWER_OF_TEN = re.compile(r"(?P<sign>[-+]?)10\^(?:\{(?P<b>-?[0-9]{1,12})\}|(?P<c>[0-9]{1,12}))")
_REPEATING = re.compile(r"([-+]?)([0-9]{0,20})\.([0-9]{0,20})\\(?:overline|bar|dot)\s*\{([0-9]{1,20})\}")
_ARITHMETIC = re.compile(r"(?:[-0-9+*/^(). {}!]|\\(?:frac|cdot|times|div|sqrt)(?![A-Za-z]))+")
_WORD = re.compile(WORD_PATTERN, re.IGNORECASE)
_MAX_EXPRESSION = 200
_MAX_SIZE = 4000  # digits, with trailing or leading zeros, above which no Fraction is computed


@dataclass(frozen=True, slots=True)
class AnswerNumber:
    """`last` is the exponent of the last digit of a number with a decimal point, else None."""

    value: Decimal | Fraction
    last: int | None = None

    def fraction(self) -> Fraction | None:
        """The value as a Fraction; None when that would take more than 4,000 digits."""
        if isinstance(self.value, Fraction):
            return self.value
        _, digits, exponent = self.value.as_tuple()
        size = len(digits) + abs(int(exponent))
        return Fraction(self.value) if size <= _MAX_SIZE or not self.value else None

    def times(self, factor: Fraction) -> "AnswerNumber | None":
        """The product; None when it is too large to be computed."""
        if factor == 1:
            return self
        value = self.fraction()
        return None if value is None else AnswerNumber(value * factor, self.last)

    def allowance(self, other: "AnswerNumber | None") -> Fraction:
        """The tolerance of this gold number; `other` is the answer, None when it is an expression.

        0 unless this is a decimal of at least two significant digits. Then half a unit of its last digit, and at most
        1 % of an answer that is a decimal too: 0.33 matches 1/3 and 0.333, 0.25 does not match 0.254.
        """
        if self.last is None or not isinstance(self.value, Decimal) or abs(self.last) > _MAX_SIZE:
            return Fraction(0)
        if self.value.adjusted() <= self.last:
            return Fraction(0)
        half = Fraction(10) ** self.last / 2
        if other is None or other.last is None:
            return half
        value = other.fraction()
        return Fraction(0) if value is None else min(half, abs(value) / 100)


def read_number(text: str) -> AnswerNumber | None:
    """The value of a normalised text that is one number as a whole; None for any other text."""
    if written := _WRITTEN.fullmatch(text):
        return _written(written)
    if power := _POWER_OF_TEN.fullmatch(text):
        return AnswerNumber(Decimal(f"{power['sign']}1e{power['b'] or power['c']}"))
    if len(text) > _MAX_EXPRESSION:
        return None
    if repeating := _REPEATING.fullmatch(text):
        return AnswerNumber(_repeating(*repeating.groups()))
    if _WORD.fullmatch(text):
        numeral = parse_numeral(text)
        return AnswerNumber(_standard(numeral.value)) if numeral else None
    value = _computed(text)
    return None if value is None else AnswerNumber(value)


def is_written(text: str) -> bool:
    """Whether a normalised text is a literal number: digits, scientific notation or a word, nothing to evaluate."""
    return any(form.fullmatch(text) for form in (_WRITTEN, _POWER_OF_TEN, _REPEATING, _WORD))


def same(gold: AnswerNumber, found: AnswerNumber, allowance: Fraction) -> bool:
    """Whether two numbers are equal, or not farther apart than `allowance`."""
    if isinstance(gold.value, Decimal) and isinstance(found.value, Decimal) and gold.value == found.value:
        return True
    left, right = gold.fraction(), found.fraction()
    return left is not None and right is not None and abs(left - right) <= allowance


def _written(match: re.Match[str]) -> AnswerNumber:
    digits = match["digits"].replace(",", "").replace(" ", "")
    shift = match["e"] or match["b"] or match["c"] or "0"
    value = Decimal(f"{match['sign']}{digits}e{shift}")
    return AnswerNumber(value, int(value.as_tuple().exponent) if "." in digits.rstrip(".") else None)


def _repeating(sign: str, whole: str, fixed: str, cycle: str) -> Fraction:
    start = Fraction(int(whole + fixed or "0"), 10 ** len(fixed))
    rest = Fraction(int(cycle), (10 ** len(cycle) - 1) * 10 ** len(fixed))
    return -(start + rest) if sign == "-" else start + rest


def _computed(text: str) -> Fraction | None:
    """Exact arithmetic on plain numbers: `3/4`, `5 1/2`, `\\frac{3}{4}`, `2^{10}`."""
    if not _ARITHMETIC.fullmatch(text):
        return None
    cut = tokens(re.sub(r"\^\{(-?[0-9]+)\}", r"^(\1)", re.sub(r"(\\frac\{[^{}]*\}) +\{", r"\1{", text)))
    parser = Parser(cut)
    found = parser.expression()
    value = evaluate(found) if found is not None and parser.at == len(cut) else None
    return None if value is None else _standard(value)


def _standard(value: Fraction) -> Fraction:
    """A Fraction of text/rational.py as one of the standard library."""
    return Fraction(int(value.numerator), int(value.denominator))
