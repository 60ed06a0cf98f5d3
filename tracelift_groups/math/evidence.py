"""The input of a math checker: a reference and its flaw, both parsed, and the edits between them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, wraps

from tracelift_groups.flaws.checker import Check
from tracelift_groups.math.reference import ParsedReference
from tracelift_groups.math.text.claim import Claim
from tracelift_groups.math.text.parsed_trace import NumberSource, Occurrence, ParsedTrace, parse_trace
from tracelift_groups.math.text.rational import Fraction
from tracelift_groups.math.text.shape import same_shape
from tracelift_groups.records.certificate import Certificate
from tracelift_groups.records.perturbation import Perturbation
from tracelift_groups.records.trace import Trace
from tracelift_groups.registry import CHECKERS


@dataclass(frozen=True)
class Evidence:
    """A parsed reference (`case`), its parsed flaw, and the perturbation between them."""

    case: ParsedReference
    flaw: ParsedTrace
    perturbation: Perturbation

    @property
    def reference(self) -> ParsedTrace:
        return self.case.parsed

    def moved(self, position: int) -> int:
        """The position in the flaw of a character of the reference.

        The first character of replaced text maps to the first of the new text; an insertion shifts what follows it.
        """
        before = (e for e in self.perturbation.edits if e.end <= position and (e.start < position or e.start == e.end))
        return position + sum(len(edit.after) - len(edit.before) for edit in before)

    def is_origin(self, start: int, end: int) -> bool:
        """Whether [start, end) of the reference overlaps an origin edit."""
        return any(
            e.start < end and start < max(e.end, e.start + 1) for e in self.perturbation.edits if e.role == "origin"
        )

    @cached_property
    def pairs(self) -> dict[int, int]:
        """From the index of a claim in the flaw to the index of its counterpart in the reference."""
        gone = [(e.start, e.end) for e in self.perturbation.edits if not e.after.strip()]
        kept = ((i, c) for i, c in enumerate(self.reference.claims) if not any(a <= c.start < b for a, b in gone))
        at = {self.moved(claim.start): i for i, claim in kept}
        return {i: at[claim.start] for i, claim in enumerate(self.flaw.claims) if claim.start in at}

    @cached_property
    def removed(self) -> list[int]:
        """Indices of reference claims that an edit deleted completely."""
        gone = [(e.start, e.end) for e in self.perturbation.edits if not e.after.strip()]
        ours = enumerate(self.reference.claims)
        return [k for k, c in ours if any(a <= c.start and c.end <= b for a, b in gone)]

    @cached_property
    def false_claims(self) -> list[int]:
        """Indices of the flaw's claims with wrong arithmetic or, if unparsed, with another result than the reference.

        A false claim with the same text in the reference is not counted: math/gold.py has accepted it.
        """
        wrong = (i for i, claim in enumerate(self.flaw.claims) if not claim.holds and not self._is_kept(i))
        return sorted({*wrong, *filter(self._is_misstated, range(len(self.flaw.claims)))})

    def _is_kept(self, index: int) -> bool:
        if index not in self.pairs:
            return False
        ours = self.reference.claims[self.pairs[index]]
        return not ours.holds and self.case.text[ours.start : ours.end] == self.shown(self.flaw.claims[index])

    def _is_misstated(self, index: int) -> bool:
        claim = self.flaw.claims[index]
        if claim.is_read or index not in self.pairs:
            return False
        ours = self.reference.claims[self.pairs[index]]
        return same_shape(ours.left, claim.left) and ours.result_value != claim.result_value

    @cached_property
    def origin_claims(self) -> list[int]:
        """Indices of the flaw's claims whose counterpart in the reference overlaps an origin edit."""
        ours = self.reference.claims
        return [i for i, k in self.pairs.items() if self.is_origin(ours[k].start, ours[k].end)]

    def shown(self, claim: Claim) -> str:
        """The text of a claim of the flaw."""
        return self.flaw.trace.text[claim.start : claim.end]

    @cached_property
    def concluded(self) -> Fraction | None:
        """The number in the flaw where the reference states the answer; None when there is none."""
        place = self.case.conclusion
        if place is None:
            return None
        start = self.moved(place.numeral.start)
        return next((o.value for o in self.flaw.occurrences if o.numeral.start == start), None)

    @property
    def answer_changes(self) -> bool:
        """Whether the flaw states another answer than the reference."""
        place = self.case.conclusion
        return place is not None and self.concluded is not None and self.concluded != place.value

    def inconsistency(self, at: int, *, carried: bool = True) -> str:
        """Why the flaw outside claim `at` is not the reference with propagated numbers; empty when it is.

        Every number must be the reference's or follow from a claim that changed before it. Without `carried`, steps
        after the step of claim `at` must be unchanged.
        """
        ours, main = self.reference.claims, self.pairs[at]
        if not len(self.pairs) == len(ours) == len(self.flaw.claims):
            return "The flaw does not make the claims that the reference makes."
        if reason := self.stray_edit(main, numbers=True):
            return reason
        others = [o for o in self.reference.occurrences if o.claim != main]
        return self._unexplained((o, self._values_of(o, main, carried=carried)) for o in others)

    def inconsistency_without(self, claim: int, instead: Fraction) -> str:
        """Why the flaw is not the reference without a claim's step and `instead` as its result; empty when it is."""
        ours = self.reference.claims
        if not len(self.pairs) == len(ours) - 1 == len(self.flaw.claims):
            return "The flaw does not make the other claims that the reference makes."
        spans = {(o.numeral.start, o.numeral.end) for o in self.reference.occurrences}
        if any(
            edit.step != ours[claim].step and (edit.start, edit.end) not in spans for edit in self.perturbation.edits
        ):
            return "More than the step that is gone was edited."
        factor = {
            NumberSource("claim", claim): instead / ours[claim].result_value
            if ours[claim].result_value
            else Fraction(1)
        }
        others = [o for o in self.reference.occurrences if o.step != ours[claim].step]
        return self._unexplained((o, self._carried_values(o, factor)) for o in others)

    def _unexplained(self, expected: Iterable[tuple[Occurrence, set[Fraction]]]) -> str:
        """A sentence on the first number of the flaw with an unexpected value; empty when there is none."""
        numbers = {o.numeral.start: o for o in self.flaw.occurrences}
        for before, values in expected:
            after = numbers.get(self.moved(before.numeral.start))
            if after is None:
                return f"Step {before.step + 1} no longer has the number {before.value}."
            if after.value not in values:
                return f"Step {before.step + 1} says {after.value} where {before.value} stood, and nothing explains it."
        return ""

    def _carried_values(self, before: Occurrence, factor: Mapping[NumberSource, Fraction]) -> set[Fraction]:
        """The possible values of a number after its sources changed by a factor or its claim was recomputed."""
        if before.role == "result" and before.claim is not None:
            return {self.flaw.value_of(i) for i, k in self.pairs.items() if k == before.claim}
        changes = (factor.get(s) or self._change(s) for s in before.sources)
        return {before.value * change for change in changes} or {before.value}

    def stray_edit(self, claim: int, *, numbers: bool = False) -> str:
        """Why an edit is outside a claim of the reference; empty when none is. `numbers` allows edits of numbers."""
        ours = self.reference.claims[claim]
        spans = {(o.numeral.start, o.numeral.end) for o in self.reference.occurrences} if numbers else set()
        for edit in self.perturbation.edits:
            inside = ours.start <= edit.start and edit.end <= ours.end
            if not inside and (edit.start, edit.end) not in spans:
                return f"Step {edit.step + 1} is edited outside of the claim that is wrong."
        return ""

    def _values_of(self, before: Occurrence, main: int, *, carried: bool) -> set[Fraction]:
        """The values that a reference number outside claim `main` may have in the flaw."""
        ours = self.reference.claims[main]
        if before.step > ours.step and not carried:
            return {before.value}
        if before.role == "result" and before.claim is not None:
            i = next(i for i, k in self.pairs.items() if k == before.claim)
            pairs = zip(self.reference.operands_of(before.claim), self.flaw.operands_of(i), strict=False)
            return {self.flaw.value_of(i) if any(a.value != b.value for a, b in pairs) else before.value}
        values = {before.value * self._change(source) for source in before.sources} or {before.value}
        if before.role == "mention" and before.step == ours.step:
            i = next(i for i, k in self.pairs.items() if k == main)
            pairs = zip(self.reference.operands_of(main), self.flaw.operands_of(i), strict=False)
            values |= {b.value for a, b in pairs if a.value == before.value}
        return values

    def _change(self, source: NumberSource) -> Fraction:
        """The factor by which the flaw changed the result of a claim; 1 for a quantity of the problem."""
        if source.type != "claim" or not self.reference.value_of(source.index):
            return Fraction(1)
        i = next(i for i, k in self.pairs.items() if k == source.index)
        return self.flaw.value_of(i) / self.reference.value_of(source.index)


def number(value: Fraction | None) -> str:
    """An exact number as certificates write it: `24`, `5/2`; `none` for no value."""
    return "none" if value is None else str(value)


def checker(name: str) -> Callable[[Callable[[Evidence], Certificate | str]], Check]:
    """Register a function of the evidence as a checker of math certificates."""

    def register(examine: Callable[[Evidence], Certificate | str]) -> Check:
        @wraps(examine)
        def check(reference: ParsedReference, flaw: str, perturbation: Perturbation) -> Certificate | str:
            parsed = parse_trace(reference.seed.problem, Trace.read(flaw))
            return examine(Evidence(reference, parsed, perturbation))

        return CHECKERS.add(name, check, ["math"])

    return register
