"""Parses a trace of a problem: its claims, and the possible sources of each number.

The sources of a number are all quantities of the problem and results of earlier claims that it can come from. Several
sources are undecided unless the noun after the number selects one. Nothing is guessed, because a wrong link would turn
one flaw into two.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

from tracelift_groups.math.text.claim import Claim, claims
from tracelift_groups.math.text.expression import MAX_UNIT_WORDS, operands
from tracelift_groups.math.text.lexer import OPERATORS, Token, tokens
from tracelift_groups.math.text.numeral import Numeral
from tracelift_groups.math.text.quantity import Givens, givens, noun_after
from tracelift_groups.math.text.rational import Fraction
from tracelift_groups.records.trace import Trace

_ABOUT = re.compile(r"\b(?:round|about|approx|nearest|remain|left over|leftover|whole|full|each gets|max|most)", re.I)

_TELLING = 10
MAX_TOKENS = 4000  # of one step; no claims are parsed in a longer one
MAX_SOURCES = 16  # of one number and type; more than one is undecided anyway


class NumberSource(NamedTuple):
    """Where a number may come from: `type` is given or claim; `index` counts quantities or claims."""

    type: str
    index: int  # type: ignore[assignment]  # hides tuple.index, which is not used


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One numeral of a trace; `value` is its quantity, `role` operand, result or mention.

    `claim` is the index of the claim that an operand or result is in.
    `unread` marks a mention or result next to an operator: part of arithmetic that is not parsed as a claim.
    """

    index: int
    step: int
    numeral: Numeral
    value: Fraction
    role: str
    claim: int | None
    sources: tuple[NumberSource, ...]
    noun: str
    unread: bool = False

    @property
    def is_used(self) -> bool:
        """Whether something is computed with it, in a claim or in unparsed arithmetic; not merely mentioned."""
        return self.role == "operand" or (self.role == "mention" and self.unread)


@dataclass(frozen=True)
class ParsedTrace:
    """A trace parsed with its problem. Positions in claims and numerals count characters of `trace.text`."""

    givens: Givens
    trace: Trace
    claims: tuple[Claim, ...]
    occurrences: tuple[Occurrence, ...]

    @property
    def steps(self) -> tuple[str, ...]:
        return self.trace.steps

    def claims_in(self, step: int) -> list[int]:
        """Indices of the claims in a step."""
        return [i for i, claim in enumerate(self.claims) if claim.step == step]

    def operands_of(self, claim: int) -> list[Occurrence]:
        """The operands of a claim, from left to right."""
        return self._by_role["operand", claim]

    def result_of(self, claim: int) -> Occurrence:
        """The result of a claim."""
        return self._by_role["result", claim][0]

    def uses(self, source: NumberSource) -> list[Occurrence]:
        """Every number that may come from this source, except results."""
        return self._by_source[source]

    def origin(self, occurrence: Occurrence) -> NumberSource | None:
        """The one source of a number, by itself or by its noun; None when it has none or is undecided."""
        if len(occurrence.sources) <= 1:
            return occurrence.sources[0] if occurrence.sources else None
        if occurrence.claim is not None and occurrence.role == "operand":
            twins = [o for o in self.operands_of(occurrence.claim) if o.sources == occurrence.sources]
            if len(twins) > 1:  # `8 + 2 + 2`: each may be either
                return None
        fitting = [source for source in occurrence.sources if self._noun(source) == occurrence.noun != ""]
        return fitting[0] if len(fitting) == 1 else None

    def is_grounded(self, occurrence: Occurrence) -> bool:
        """Whether a number has an explanation: the problem, an earlier claim, a constant, or a small count."""
        if occurrence.role == "result" or occurrence.sources:
            return True
        value, whole = occurrence.value, occurrence.numeral.value
        return any(self.givens.explains(v) for v in (value, whole, 1 / value if value else value))

    @cached_property
    def introduced(self) -> Mapping[Fraction, int]:
        """Ungrounded numbers and the step where each is first; whole ones below 10 are left out as coincidence."""
        found: dict[Fraction, int] = {}
        for o in self.occurrences:
            telling = o.value.denominator > 1 or o.value >= _TELLING
            if telling and o.role != "result" and not o.sources and not self.is_grounded(o):
                found.setdefault(o.value, o.step)
        return found

    @cached_property
    def used(self) -> frozenset[Fraction]:
        """The values of all numbers that are used."""
        return frozenset(o.value for o in self.occurrences if o.is_used)

    def value_of(self, claim: int) -> Fraction:
        """The value that a claim states as its result."""
        return self.claims[claim].result_value

    @cached_property
    def _by_role(self) -> Mapping[tuple[str, int | None], list[Occurrence]]:
        found: dict[tuple[str, int | None], list[Occurrence]] = defaultdict(list)
        for occurrence in self.occurrences:
            found[occurrence.role, occurrence.claim].append(occurrence)
        return found

    @cached_property
    def _by_source(self) -> Mapping[NumberSource, list[Occurrence]]:
        found: dict[NumberSource, list[Occurrence]] = defaultdict(list)
        for occurrence in self.occurrences:
            for source in occurrence.sources if occurrence.role != "result" else ():
                found[source].append(occurrence)
        return found

    def _noun(self, source: NumberSource) -> str:
        return (
            self.givens.quantities[source.index].noun if source.type == "given" else self.result_of(source.index).noun
        )


class _Written(NamedTuple):
    """A numeral of a step, the noun after it, whether an operator is next to it, and the `3/4` it is a part of."""

    numeral: Numeral
    noun: str
    loose: bool
    ratio: Fraction | None


class _Step(NamedTuple):
    """One step, parsed by itself."""

    claims: tuple[Claim, ...]
    numbers: tuple[_Written, ...]


@lru_cache(maxsize=32)
def parse_trace(problem: str, trace: Trace) -> ParsedTrace:
    """Parse a trace with its problem. Takes time linear in their lengths; never raises."""
    given = givens(problem)
    steps = [_parse_step(text, i, start) for i, (text, start) in enumerate(zip(trace.steps, trace.starts, strict=True))]
    found = tuple(claim for step in steps for claim in step.claims)
    return ParsedTrace(given, trace, found, tuple(_occurrences(steps, found, given)))


@lru_cache(maxsize=512)  # a flaw shares most steps with its reference
def _parse_step(text: str, index: int, start: int) -> _Step:
    cut = tokens(text, start)
    numbers = tuple(
        _Written(token.numeral, noun_after(cut, at), _beside_operator(cut, at), _ratio(cut, at))
        for at, token in enumerate(cut)
        if token.numeral
    )
    made = claims(cut, index, bool(_ABOUT.search(text))) if len(cut) <= MAX_TOKENS else ()
    return _Step(tuple(made), numbers)


def _beside_operator(cut: list[Token], at: int) -> bool:
    """Whether an operator precedes a number, or an operator or = follows it and its unit."""
    for token in cut[at + 1 : at + 2 + MAX_UNIT_WORDS]:
        if token.kind in OPERATORS or token.kind == "EQUAL":
            return True
        if token.kind not in ("WORD", "OF"):
            break
    before = [token.kind for token in cut[max(at - 3, 0) : at] if token.kind != "MONEY"]
    if before[-1:] == ["MINUS"] and before[-2:-1] in ([], ["EQUAL"], ["ABOUT"], ["OPEN"]):  # a sign
        return False
    return bool(before) and before[-1] in OPERATORS


def _ratio(cut: list[Token], at: int) -> Fraction | None:
    """The value of the `3/4` that a number is a part of; None when it is in none."""
    slashes = (i for i in (at + 1, at - 1) if 0 < i < len(cut) - 1 and cut[i].kind == "DIVIDE")
    for slash in slashes:
        three = cut[slash - 1 : slash + 2]
        if [token.kind for token in three] == ["NUMBER", "DIVIDE", "NUMBER"] and three[1].glued and three[2].glued:
            top, bottom = three[0].numeral, three[2].numeral
            return top.value / bottom.value if top and bottom and bottom.value else None
    return None


def _occurrences(steps: list[_Step], found: tuple[Claim, ...], given: Givens) -> Iterator[Occurrence]:
    roles = _roles(found)
    computing = {numeral.start for claim in found for side in claim.sides for numeral in operands(side)}
    results, ahead = _Results(), [_Results() for _ in steps]
    for i, own in enumerate(found):
        ahead[own.step].add(i, own)
    done = 0
    for index, (step, (numeral, noun, loose, ratio)) in enumerate(_numbers(steps, found)):
        while done < len(found) and found[done].end <= numeral.start:
            results.add(done, found[done])
            done += 1
        role, claim = roles.get(numeral.start, ("mention", None))
        sources = [NumberSource("claim", i) for i in results.of(numeral)[-MAX_SOURCES:]]
        sources += [NumberSource("given", i) for i in given.of(numeral.quantity)[:MAX_SOURCES]]
        if role == "mention":  # `He saved $110 because 95 + 15 = 110` states a result before it is derived
            later = ahead[step].of(numeral)
            at = bisect_left(later, done)
            sources += [NumberSource("claim", i) for i in later[at : at + MAX_SOURCES]]
        if role == "result" and claim is not None:
            sources = [NumberSource("claim", claim)]
        if ratio is not None and role != "result":  # half of an earlier 3/4: linked, and never rewritten
            sources += [NumberSource("claim", i) for i in results.at(ratio)[-1:]] * 2
        unread = loose and role != "operand" and numeral.start not in computing
        yield Occurrence(index, step, numeral, numeral.quantity, role, claim, tuple(sources), noun, unread)


class _Results:
    """Indices of claims by their result; `80%` also finds a result of 80, and `80` one of 80%."""

    def __init__(self) -> None:
        self._by_quantity: dict[Fraction, list[int]] = defaultdict(list)
        self._of_percent: dict[Fraction, list[int]] = defaultdict(list)

    def add(self, index: int, claim: Claim) -> None:
        self._by_quantity[claim.result_value].append(index)
        if claim.result.percent:
            self._of_percent[100 * claim.result_value].append(index)

    def at(self, value: Fraction) -> list[int]:
        return self._by_quantity.get(value, [])

    def of(self, numeral: Numeral) -> list[int]:
        other = self._by_quantity if numeral.percent else self._of_percent
        return self._by_quantity.get(numeral.quantity) or other.get(numeral.value, [])


def _numbers(steps: list[_Step], found: tuple[Claim, ...]) -> Iterator[tuple[int, _Written]]:
    """Each number with its step; a result like `7/15` is one number, not two."""
    ratios = {claim.result.start: claim.result for claim in found if claim.result.style == "ratio"}
    end = 0
    for step, own in enumerate(steps):
        for number in own.numbers:
            whole = ratios.get(number.numeral.start)
            if number.numeral.start >= end:
                yield step, number._replace(numeral=whole, loose=False, ratio=None) if whole else number
                end = (whole or number.numeral).end


def _roles(found: tuple[Claim, ...]) -> dict[int, tuple[str, int]]:
    """From the start of each numeral to its role and the index of its claim."""
    roles: dict[int, tuple[str, int]] = {}
    for i, claim in enumerate(found):
        for side in claim.sides:
            for numeral in operands(side):
                roles.setdefault(numeral.start, ("operand", i))
        roles[claim.result.start] = ("result", i)
    return roles
