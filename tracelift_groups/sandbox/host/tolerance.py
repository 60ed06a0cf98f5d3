"""Numbers within a tolerance: of values, and of words in plain decimal writing.

Two whole numbers are compared exactly, whatever their length. Other numbers are floats of double precision.
"""

import math
import re

_DECIMAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
_INTEGER = re.compile(r"[+-]?\d+", re.ASCII)
_NAMED = re.compile(r"[+-]?(nan|inf|infinity)", re.ASCII | re.IGNORECASE)


def near(want: float, got: float, tolerance: float) -> bool:
    """Whether `got` is `want` or differs by at most `tolerance`, absolutely or relative to `want`.

    An infinity equals only itself, NaN only NaN.
    """
    if math.isnan(want) or math.isnan(got):
        return math.isnan(want) and math.isnan(got)
    if want == got or math.isinf(want) or math.isinf(got):
        return want == got
    difference = abs(want - got)
    if math.isinf(difference):  # the difference of two finite floats can be too large for a float
        return abs(want / 4 - got / 4) <= tolerance * (abs(want) / 4)
    return difference <= tolerance * max(1.0, abs(want))


def near_words(want: str, got: str, tolerance: float) -> bool:
    """Whether two words are the same, or numbers that are `near` each other.

    A number has ASCII digits, and may have a sign, a point and an exponent; `nan`, `inf` and `infinity`, in upper or
    lower case, equal only themselves. A number too large for a float equals only the same word or the same integer.
    """
    if want == got:
        return True
    if _INTEGER.fullmatch(want) and _INTEGER.fullmatch(got):
        return _canonical(want) == _canonical(got)
    if _NAMED.fullmatch(want) and _NAMED.fullmatch(got):
        return near(float(want), float(got), 0.0)
    if _DECIMAL.fullmatch(want) and _DECIMAL.fullmatch(got):
        numbers = float(want), float(got)
        return all(map(math.isfinite, numbers)) and near(*numbers, tolerance)
    return False


def _canonical(integer: str) -> str:
    digits = integer.lstrip("+-").lstrip("0")
    return f"-{digits}" if digits and integer.startswith("-") else digits
