"""How common a number is in worked arithmetic: people often write 24 and 150, rarely 31 or 153.

Wrong numbers that are drawn without regard to this reveal a flaw. The formula was fitted to the 94,275 numbers in the
worked solutions of GSM8K train: small numbers, numbers with many divisors and round numbers are common. The weighted
deviation of the log counts is 2.8 before the fit and 0.9 after it.
"""

from functools import lru_cache
from math import exp, log

_SIZE, _DIVISORS, _FIVES, _TENS, _HUNDREDS, _PLACE = -1.7, 1.35, 1.1, 0.6, 2.0, -2.4
_LARGEST = 20_000  # largest number whose divisors are counted


@lru_cache(maxsize=8192)
def log_frequency(whole: int, places: int = 0) -> float:
    """The logarithm of how often whole / 10**places is written, up to a constant: 0 for 1, -1.3 for 10, -5.3 for 41.

    `whole` is positive; 125 with 1 place is 12.5.
    """
    while places and whole % 10 == 0:
        whole, places = whole // 10, places - 1
    common = _DIVISORS * log(_divisors(whole)) + _FIVES * (whole % 5 == 0) + _TENS * (whole % 10 == 0)
    return round(_SIZE * log(whole) + common + _HUNDREDS * (whole % 100 == 0) + _PLACE * places, 3)


@lru_cache(maxsize=8192)
def frequency(whole: int, places: int = 0) -> float:
    """How often whole / 10**places is written, relative to 1."""
    return round(exp(log_frequency(whole, places)), 9) + 1e-9


def _divisors(number: int) -> int:
    """The number of divisors; for a number above _LARGEST, that of its leading digits."""
    while number > _LARGEST:
        number //= 10
    count, prime = 1, 2
    while prime * prime <= number:
        power = 1
        while number % prime == 0:
            number //= prime
            power += 1
        count *= power
        prime += 1
    return count * (2 if number > 1 else 1)
