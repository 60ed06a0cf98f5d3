"""The unit of an answer: the words behind a number as powers of dimensions, with an exact factor.

A word that is not in the table of units is a unit of its own: 5 apples are neither 5 pears nor 5 apples per day.
"""

import re
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from tracelift_groups.math.text.numeral import WORD_VALUES
from tracelift_groups.math.text.units import UNIT_TABLE, UNITS

_COMPOUNDS = {"mph": "mile per hour", "kph": "km per hour", "kmh": "km per hour", "cc": "cm ^3"}
SCALES = {"dozen": 12, "hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_FILLERS = frozenset("of the a an in total us".split())
# Words that make another number, or a second candidate, of what stands before them.
_NO_UNIT = frozenset(
    "or and to plus minus pi sqrt sin cos tan log ln mod not no if than half halves third thirds fourth fourths "
    "fifth fifths sixth sixths seventh sevenths eighth eighths ninth ninths tenth tenths hundredth hundredths "
    "thousandth thousandths factorial root percent percentage infinity but maybe otherwise wrong false below "
    "negative dozens hundreds thousands millions is isn't".split()
) | frozenset(WORD_VALUES)
_MONEY = re.compile(r"(?P<sign>-?)\s*(?P<symbol>[¤€£])\s*(?P<rest>-?\s*[0-9.][\s\S]*)")
_TAIL = re.compile(
    r"(?P<body>[\s\S]*?[0-9)}\].!]|[\s\S]*\\(?:pi|infty))\s*(?P<unit>(?:[A-Za-z°€£¤%][A-Za-z'-]*\.?|\^\s*\{?[23]\}?|/|\s)+)"
)
_PIECE = re.compile(r"[A-Za-z°€£¤%]['A-Za-z-]*|\^\s*\{?[23]\}?|/")
_MAX_WORDS = 12


@dataclass(frozen=True, slots=True)
class Unit:
    """Powers of dimensions, and how many of their base units one of this is. No powers: no unit at all."""

    powers: tuple[tuple[str, int], ...] = ()
    factor: Fraction = Fraction(1)


@dataclass(frozen=True, slots=True)
class Measured:
    """A text taken apart: the number or expression, the scale word's factor, the unit, whether in percent."""

    body: str
    scale: int = 1
    unit: Unit = Unit()
    percent: bool = False


def take_apart(text: str) -> Measured:
    """Number and unit of a normalised text. A tail that is no unit stays in the body."""
    if money := _MONEY.fullmatch(text):
        rest = take_apart(money["sign"] + money["rest"])
        if not rest.unit.powers:
            return Measured(rest.body, rest.scale, _unit([money["symbol"]]), rest.percent)
        return rest if rest.unit == _unit([money["symbol"]]) else Measured(text)
    tail = _TAIL.fullmatch(text)
    if tail is None:
        return Measured(text)
    body, pieces = tail["body"].strip(), _PIECE.findall(tail["unit"].replace("%", " % "))
    if pieces[:1] in (["%"], ["percent"]):
        return Measured(body, percent=True) if len(pieces) == 1 else Measured(text)
    scale = 1
    while pieces and pieces[0].lower() in SCALES:
        scale *= SCALES[pieces.pop(0).lower()]
    glued = not text[len(tail["body"])].isspace()
    if scale > 1 and not pieces:
        return Measured(body, scale)
    if not _names_unit(pieces, variable=glued and not body[-1].isdigit()):
        return Measured(text)
    unit = _unit(pieces)
    return Measured(body, scale, unit)


def total(text: str) -> Measured | None:
    """`3 hours 20 minutes` as 200 minutes in base units; None unless it is several numbers of one known dimension."""
    parts = re.findall(r"([0-9][0-9.,/]*)\s*([A-Za-z]+)\.?(?:\s*,?\s*and\b|\s*,)?\s*", text)
    if len(parts) < 2 or re.sub(r"[0-9.,/\sA-Za-z]", "", text):
        return None
    units = [_unit([word]) for _, word in parts]
    known = all(unit.powers and unit.powers[0][0] in UNIT_TABLE for unit in units)
    whole = "".join(re.sub(r"[\s,.]|and", "", text)) == "".join(re.sub(r"[\s,.]|and", "", n + w) for n, w in parts)
    if not known or not whole or len({unit.powers for unit in units}) > 1:
        return None
    if any(later.factor >= earlier.factor for earlier, later in pairwise(units)):
        return None
    try:
        value = sum(Fraction(n.replace(",", "")) * unit.factor for (n, _), unit in zip(parts, units, strict=True))
    except (ValueError, ZeroDivisionError):
        return None
    return Measured(str(value), unit=Unit(units[0].powers))


def _names_unit(pieces: list[str], *, variable: bool) -> bool:
    words = [piece for piece in pieces if piece[0].isalpha()]
    if len(pieces) > _MAX_WORDS or "%" in pieces or any(word.lower().strip("-") in _NO_UNIT for word in words):
        return False
    single = [word for word in words if len(word) == 1 and word != "a"]
    if any(word not in UNITS for word in single) or (variable and single):
        return False
    return bool(pieces) and pieces[0] != "/" and pieces[0][0] != "^"


def _unit(pieces: list[str]) -> Unit:
    powers: Counter[str] = Counter()
    factor, sign, waiting = Fraction(1), 1, 1
    last: tuple[str, Fraction] | None = None
    for piece in [part for written in pieces for part in _COMPOUNDS.get(written, written).split()]:
        word = _singular(piece)
        if word in ("per", "/"):
            sign = -1
        elif word in ("square", "sq", "cubic"):
            waiting = 3 if word == "cubic" else 2
        elif word in ("squared", "cubed") or piece[0] == "^":
            more = 2 if word == "cubed" or "3" in piece else 1
            if last:
                powers[last[0]] += sign * more
                factor *= last[1] ** (sign * more)
        elif word not in _FILLERS:
            last = UNITS.get(piece) or UNITS.get(word) or (word, Fraction(1))
            powers[last[0]] += sign * waiting
            factor *= last[1] ** (sign * waiting)
            waiting = 1
    return Unit(tuple(sorted((name, power) for name, power in powers.items() if power)), factor)


def _singular(word: str) -> str:
    word = word.lower().rstrip(".")
    return word[:-1] if len(word) > 2 and word.endswith("s") and not word.endswith("ss") else word
