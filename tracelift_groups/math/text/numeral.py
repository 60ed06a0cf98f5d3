"""Parses written numbers exactly, and writes other values in the same form.

`$1,250.00`, `12.5%`, `\\frac{3}{4}`, `1 1/2`, `½` and `twenty-four` are numerals. `3/4` is not: it is a division,
which expression.py parses.
"""

import re
from dataclasses import dataclass

from tracelift_groups.math.text.rational import Fraction

MAX_DIGITS = 30  # longer runs of digits are not quantities of a word problem, and are slow to compute with

GLYPHS = {
    "½": Fraction(1, 2),
    "⅓": Fraction(1, 3),
    "⅔": Fraction(2, 3),
    "¼": Fraction(1, 4),
    "¾": Fraction(3, 4),
    "⅕": Fraction(1, 5),
    "⅖": Fraction(2, 5),
    "⅗": Fraction(3, 5),
    "⅘": Fraction(4, 5),
    "⅙": Fraction(1, 6),
    "⅚": Fraction(5, 6),
    "⅛": Fraction(1, 8),
    "⅜": Fraction(3, 8),
    "⅝": Fraction(5, 8),
    "⅞": Fraction(7, 8),
}
_GLYPH_OF = {value: glyph for glyph, value in GLYPHS.items()}
_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_SCALES = {"hundred": 100, "thousand": 1000, "million": 1_000_000}
WORD_VALUES = {word: value for value, word in enumerate(_ONES)} | {
    word: 10 * n for n, word in enumerate(_TENS, start=2)
}

_WORD = "|".join(sorted([*WORD_VALUES], key=len, reverse=True))
WORD_PATTERN = rf"\b(?:{_WORD})(?:[- ](?:{_WORD}))?(?:[ ](?:hundred|thousand|million))?\b"
DIGIT_PATTERN = (
    r"\\[dt]?frac\s*\{[0-9]{1,12}\}\s*\{[0-9]{1,12}\}"  # \frac{3}{4}
    r"|\\[dt]?frac\s*[0-9][0-9]"  # \frac34
    r"|[0-9]+[ ][0-9]+/[0-9]+(?![0-9/.])"  # 1 1/2
    rf"|[0-9]*[{''.join(GLYPHS)}]"  # ½, 1½
    r"|[0-9]{1,3}(?:(?:,|\{,\}|,\\!)[0-9]{3})+(?:\.[0-9]+)?(?![0-9])"  # 1,250.00
    r"|[1-9][0-9]{0,2}(?:[ ]000)+(?![0-9])"  # 18 000
    r"|[0-9]+(?:\.[0-9]+)?"
    r"|\.[0-9]+"
)
_FRAC = re.compile(r"\\[dt]?frac\s*(?:\{([0-9]+)\}\s*\{([0-9]+)\}|([0-9])([0-9]))")
_MIXED = re.compile(r"([0-9]+) ([0-9]+)/([0-9]+)")


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number at [start, end) of a text. `value` of `12.5%` is 12.5, with `percent` true; `end` excludes the sign %.

    `style` is digits, frac (LaTeX), ratio (`3/4` as a result), mixed, glyph, part (`half`) or word. `decimals` counts
    written decimals; `comma` is the thousands separator in use, or empty; `capital` says that a word is capitalised.
    """

    start: int
    end: int
    value: Fraction
    style: str
    decimals: int = 0
    comma: str = ""
    percent: bool = False
    money: bool = False
    capital: bool = False

    @property
    def quantity(self) -> Fraction:
        """The value an expression computes with: 12.5% counts as 1/8."""
        return self.value / 100 if self.percent else self.value

    @property
    def is_whole(self) -> bool:
        return self.value.denominator == 1

    def write(self, value: Fraction) -> str | None:
        """`value` (on the scale of `self.value`) in this numeral's form; None when the form can't hold it."""
        if value < 0:
            return None
        if self.style == "part":
            return None
        if self.style == "word":
            word = number_word(value)
            return word.capitalize() if word and self.capital else word
        if self.style == "glyph":
            return _GLYPH_OF.get(value) or _digits(value, (0, 1, 2), "")
        if self.style == "frac":
            return f"\\frac{{{value.numerator}}}{{{value.denominator}}}" if value.denominator > 1 else None
        if self.style == "ratio":
            return str(value) if value.denominator > 1 else None
        if self.style == "mixed":
            whole, rest = divmod(value, 1)
            return f"{whole} {rest.numerator}/{rest.denominator}" if whole and rest else None
        if self.comma == " " and value > 999 and value % 1000:
            return None  # `80 250` would be parsed as two numbers
        text = _digits(value, self._widths, self.comma)
        bare = self.decimals and self.end - self.start == self.decimals + 1
        return text.removeprefix("0") if text and bare and "." in text else text

    @property
    def _widths(self) -> tuple[int, ...]:
        """Numbers of decimals that fit this form: `$5` may become `$2.50`, `2.5` may become `3`, `2.50` stays so."""
        padded = (self.value * 10 ** max(self.decimals - 1, 0)).denominator == 1
        if self.money and (padded or self.decimals > 1):
            return (self.decimals, 2)
        return (self.decimals,) if padded else tuple(range(self.decimals + 1))


def parse_numeral(text: str, start: int = 0) -> Numeral | None:
    """The numeral `text` at position `start`; None for a run of more than 30 digits or a zero denominator."""
    end = start + len(text)
    if len(text) > MAX_DIGITS and sum(map(str.isdigit, text)) > MAX_DIGITS:
        return None
    if text.isascii() and text.isdigit():  # the most common form
        return Numeral(start, end, Fraction(int(text)), "digits")
    if text[0].isalpha():
        return Numeral(start, end, Fraction(_word_value(text.lower())), "word", capital=text[0].isupper())
    if text[0] == "\\":
        match = _FRAC.fullmatch(text)
        if match is None:
            return None
        top, bottom = (int(part) for part in match.groups() if part)
        return Numeral(start, end, Fraction(top, bottom), "frac") if bottom else None
    if text[-1] in GLYPHS:
        return Numeral(start, end, GLYPHS[text[-1]] + (int(text[:-1]) if text[:-1] else 0), "glyph")
    if mixed := _MIXED.fullmatch(text):
        whole, top, bottom = map(int, mixed.groups())
        if not 0 < top < bottom:
            return None
        return Numeral(start, end, whole + Fraction(top, bottom), "mixed")
    comma = next((mark for mark in (",\\!", "{,}", ",", " ") if mark in text), "")
    plain = text.replace(comma, "") if comma else text
    return Numeral(start, end, Fraction(plain), "digits", len(plain.partition(".")[2]), comma)


def number_word(value: Fraction) -> str | None:
    """The English word of a whole number from 0 to 99; None for any other."""
    if value.denominator != 1 or not 0 <= value < 100:
        return None
    number = value.numerator
    if number < 20:
        return _ONES[number]
    tens, ones = divmod(number, 10)
    return _TENS[tens - 2] + (f"-{_ONES[ones]}" if ones else "")


def _word_value(text: str) -> int:
    total = 0
    for word in re.split(r"[- ]", text):
        if word in _SCALES:
            total = max(total, 1) * _SCALES[word]
        else:
            total += WORD_VALUES[word]
    return total


def _digits(value: Fraction, widths: tuple[int, ...], comma: str) -> str | None:
    """Decimal digits with the first number of decimals that is exact; None when none of `widths` is."""
    for decimals in widths:
        if (value * 10**decimals).denominator == 1:
            whole, rest = divmod(int(value * 10**decimals), 10**decimals)
            shown = f"{whole:,}".replace(",", comma) if comma else str(whole)
            return f"{shown}.{rest:0{decimals}d}" if decimals else shown
    return None
