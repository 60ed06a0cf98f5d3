"""Cuts a text into numerals, operators, brackets, relations and words, in one pass, keeping every position.

It knows how arithmetic is typed in plain prose, GSM8K lines and LaTeX; what the tokens mean together is expression.py's
subject. Ordinals (`1st`), list markers and names with digits (`A4`) are words, not numerals.
"""

import re
from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple

from tracelift_groups.numeral import DIGIT_PATTERN, WORD_PATTERN, WORD_VALUES, Numeral, parse_numeral

_PART = "half|halves|thirds?|quarters?|fourths?|fifths?|sixths?|sevenths?|eighths?|ninths?|tenths?"
_COUNT = "an?|one|two|three|four|five|six|seven|eight|nine|ten"
FRACTION_WORD = (
    rf"\b(?:(?:{_COUNT})[- ])?(?:{_PART})(?=\sof\b)|\b(?:one|two|three|four|five|six|seven|eight|nine)-(?:{_PART})\b"
)

_LEXEME = re.compile(
    rf"""
    (?P<MARKER>(?:(?<=\n)|\A)[ \t]*(?:[Ss]tep\s)?[0-9]{{1,2}}[.):](?=\s))
  | (?P<ORDINAL>[0-9]+(?:st|nd|rd|th)\b)
  | (?P<TIMES>(?<=[0-9)%\sa-z])[xX](?=\s?[*$\\(]{{0,4}}\s?[.0-9]))
  | (?P<DIGITS>(?<![0-9A-Za-z_])(?<![0-9][.,])(?:{DIGIT_PATTERN}))
  | (?P<AFTERX>(?<=[0-9][xX])(?:{DIGIT_PATTERN}))
  | (?P<PART>(?i:{FRACTION_WORD}))
  | (?P<NUMBERWORD>(?i:(?!one\b(?!\shundred|\sthousand)){WORD_PATTERN}))
  | (?P<PERCENT>\s?\\?%|\spercent\b)
  | (?P<PLUS>\+|\bplus\b)
  | (?P<HYPHEN>(?<=[0-9])-[A-Za-z]{{2,}}(?:-[A-Za-z]+)*)
  | (?P<MINUS>[-−–]|\bminus\b)
  | (?P<POWER>\^|(?<=[0-9)])\*\*(?=[0-9(]))
  | (?P<BOLD>\*\*)
  | (?P<MULTIPLY>[*×·∙•⋅]|\\(?:times|cdot|ast)\b|\btimes(?=\s(?:[$\\(0-9.]|{WORD_PATTERN}))|\bmultiplied\sby\b)
  | (?P<DIVIDE>[/÷]|\\div\b|\bdivided\sby\b)
  | (?P<FACTORIAL>(?<=[0-9)])!(?!\s*\Z|\s*\n|\s+["'A-Z]))
  | (?P<EQUAL>=|&=)
  | (?P<ABOUT>≈|\\approx\b|~)
  | (?P<IS>\b(?:is\sequal\sto|equals(?:\sto)?|equal\sto|is|are|gives|makes)\b)
  | (?P<OF>\bof\b)
  | (?P<FRAC>\\[dt]?frac(?=\s*\{{))
  | (?P<SQRT>\\sqrt(?=\s*\{{))
  | (?P<UNIT>\\(?:text|mathrm|mbox|textrm)\s*\{{[^{{}}]{{0,60}}\}})
  | (?P<SKIP>\\(?:left|right|displaystyle|quad|[,!;: ])|\n|[^\S\n]+)
  | (?P<MONEY>\\?\$|[€£])
  | (?P<SYMBOL>\\[A-Za-z]+|_)
  | (?P<OPEN>[(\[{{])
  | (?P<CLOSE>[)\]}}])
  | (?P<WORD>[^\W\d_]+(?:['’/-][^\W\d_]+)*(?:(?<=\bsq)\.|(?<=\bft)\.|(?<=\boz)\.|(?<=\blbs)\.)?)
  | (?P<STOP>\S)
    """,
    re.VERBOSE,
)
_MEANING = {"ORDINAL": "WORD", "MARKER": "MARKER", "TIMES": "MULTIPLY", "UNIT": "WORD", "HYPHEN": "WORD"}
_NUMERIC = frozenset({"DIGITS", "AFTERX", "NUMBERWORD", "PART"})
OPERATORS = {"PLUS": "+", "MINUS": "-", "MULTIPLY": "*", "DIVIDE": "/", "POWER": "^"}
_DENOMINATOR = {
    "half": 2, "hal": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8,
    "ninth": 9, "tenth": 10,
}  # fmt: skip


class Token(NamedTuple):
    """`kind` is NUMBER, one of OPERATORS, EQUAL, ABOUT, IS, OF, FRAC, SQRT, MONEY, OPEN, CLOSE, WORD, SYMBOL, STOP…

    `glued` says that no white space stands before it.
    """

    kind: str
    start: int
    end: int
    text: str
    glued: bool
    numeral: Numeral | None = None


def tokens(text: str, offset: int = 0) -> list[Token]:
    """Tokens of a text in order; white space is dropped. Positions start at `offset`."""
    found: list[Token] = []
    end = offset
    for match in _LEXEME.finditer(text):
        name = match.lastgroup or "STOP"
        start, stop = match.start() + offset, match.end() + offset
        shown = match[0]
        if name in ("SKIP", "BOLD"):
            if "\n" in shown:
                found.append(Token("STOP", start, stop, "\n", False))
            continue
        glued = start == end
        end = stop
        if name in _NUMERIC:
            numeral = _fraction_word(shown, start) if name == "PART" else parse_numeral(shown, start)
            kind = "NUMBER" if numeral else "STOP"
            found.append(Token(kind, start, stop, shown, glued, numeral))
        elif name == "PERCENT" and found and found[-1].numeral:
            found[-1] = _in_percent(found[-1])
        else:
            found.append(Token(_MEANING.get(name, name), start, stop, shown, glued))
    return [_with_money(found, i) if token.numeral else token for i, token in enumerate(found)]


def _in_percent(number: Token) -> Token:
    return number._replace(numeral=replace(number.numeral, percent=True)) if number.numeral else number


def _with_money(found: list[Token], index: int) -> Token:
    """Mark `$5` as money; `$5$` is LaTeX, not money."""
    token = found[index]
    before = found[index - 1] if index else None
    after = found[index + 1] if index + 1 < len(found) else None
    latex = after is not None and after.text == "$" and after.glued
    if token.numeral is None or before is None or before.kind != "MONEY" or latex:
        return token
    return token._replace(numeral=replace(token.numeral, money=True))


def _fraction_word(text: str, start: int) -> Numeral:
    """`half`, `two-thirds`, `a quarter`: a numeral that can be read and not rewritten."""
    *count, part = re.split(r"[- ]", text.lower())
    bottom = next(n for word, n in _DENOMINATOR.items() if part.startswith(word))
    top = 1 if not count or count[0] in ("a", "an") else WORD_VALUES[count[0]]
    return Numeral(start, start + len(text), Fraction(top, bottom), "part")
