"""Surface features of a trace without its problem: length, statistics of its numbers, repetition, style.

Each function returns the same features, in the same order, for any text. A feature says nothing about correctness;
probes.py tests whether it distinguishes flaws from references anyway.
"""

import re
from collections import Counter
from math import log1p

from tracelift_groups.flaws.surface_balance import WRITTEN_NUMBER
from tracelift_groups.records.trace import Trace

_LARGEST = 1e300  # a number of 400 digits would overflow to infinity
_WORD = re.compile(r"[^\W\d_]+")
_SIGNS = "=+-*/×÷−%$.,:;!?()\"'"
_CONNECTIVES = (
    "so then therefore thus hence because since as if but and or first next now finally total altogether each left"
).split()


def lengths(text: str) -> dict[str, float]:
    """Counts of characters, words (split at white space) and steps."""
    return {"characters": len(text), "words": len(text.split()), "steps": len(Trace.read(text).steps)}


def numbers(text: str) -> dict[str, float]:
    """Statistics of the numbers written in digits; all 0 without numbers.

    Counts of numbers, of fractions and of written decimals, the shares of first and of last digits, and the extremes on
    a logarithmic scale.
    """
    written = _written(text)
    values = [_value(number) for number in written]
    decimals = [len(number.partition(".")[2]) for number in written]
    first = Counter(number.lstrip("0.,")[:1] for number in written)
    last = Counter(number[-1] for number in written)
    count = len(written) or 1
    found = {
        "numbers": len(written),
        "not whole": sum(value % 1 != 0 for value in values),
        "with decimals": sum(map(bool, decimals)),
        "decimals": sum(decimals),
        "most decimals": max(decimals, default=0),
        "with a comma": sum("," in number for number in written),
        "digits of a number": sum(map(len, written)) / count,
        "largest": log1p(max(values, default=0)),
        "smallest": log1p(min(values, default=0)),
        "mean": sum(map(log1p, values)) / count,
    }
    found |= {f"first digit {digit}": first[digit] / count for digit in "123456789"}
    return found | {f"last digit {digit}": last[digit] / count for digit in "0123456789"}


def repetition(text: str) -> dict[str, float]:
    """Which numbers occur twice in the trace. A break here is the flaw itself, not a shortcut."""
    values = [_value(number) for number in _written(text)]
    once = sum(count == 1 for count in Counter(values).values())
    return {
        "the last number was seen before": float(bool(values) and values[-1] in values[:-1]),
        "numbers that occur once": once,
        "share of numbers that occur once": once / (len(values) or 1),
    }


def style(text: str) -> dict[str, float]:
    """Counts of digits, signs, fences, markup, capitals and connectives, and how the steps end."""
    steps = [step.strip() for step in Trace.read(text).steps]
    words = Counter(word.lower() for word in _WORD.findall(text))
    found: dict[str, float] = {
        "digits": sum(map(str.isdigit, text)),
        "capitals": sum(map(str.isupper, text)),
        "steps": len(steps),
        "fences": text.count("```"),
        "bold": text.count("**"),
        "LaTeX": text.count("\\"),
        "steps without =": sum("=" not in step for step in steps),
        "steps without a digit": sum(not any(map(str.isdigit, step)) for step in steps),
        "steps that end in a stop": sum(step.endswith(".") for step in steps),
        "= in the last step": float(bool(steps) and "=" in steps[-1]),
    }
    found |= {f"sign {sign}": text.count(sign) for sign in _SIGNS}
    return found | {f"word {word}": words[word] for word in _CONNECTIVES}


def _written(text: str) -> list[str]:
    return WRITTEN_NUMBER.findall(text)


def _value(number: str) -> float:
    return min(float(number.replace(",", "")), _LARGEST)
