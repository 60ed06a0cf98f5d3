"""Compares a pair of formulas in a worker process: math-verify and sympy, with limits on memory and time.

If the parent is killed during a long call of sympy, the default action of the alarm ends this process too.
"""

import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any  # sympy is not typed

MEMORY_BYTES = 512 * 1024 * 1024  # the libraries alone take 70 MB
ALARM_SECONDS = 4.0  # longer than any parent waits
_POINTS = (("7/5", "-11/7", "13/9"), ("-19/11", "23/8", "-5/13"), ("31/6", "9/17", "-27/10"))
_DIGITS = 40


@dataclass(frozen=True)
class Pair:
    """A gold answer and a prediction as LaTeX. `allowance`: how far a number may be from a decimal gold."""

    gold: str
    prediction: str
    allowance: Fraction


class CompareFormulas:
    """The job. Its results: `equal`, `different`, `gold` or `prediction` (can't be parsed), `depth`, `failed`."""

    def load(self) -> None:
        """Set the limits and build the parser's tables, so that the first pair costs no more than others."""
        _limit()
        _parsed("x+\\sqrt{2}")

    def run(self, items: Sequence[Pair]) -> list[str]:
        return [_answer(pair) for pair in items]


def _answer(pair: Pair) -> str:
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, ALARM_SECONDS)
    try:
        return _compared(pair)
    except MemoryError:
        raise  # later results of this process could be wrong
    except RecursionError:
        return "depth"
    except Exception:  # sympy and math-verify raise exceptions of any type
        return "failed"
    finally:
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_REAL, 0)


def _limit() -> None:
    import logging

    logging.disable()
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)  # the user can't act on the libraries' warnings
    if hasattr(signal, "SIGALRM"):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGALRM})
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _compared(pair: Pair) -> str:
    """`equal`, `different`, or the side that can't be parsed: `gold`, `prediction`."""
    left = _parsed(pair.gold)
    if left is None:
        return "gold"
    right = _parsed(pair.prediction)
    if right is None:
        return "prediction"
    return "equal" if _equal(left, right, pair.allowance) else "different"


def _parsed(text: str) -> Any:
    """A sympy object with exact decimals and the constants i and e; None when the text does not parse completely.

    math-verify's parser is called directly, so that it distinguishes x from X and parses only the whole text.
    """
    import sympy
    from latex2sympy2_extended import latex2sympy
    from latex2sympy2_extended.latex2sympy2 import ConversionConfig

    config = ConversionConfig(lowercase_symbols=False)
    try:
        result = latex2sympy(
            text, is_real=True, convert_degrees=True, normalization_config=None, conversion_config=config
        )
    except (MemoryError, RecursionError):
        raise
    except Exception:  # the parser rejects texts with exceptions of many types
        return None
    if not isinstance(result, sympy.Basic | sympy.MatrixBase):
        return None
    exact = {number: sympy.Rational(str(number)) for number in result.atoms(sympy.Float)}
    constants = {s: {"i": sympy.I, "e": sympy.E}[s.name] for s in result.free_symbols if s.name in ("i", "e")}
    return result.xreplace(exact | constants)


def _equal(gold: Any, found: Any, allowance: Fraction) -> bool:
    import sympy
    from math_verify import verify

    expressions = [isinstance(side, sympy.Expr) and not side.is_Matrix for side in (gold, found)]
    if not any(expressions):
        return bool(verify(gold, found, timeout_seconds=None, allow_set_relation_comp=True, raise_on_error=True))
    if not all(expressions):
        return False
    symbols = sorted(gold.free_symbols | found.free_symbols, key=str)
    if not symbols:
        return _near(gold, found, allowance)
    # Expressions in variables count as equal if they agree at several points, on both sides of zero.
    if len(symbols) > len(_POINTS[0]):
        return bool(sympy.simplify(gold - found).is_zero)
    results = []
    for point in _POINTS:
        values = {symbol: sympy.Rational(value) for symbol, value in zip(symbols, point, strict=False)}
        results.append(_near(gold.xreplace(values), found.xreplace(values), allowance * 0))
    return all(results)


def _near(gold: Any, found: Any, allowance: Fraction) -> bool:
    """Whether two numbers agree to 25 digits, or are within the allowance of a decimal gold."""
    import sympy

    left, right = (side.doit().evalf(_DIGITS) for side in (gold, found))
    if not all(side.is_number and side.is_finite for side in (left, right)):
        return bool(left == right and left in (sympy.oo, -sympy.oo))
    gap = abs(sympy.N(left - right, _DIGITS))
    limit = max(sympy.Rational(allowance.numerator, allowance.denominator), abs(left) * sympy.Rational(1, 10**25))
    return bool(gap <= limit)
