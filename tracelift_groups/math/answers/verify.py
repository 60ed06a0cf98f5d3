"""Runs the layers of the comparison in order and returns the verdict of the first that decides."""

import re
import time
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from tracelift_groups.math.answers.extract import extract
from tracelift_groups.math.answers.formula import left_to_compute, unreadable, written_out
from tracelift_groups.math.answers.listing import Listing, read_listing, without_brackets
from tracelift_groups.math.answers.normalize import normalise, without_text_commands
from tracelift_groups.math.answers.number import AnswerNumber, is_written, read_number, same
from tracelift_groups.math.answers.unit import Measured, take_apart, total

Equality = Literal["equal", "wrong", "unknown"]

TOTAL_SECONDS = 1.3
MAX_CHARACTERS = 2000  # a longer answer is compared as text and as a number only
_NO_ANSWER = frozenset(["", "nan", "null"])
_NAME = r"(?:\\?[A-Za-z]+(?:_\{?[A-Za-z0-9]+\}?)?'?(?:\([A-Za-z, ]{1,20}\))?|\([A-Za-z](?:, ?[A-Za-z])+\))"
_NAMED = re.compile(rf"(?P<name>{_NAME})\s*(?:=|\\in(?![A-Za-z]))\s*(?P<value>[\s\S]+)")
_NAME_ONLY = re.compile(rf"\s*{_NAME}\s*")
_RELATION = re.compile(r"[<>]|\\(?:le|ge|ne|lt|gt|approx)(?![A-Za-z])")
_GOLD_CHOICE = re.compile(r"\(?([A-J])\)?[.:)]?")
_CHOICE = re.compile(
    r"(?:(?:option|choice|answer)\s+)?(?:\(([A-Ja-j])\)|([A-Ja-j])(?:[.:)]|(?=\Z)))(?P<rest>[\s\S]*)", re.IGNORECASE
)
_SECOND_CHOICE = re.compile(r"\(?\b[A-Ja-j][).:]|\b(?:or|and|not|[B-HJ])\b|[,/&]\s*\(?[A-J]\b")
_WORDS = re.compile(r"[^\W\d_]{2,}(?:[\s'-]+[^\W\d_]+)*|[^\W\d_](?:[\s'-]+[^\W\d_]{2,})+")
_IDLE_SPACE = re.compile(r"(?<![0-9A-Za-z,]) | (?![0-9A-Za-z])")
_INFINITIES = frozenset(["\\infty", "-\\infty"])


@dataclass(frozen=True, slots=True)
class AnswerVerdict:
    """`layer` is the layer that decided: text, number, list, choice or symbolic; `why` is one sentence."""

    verdict: Equality
    layer: str
    why: str


def verify_answer(gold: str, prediction: str) -> AnswerVerdict:
    """Whether `prediction`, an answer or a text that states one, equals the answer `gold`. Not symmetric.

    RunError when no process that compares formulas can be started.
    """
    return _Check(time.monotonic() + TOTAL_SECONDS).texts(extract(gold), extract(prediction))


@dataclass(frozen=True, slots=True)
class _Check:
    deadline: float

    def texts(self, gold: str, found: str) -> AnswerVerdict:
        if without_text_commands(gold).lower() in _NO_ANSWER:
            return AnswerVerdict("wrong", "text", "The gold answer is empty, and nothing matches an empty answer.")
        if not found:
            return AnswerVerdict("wrong", "text", "The prediction states no answer.")
        if max(len(gold), len(found)) > MAX_CHARACTERS:
            return self._long(gold, found)
        return self.parts(normalise(gold), normalise(found))

    def _long(self, gold: str, found: str) -> AnswerVerdict:
        left, right = without_text_commands(gold), without_text_commands(found)
        if left == right:
            return AnswerVerdict("equal", "text", "The texts are the same.")
        numbers = read_number(left.strip("$¤ ")), read_number(right.strip("$¤ "))
        if numbers[0] and numbers[1]:
            return _number(numbers[0], numbers[1], Fraction(0))
        if len(gold) > MAX_CHARACTERS:
            return AnswerVerdict("unknown", "text", f"The gold is longer than {MAX_CHARACTERS:,} characters.")
        return AnswerVerdict("wrong", "text", f"The answer is longer than {MAX_CHARACTERS:,} characters and no number.")

    def parts(self, gold: str, found: str) -> AnswerVerdict:
        """Compare normalised texts, or parts of lists."""
        if _squeezed(gold) == _squeezed(found) and gold:
            return AnswerVerdict("equal", "text", "The texts are the same.")
        if not found or not gold:
            return AnswerVerdict("wrong", "text", "One of the two is empty.")
        if choice := _GOLD_CHOICE.fullmatch(gold):
            return _choice(choice[1], found)
        if _WORDS.fullmatch(gold) and read_number(gold) is None and total(gold) is None:
            return _words(gold, found)
        if _RELATION.search(gold) or _RELATION.search(found):
            return self._relations(gold, found)
        return self._named(gold, found)

    def _relations(self, gold: str, found: str) -> AnswerVerdict:
        if _RELATION.search(gold) or read_listing(gold):
            return self._formulas(gold, found, Fraction(0))
        return AnswerVerdict("wrong", "text", "The answer is a relation, the gold is a value.")

    def _named(self, gold: str, found: str) -> AnswerVerdict:
        """Compare `x = 5` as 5, unless the other side names another variable."""
        if _lists_names(gold) or _lists_names(found):
            return self._value(gold, found)
        left, right = _NAMED.fullmatch(gold), _NAMED.fullmatch(_name_first(found))
        equation = "=" in gold and (left is None or "=" in left["value"])
        if equation:
            return self._formulas(gold, found, Fraction(0))
        if left and right and _squeezed(left["name"]) != _squeezed(right["name"]):
            if left["name"] in right["value"]:  # one equation, solved for the other variable
                return self._formulas(gold, found, Fraction(0))
            return AnswerVerdict("wrong", "text", f"The answer gives {right['name']}, the gold {left['name']}.")
        if left and not right and "=" in found:
            return self._formulas(gold, found, Fraction(0))
        value = left["value"] if left else gold
        sides = (right["value"] if right else found).split("=")
        if len(sides) > 4:
            return AnswerVerdict("wrong", "text", "The answer is a long chain of equations.")
        verdicts = [self._value(value, side.strip()) for side in sides]
        return _worst([one for one in verdicts if one != _UNDONE] or verdicts)

    def _value(self, gold: str, found: str) -> AnswerVerdict:
        if _squeezed(gold) == _squeezed(found):
            return AnswerVerdict("equal", "text", "The texts are the same.")
        left, right = read_listing(gold), read_listing(found)
        summed = total(gold), total(found)
        if summed[0] or summed[1]:
            return self._measured(summed[0] or take_apart(gold), summed[1] or take_apart(found))
        times = [_clock(one) for one in (gold, found)]
        if times[0] and times[1]:
            return self._lists(*times[0], *times[1])
        if left and right:
            return self._lists(left, "", right, "")
        if left or right:
            return AnswerVerdict("wrong", "list", "One of the two is a list, the other a single value.")
        gold, found = without_brackets(gold), without_brackets(found)
        return self._measured(take_apart(gold), take_apart(found))

    def _lists(self, gold: Listing, gold_tail: str, found: Listing, found_tail: str) -> AnswerVerdict:
        if gold_tail and found_tail and gold_tail != found_tail:
            return AnswerVerdict("wrong", "list", f"The answer says {found_tail}, the gold {gold_tail}.")
        return _Lists(self).compare(gold, found)

    def _measured(self, gold: Measured, found: Measured) -> AnswerVerdict:
        factor = Fraction(found.scale)
        gold_number, number = read_number(gold.body), read_number(found.body)
        if gold.unit.powers and found.unit.powers:
            if gold.unit.powers != found.unit.powers:
                return AnswerVerdict("wrong", "number", "The units measure different things.")
            factor *= found.unit.factor / gold.unit.factor
        if gold.percent != found.percent and (gold.unit.powers or found.unit.powers):
            return AnswerVerdict("wrong", "number", "One of the two is a percentage, the other has a unit.")
        if gold.percent and not found.percent:
            factor *= 100
        elif found.percent and not gold.percent and _is_share(gold_number):
            factor /= 100
        factor /= gold.scale
        if gold_number and number:
            scaled = number.times(factor)
            if scaled is None:
                return AnswerVerdict("unknown", "number", "A number is too large to be converted.")
            verdict = _number(gold_number, scaled, gold_number.allowance(scaled))
            undone = not is_written(found.body) and left_to_compute(found.body)
            return _UNDONE if undone and verdict.verdict == "equal" else verdict
        if gold.body in _INFINITIES or found.body in _INFINITIES:
            if gold.body == found.body:
                return AnswerVerdict("equal", "text", "Both are infinite.")
            if gold_number or number or {gold.body, found.body} == _INFINITIES:
                return AnswerVerdict("wrong", "number", "One of the two is infinite, the other is not.")
        body = (
            found.body if factor == 1 else f"({found.body}) \\cdot \\frac{{{factor.numerator}}}{{{factor.denominator}}}"
        )
        allowance = gold_number.allowance(None) if gold_number else Fraction(0)
        verdict = self._formulas(gold.body, body, allowance)
        undone = gold_number is not None and not allowance and left_to_compute(found.body)
        return _UNDONE if undone and verdict.verdict == "equal" else verdict

    def _formulas(self, gold: str, found: str, allowance: Fraction) -> AnswerVerdict:
        from tracelift_groups.math.answers.symbolic import compare

        if reason := unreadable(gold, ""):
            return AnswerVerdict("unknown", "symbolic", f"The gold can't be read as mathematics: {reason}.")
        if reason := unreadable(found, gold):
            return AnswerVerdict("wrong", "symbolic", f"The answer can't be read as mathematics: {reason}.")
        left = self.seconds()
        result = compare(written_out(gold), written_out(found), allowance, left) if left > 0 else "late"
        return _SYMBOLIC[result]

    def seconds(self) -> float:
        return self.deadline - time.monotonic()


@dataclass(frozen=True, slots=True)
class _Lists:
    check: _Check

    def compare(self, gold: Listing, found: Listing) -> AnswerVerdict:
        kinds = {gold.kind, found.kind}
        if len(kinds) > 1 and not kinds <= {"bare", "set", "either"}:
            return AnswerVerdict("wrong", "list", "The brackets are of different kinds.")
        left, right = (list(dict.fromkeys(one.parts)) if not one.ordered else list(one.parts) for one in (gold, found))
        if len(right) > len(left) or (gold.ordered and found.ordered and len(left) != len(right)):
            return AnswerVerdict("wrong", "list", f"The gold has {len(left)} parts, the answer {len(right)}.")
        if gold.ordered and (found.ordered or len(left) == len(right)):
            verdict = self._in_order(left, right)
            if verdict.verdict != "wrong" or kinds <= {"set"} or not kinds & {"bare"}:
                return verdict
            apart = self._in_any_order(left, right)
            if apart.verdict != "equal" or not found.ordered:
                return apart
            return AnswerVerdict(
                "unknown", "list", "The parts are the same in another order, and the gold has no brackets."
            )
        return self._in_any_order(left, right)

    def _in_order(self, gold: Iterable[str], found: Iterable[str]) -> AnswerVerdict:
        return _worst(self._part(left, right) for left, right in zip(gold, found, strict=True))

    def _in_any_order(self, gold: list[str], found: list[str]) -> AnswerVerdict:
        """Every part of each side needs a match on the other."""
        used: set[int] = set()
        undecided = False
        for left in gold:
            here = []
            for i, right in enumerate(found):
                verdict = self._part(left, right).verdict
                if verdict == "equal":
                    here.append(i)
                    break
                undecided |= verdict == "unknown"
            used.update(here)
            if not here and not undecided:
                return AnswerVerdict("wrong", "list", f"{left} has no match in the answer.")
        if undecided:
            return AnswerVerdict("unknown", "list", "Some parts can't be compared in time.")
        if len(used) == len(found) or all(
            any(self._part(left, right).verdict == "equal" for left in gold) for right in found
        ):
            return AnswerVerdict("equal", "list", "The parts are the same.")
        return AnswerVerdict("wrong", "list", "The answer has a part that the gold has not.")

    def _part(self, gold: str, found: str) -> AnswerVerdict:
        if self.check.seconds() <= 0:
            return _SYMBOLIC["late"]
        return self.check.parts(gold, found)


_UNDONE = AnswerVerdict("unknown", "number", "The answer has the right value, but is left to be computed.")
_SYMBOLIC: dict[str, AnswerVerdict] = {
    "equal": AnswerVerdict("equal", "symbolic", "The formulas have the same value."),
    "different": AnswerVerdict("wrong", "symbolic", "The formulas have different values."),
    "gold": AnswerVerdict("unknown", "symbolic", "The gold can't be read as a formula."),
    "prediction": AnswerVerdict("wrong", "symbolic", "The answer can't be read as a formula."),
    "depth": AnswerVerdict("unknown", "symbolic", "The formulas are nested too deep to be compared."),
    "failed": AnswerVerdict("unknown", "symbolic", "The formulas can't be compared."),
    "memory": AnswerVerdict("unknown", "symbolic", "Comparing the formulas takes too much memory."),
    "late": AnswerVerdict("unknown", "symbolic", "Comparing the formulas takes too much time or memory."),
}


def _worst(verdicts: Iterable[AnswerVerdict]) -> AnswerVerdict:
    """The first wrong verdict, else the first unknown one, else the last."""
    undecided = None
    for verdict in verdicts:
        if verdict.verdict == "wrong":
            return verdict
        if verdict.verdict == "unknown":
            undecided = undecided or verdict
        last = verdict
    return undecided or last


def _number(gold: AnswerNumber, found: AnswerNumber, allowance: Fraction) -> AnswerVerdict:
    if same(gold, found, Fraction(0)):
        return AnswerVerdict("equal", "number", "The numbers are equal.")
    if allowance and same(gold, found, allowance):
        return AnswerVerdict("equal", "number", "The numbers are equal within the rounding of the gold.")
    return AnswerVerdict("wrong", "number", "The numbers differ.")


def _choice(gold: str, found: str) -> AnswerVerdict:
    stated = _CHOICE.fullmatch(found)
    if stated and not _SECOND_CHOICE.search(stated["rest"]):
        letter = (stated[1] or stated[2]).upper()
        if letter == gold:
            return AnswerVerdict("equal", "choice", f"Both choose {gold}.")
        return AnswerVerdict("wrong", "choice", f"The answer chooses {letter}, the gold {gold}.")
    return AnswerVerdict("wrong", "choice", f"The answer is no single choice; the gold is {gold}.")


def _words(gold: str, found: str) -> AnswerVerdict:
    if " ".join(gold.casefold().split()) == " ".join(found.casefold().split()):
        return AnswerVerdict("equal", "text", "The words are the same.")
    return AnswerVerdict("wrong", "text", "The words differ.")


def _is_share(number: AnswerNumber | None) -> bool:
    """Whether a percentage can equal this gold: it is below 1 in size and not 0, or not a plain number."""
    return number is None or (number.value != 0 and -1 < number.value < 1)


def _clock(text: str) -> tuple[Listing, str] | None:
    """A ratio or time of day with its am or pm; None for any other text."""
    shown = re.fullmatch(r"([0-9][0-9.: ]*?)\s*([ap])\.?\s?m\.?", text, re.IGNORECASE)
    listing = read_listing(shown[1] if shown else text)
    return (listing, f"{shown[2]}m".lower() if shown else "") if listing and listing.kind == "ratio" else None


def _name_first(text: str) -> str:
    """`5 = x` becomes `x = 5`."""
    left, sign, right = text.partition("=")
    if sign and _NAME_ONLY.fullmatch(right) and not _NAME_ONLY.fullmatch(left):
        return f"{right.strip()} = {left.strip()}"
    return text


def _lists_names(text: str) -> bool:
    """Whether several parts have names: `x = 1 or x = 2`, `x = 1, y = 2`; but not `x = 1, 2`."""
    listing = read_listing(text) if "=" in text else None
    return listing is not None and any("=" in part for part in listing.parts[1:])


def _squeezed(text: str) -> str:
    """Remove insignificant spaces, but not those that keep `5 1/2` from `51/2` and `1, 234` from `1,234`."""
    return _IDLE_SPACE.sub("", text)
