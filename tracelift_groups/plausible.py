"""Wrong numbers that could pass for right ones: same form, similar size, same roundness."""

from fractions import Fraction
from random import Random

from tracelift_groups.numeral import Numeral


def alike(numeral: Numeral, rng: Random) -> list[Fraction]:
    """Other values for a numeral (on the scale of `value`), in random order: a slip in one digit, two digits exchanged.

    Whole stays whole, `12.50` keeps two decimals, 1,200 stays round. Empty for a form without such neighbours (`½`).
    """
    if numeral.style == "ratio":
        return _ratios(numeral.value, rng)
    if numeral.style not in ("digits", "word") or numeral.value <= 0:
        return []
    scale = 10**numeral.decimals
    whole = int(numeral.value * scale)
    zeros = len(str(whole)) - len(str(whole).rstrip("0"))
    digits = str(whole).rstrip("0")
    found = {f"{int(digits) + step}" for step in (-2, -1, 1, 2, *((-10, 10) if int(digits) > 20 else ()))}
    found |= {digits[:i] + digits[i + 1] + digits[i] + digits[i + 2 :] for i in range(len(digits) - 1)}
    values = {Fraction(int(text + "0" * zeros), scale) for text in found if text != digits and int(text) > 0}
    same_length = sorted(value for value in values if len(str(int(value * scale))) == len(str(whole)))
    rng.shuffle(same_length)
    return same_length


def _ratios(value: Fraction, rng: Random) -> list[Fraction]:
    """Fractions with a numerator or denominator one or two off; below one where the value is, and never whole."""
    top, bottom = value.numerator, value.denominator
    near = {Fraction(top + a, bottom + b) for a in (-2, -1, 0, 1, 2) for b in (-2, -1, 0, 1, 2) if bottom + b > 1}
    fitting = sorted(v for v in near if v > 0 and v != value and v.denominator > 1 and (v < 1) == (value < 1))
    rng.shuffle(fitting)
    return fitting
