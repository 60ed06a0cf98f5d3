"""Hard pairs of answers with truth labels: ours, math-verify and the released rule side by side.

The released `answers_equivalent` is known to us only by what it was measured to accept and reject. `_released` is a
re-implementation of that behaviour, not the released code: it may differ where nothing was measured. It finds the last
box or ####, or a whole number behind "answer is"; drops `$`, commas, spaces, brackets, `%` signs and letters behind a
number; compares texts, then numbers to an absolute 1e-6.
"""

import json
import re
import time
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from statistics import median

from figure import Figure, Result, Setup

from tracelift_groups.math.answers.verify import verify_answer

PAIRS = Path(__file__).parents[2] / "tests" / "data" / "answer_pairs.jsonl"
_CALL_SECONDS = 2  # math-verify's own limit for each of its three steps, in whole seconds

Accepts = Callable[[str, str], bool]


def measure(setup: Setup) -> Result:
    """Every checker on every pair, alternating; an undecided or failed comparison accepts nothing."""
    rows = [json.loads(line) for line in PAIRS.read_text(encoding="utf-8").splitlines()]
    checkers: dict[str, Accepts] = {
        "ours": lambda gold, found: verify_answer(gold, found).verdict == "equal",
        "math-verify, raw": lambda gold, found: _math_verify(gold, found),
        "math-verify, in $": lambda gold, found: _math_verify(f"${gold}$", f"${found}$"),
        "released rule": _released,
    }
    for accepts in checkers.values():
        accepts("\\sqrt{8}", "2\\sqrt{2}")  # imports and starts
    counts: dict[str, Counter[str]] = {name: Counter() for name in checkers}
    totals: dict[str, list[float]] = {name: [] for name in checkers}
    longest: dict[str, float] = dict.fromkeys(checkers, 0.0)
    medians: dict[str, list[float]] = {name: [] for name in checkers}
    for run in range(setup.runs):
        seconds: dict[str, list[float]] = {name: [] for name in checkers}
        for row in rows:
            for name, accepts in checkers.items():
                start = time.perf_counter()
                accepted = accepts(row["gold"], row["prediction"])
                seconds[name].append(time.perf_counter() - start)
                if run == 0:
                    counts[name]["false accepts"] += accepted and not row["equal"]
                    counts[name]["false rejects"] += row["equal"] and not accepted
        for name, each in seconds.items():
            totals[name].append(1000 * sum(each) / len(each))
            medians[name].append(1000 * median(each))
            longest[name] = max(longest[name], *each)
    undecided = sum(verify_answer(row["gold"], row["prediction"]).verdict == "unknown" for row in rows)
    figures = [Figure("pairs", "", (len(rows),), at_least=130), Figure("ours: undecided", "", (undecided,))]
    for name in checkers:
        ours = name == "ours"
        wrong = 100 * counts[name].total() / len(rows)
        figures += [
            Figure(f"{name}: wrong", "%", (wrong,), at_most=6 if ours else None),
            Figure(f"{name}: false accepts", "", (counts[name]["false accepts"],), at_most=0 if ours else None),
            Figure(f"{name}: false rejects", "", (counts[name]["false rejects"],)),
            Figure(f"{name}: mean time of a pair", "ms", tuple(totals[name])),
            Figure(f"{name}: median time of a pair", "ms", tuple(medians[name])),
            Figure(f"{name}: longest pair", "s", (longest[name],), at_most=2 if ours else None),
        ]
    return Result("verify(gold, prediction) over tests/answer_pairs.jsonl", tuple(figures))


def _math_verify(gold: str, found: str) -> bool:
    """As its documentation calls it, gold first, with its own time limit."""
    import logging

    from math_verify import parse
    from math_verify import verify as compare

    logging.disable()
    sides = [parse(text, parsing_timeout=_CALL_SECONDS) for text in (gold, found)]
    return bool(compare(*sides, timeout_seconds=_CALL_SECONDS))


_BOX = re.compile(r"\\boxed\{((?:[^{}]|\{[^{}]*\})*)\}")
_SAID = re.compile(r"answer is:?\s*\$?\s*(-?[0-9][0-9,]*)", re.IGNORECASE)
_UNIT = re.compile(r"(?<=[0-9])\s*\\?(?:[A-Za-zπ°]+.*|%)\Z")


def _released(gold: str, found: str) -> bool:
    left, right = _stripped(_stated(gold)), _stripped(_stated(found))
    if left and left == right:
        return True
    numbers = _float(left), _float(right)
    return numbers[0] is not None and numbers[1] is not None and abs(numbers[0] - numbers[1]) <= Fraction(1, 10**6)


def _stated(text: str) -> str:
    if "####" in text:
        return text.rpartition("####")[2]
    if boxes := _BOX.findall(text):
        return str(boxes[-1])
    if said := _SAID.findall(text):
        return str(said[-1])  # 3.14 is cut to 3
    return text.rpartition(":")[2] if re.fullmatch(r"[0-9]+:[0-9]+", text) else text  # 12:30 is read as 30


def _stripped(text: str) -> str:
    text = text.strip().rstrip(".").replace("$", "").replace(",", "").lower()
    text = text.replace("\\left", "").replace("\\right", "").strip("()[] ")
    fraction = re.fullmatch(r"(-?)\\frac\{([0-9]+)\}\{([0-9]+)\}", text)
    text = f"{fraction[1]}{fraction[2]}/{fraction[3]}" if fraction else text
    return (
        _UNIT.sub("", text).replace(" ", "")
        if re.match(r"-?[0-9.]+\s*(?:[a-zπ°%]|\\text|\\pi|\\%)", text)
        else text.replace(" ", "")
    )


def _float(text: str) -> Fraction | None:
    plain = re.fullmatch(r"(-?[0-9]{0,400}\.?[0-9]{0,400})(?:/([0-9]{1,400}))?", text, re.ASCII)
    if not plain or not any(character.isdigit() for character in plain[1]):
        return None
    bottom = int(plain[2]) if plain[2] else 1
    return Fraction(plain[1]) / bottom if bottom else None
