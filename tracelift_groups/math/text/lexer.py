"""Splits a text into numerals, operators, brackets, relations and words, in one pass, with their positions.

It covers arithmetic in plain prose, GSM8K lines and LaTeX; expression.py parses the tokens. Ordinals (`1st`), list
markers and names with digits (`A4`) are words, not numerals.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from tracelift_groups.math.text.numeral import DIGIT_PATTERN, GLYPHS, WORD_PATTERN, WORD_VALUES, Numeral, parse_numeral
from tracelift_groups.math.text.rational import Fraction

LETTER = rf"[^\W\d_{''.join(GLYPHS)}]"
_PART = "half|halves|thirds?|quarters?|fourths?|fifths?|sixths?|sevenths?|eighths?|ninths?|tenths?"
_COUNT = "an?|one|two|three|four|five|six|seven|eight|nine|ten"
FRACTION_WORD = (
    rf"\b(?:(?:{_COUNT})[- ])?(?:{_PART})(?=\sof\b)|\b(?:one|two|three|four|five|six|seven|eight|nine)-(?:{_PART})\b"
)

# Words for arithmetic, matched only where one of their first words is.
_PHRASE = re.compile(
    rf"""
    (?P<PART>{FRACTION_WORD})
  | (?P<NUMBERWORD>(?!one\b(?!\shundred|\sthousand)){WORD_PATTERN})
  | (?P<PERCENT>percent\b)
  | (?P<PLUS>plus\b)
  | (?P<MINUS>minus\b)
  | (?P<MULTIPLY>times(?=\s(?:[$\\(0-9.]|{WORD_PATTERN}))|multiplied\sby\b)
  | (?P<DIVIDE>divided\sby\b)
  | (?P<IS>(?:is\sequal\sto|equals(?:\sto)?|equal\sto|is|are|gives|makes)\b)
  | (?P<OF>of\b)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_PHRASE_STARTS = frozenset(
    "plus minus times multiplied divided percent is are equals equal gives makes of a an half halves".split()
    + [
        f"{part}{plural}"
        for part in "third quarter fourth fifth sixth seventh eighth ninth tenth".split()
        for plural in ("", "s")
    ]
    + list(WORD_VALUES)
)
_FIRST_WORD = re.compile(rf"{LETTER}+")
_MARKER = re.compile(r"[ \t]*(?:[Ss]tep\s)?[0-9]{1,2}[.):](?=\s)")
_LEXEME = re.compile(
    rf"""[^\S\n]*(?:
    (?P<TIMES>[xX](?<=[0-9)%\sa-z][xX])(?=\s?[*$\\(]{{0,4}}\s?(?:[.0-9]|[dt]?frac|sqrt)))
  | (?P<WORD>{LETTER}+(?:['’/-]{LETTER}+)*(?:(?<=\bsq)\.|(?<=\bft)\.|(?<=\boz)\.|(?<=\blbs)\.)?)
  | (?P<ORDINAL>[0-9]+(?:st|nd|rd|th)\b)
  | (?P<DIGITS>(?<![0-9A-Za-z_])(?<![0-9][.,])(?:{DIGIT_PATTERN}))
  | (?P<AFTERX>(?:(?<=[0-9][xX])|(?<=\\cdot)|(?<=\\times)|(?<=\\ast)|(?<=\\div))(?:{DIGIT_PATTERN}))
  | (?P<PERCENT>\\?%)
  | (?P<PLUS>\+)
  | (?P<HYPHEN>-(?<=[0-9]-)[A-Za-z]{{2,}}(?:-[A-Za-z]+)*)
  | (?P<MINUS>[-−–])
  | (?P<DEGREE>\^\s*\{{?\s*\\(?:circ|degree)\b\s*\}}?|°)
  | (?P<POWER>\^|\*\*(?<=[0-9)]\*\*)(?=[0-9(]))
  | (?P<BOLD>\*\*)
  | (?P<MULTIPLY>[*×·∙•⋅]|\\(?:times|cdot|ast)(?![A-Za-z]))
  | (?P<DIVIDE>[/÷]|\\div(?![A-Za-z]))
  | (?P<FACTORIAL>!(?<=[0-9)]!)(?!\s*\Z|\s*\n|\s+["'A-Z]))
  | (?P<EQUAL>=|&=|&\s=)
  | (?P<ABOUT>[≈~]|\\approx\b)
  | (?P<FRAC>\\[dt]?frac(?=\s*\{{))
  | (?P<SQRT>\\sqrt(?=\s*\{{))
  | (?P<UNIT>\\(?:text|mathrm|mbox|textrm)\s*\{{[^{{}}]{{0,60}}\}})
  | (?P<SKIP>\\(?:left|right|displaystyle|quad|[,!;: ])|\\\\\s*(?=&\s*=)|\n)
  | (?P<MONEY>\\?\$|[€£])
  | (?P<SYMBOL>\\[A-Za-z]+|_)
  | (?P<OPEN>[(\[{{])
  | (?P<CLOSE>[)\]}}])
  | (?P<STOP>\S)
    )""",
    re.VERBOSE,
)
_MEANING = {"ORDINAL": "WORD", "TIMES": "MULTIPLY", "UNIT": "WORD", "HYPHEN": "WORD", "DEGREE": "WORD"}
_NUMERIC = frozenset({"DIGITS", "AFTERX", "NUMBERWORD", "PART"})
OPERATORS = {"PLUS": "+", "MINUS": "-", "MULTIPLY": "*", "DIVIDE": "/", "POWER": "^"}
_DENOMINATOR = {
    "half": 2, "hal": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8,
    "ninth": 9, "tenth": 10,
}  # fmt: skip


class Token(NamedTuple):
    """`kind` is NUMBER, one of OPERATORS, EQUAL, ABOUT, IS, OF, FRAC, SQRT, MONEY, OPEN, CLOSE, WORD, SYMBOL, STOP…

    `glued` says that no white space precedes it.
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
    end = 0
    for name, start, stop in _lexemes(text):
        shown = text[start:stop]
        if name in ("SKIP", "BOLD"):
            if shown == "\n":
                found.append(Token("STOP", start + offset, stop + offset, "\n", False))
            elif shown == "\\left" and start == end:  # `3\left(x` is glued
                end = stop
            continue
        glued = start == end
        end = stop
        if name in _NUMERIC:
            numeral = (_fraction_word if name == "PART" else parse_numeral)(shown, start + offset)
            kind = "NUMBER" if numeral else "STOP"
            found.append(Token(kind, start + offset, stop + offset, shown, glued, numeral))
        elif name == "PERCENT" and found and found[-1].numeral:
            found[-1] = _in_percent(found[-1])
        else:
            found.append(Token(_MEANING.get(name, name), start + offset, stop + offset, shown, glued))
    return [_with_money(found, i) if token.numeral else token for i, token in enumerate(found)]


def _lexemes(text: str) -> Iterator[tuple[str, int, int]]:
    """Name, start and end of each lexeme; a word is matched twice only where a phrase may begin."""
    at, size, line_start = 0, len(text), True
    while at < size:
        if line_start and (marker := _MARKER.match(text, at)):
            yield "MARKER", marker.start(), marker.end()
            at = marker.end()
        line_start = False
        match = _LEXEME.match(text, at)
        if match is None:
            return
        name = match.lastgroup or "STOP"
        start, at = match.start(name), match.end()
        if name == "WORD" and _FIRST_WORD.match(text, start, at)[0].lower() in _PHRASE_STARTS:  # type: ignore[index]  # a WORD begins with one
            phrase = _PHRASE.match(text, start)
            if phrase and (phrase.lastgroup in _NUMERIC or text[start].islower()):
                name, at = phrase.lastgroup or "WORD", phrase.end()
        line_start = text[at - 1] == "\n"
        yield name, start, at


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
    """`half`, `two-thirds`, `a quarter`: a numeral that is parsed but never rewritten."""
    *count, part = re.split(r"[- ]", text.lower())
    bottom = next(n for word, n in _DENOMINATOR.items() if part.startswith(word))
    top = 1 if not count or count[0] in ("a", "an") else WORD_VALUES[count[0]]
    return Numeral(start, start + len(text), Fraction(top, bottom), "part")
