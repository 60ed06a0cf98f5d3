"""The worker process: math-verify and sympy on one pair at a time, JSON lines in and out.

Run by symbolic.py as `python -m`. It ends when its input ends, that is, with its parent; were the parent killed while
sympy computes, the alarm's default action kills this process too.
"""

import json
import signal
import sys
from typing import TYPE_CHECKING, Any  # sympy is not typed

if TYPE_CHECKING:
    from fractions import Fraction

MEMORY_BYTES = 512 * 1024 * 1024  # the libraries alone take 70 MB
ALARM_SECONDS = 4.0  # longer than any parent waits
_POINTS = (("7/5", "-11/7", "13/9"), ("-19/11", "23/8", "-5/13"), ("31/6", "9/17", "-27/10"))
_DIGITS = 40


def main() -> None:
    """Answer until the input ends."""
    _limit()
    import logging

    logging.disable()
    _parsed("x+\\sqrt{2}")  # builds the parser's tables, so that the first pair costs no more than others
    _say({"ready": True})
    for line in sys.stdin:
        given = json.loads(line)
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_REAL, ALARM_SECONDS)
        try:
            answer = {"result": _compared(given["gold"], given["prediction"], given["allowance"])}
        except MemoryError:
            _say({"result": "memory"})
            return
        except RecursionError:
            answer = {"result": "depth"}
        except Exception as error:  # sympy and math-verify raise whatever they like
            answer = {"result": "failed", "error": type(error).__name__}
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_REAL, 0)
        _say(answer)


def _limit() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to deal with
    if hasattr(signal, "SIGALRM"):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGALRM})
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _say(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def _compared(gold: str, prediction: str, allowance: str) -> str:
    """`equal`, `different`, or which side can't be read: `gold`, `prediction`."""
    from fractions import Fraction

    left = _parsed(gold)
    if left is None:
        return "gold"
    right = _parsed(prediction)
    if right is None:
        return "prediction"
    same = _equal(left, right, Fraction(allowance))
    return "equal" if same else "different"


def _parsed(text: str) -> Any:
    """A sympy object, decimals exact, i and e the constants; None when the whole text is no mathematics.

    The reader is math-verify's; called directly, it keeps x and X apart and reads nothing but the whole.
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
    except Exception:  # the reader's way to say no has many types
        return None
    if not isinstance(result, sympy.Basic | sympy.MatrixBase):
        return None
    exact = {number: sympy.Rational(str(number)) for number in result.atoms(sympy.Float)}
    constants = {s: {"i": sympy.I, "e": sympy.E}[s.name] for s in result.free_symbols if s.name in ("i", "e")}
    return result.xreplace(exact | constants)


def _equal(gold: Any, found: Any, allowance: "Fraction") -> bool:
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
    # Two expressions in variables are equal where they agree at several points, on both sides of zero.
    if len(symbols) > len(_POINTS[0]):
        return bool(sympy.simplify(gold - found).is_zero)
    results = []
    for point in _POINTS:
        values = {symbol: sympy.Rational(value) for symbol, value in zip(symbols, point, strict=False)}
        results.append(_near(gold.xreplace(values), found.xreplace(values), allowance * 0))
    return all(results)


def _near(gold: Any, found: Any, allowance: "Fraction") -> bool:
    """Whether two numbers agree to 25 digits, or are within the allowance of a decimal gold."""
    import sympy

    left, right = (side.doit().evalf(_DIGITS) for side in (gold, found))
    if not all(side.is_number and side.is_finite for side in (left, right)):
        return bool(left == right and left in (sympy.oo, -sympy.oo))
    gap = abs(sympy.N(left - right, _DIGITS))
    limit = max(sympy.Rational(allowance.numerator, allowance.denominator), abs(left) * sympy.Rational(1, 10**25))
    return bool(gap <= limit)


if __name__ == "__main__":
    main()
