"""What a certificate's checker works on: a reference and its flaw, both read, and the edits between them.

A checker is one file in `verify/`: it looks at the evidence and returns a Certificate, or a sentence on why there is
none. Nothing of a stored certificate goes in, so the same function issues certificates and re-verifies them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from tracelift_groups.certificate import Certificate
from tracelift_groups.claim import Claim
from tracelift_groups.expression import Expression, Number, operands
from tracelift_groups.kind import Case
from tracelift_groups.perturbation import Perturbation
from tracelift_groups.reading import Occurrence, Reading, Source
from tracelift_groups.registry import Registry


@dataclass(frozen=True)
class Evidence:
    """A case, the reading of its flaw, and the perturbation between them."""

    case: Case
    flaw: Reading
    perturbation: Perturbation

    @property
    def reference(self) -> Reading:
        return self.case.reading

    def moved(self, position: int) -> int:
        """Where a character of the reference stands in the flaw.

        The first character of replaced text stays the first of the new text; an insertion pushes on what it precedes.
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
        """Claims of the flaw by index, and the claim of the reference that each stands for."""
        gone = [(e.start, e.end) for e in self.perturbation.edits if not e.after.strip()]
        kept = ((i, c) for i, c in enumerate(self.reference.claims) if not any(a <= c.start < b for a, b in gone))
        at = {self.moved(claim.start): i for i, claim in kept}
        return {i: at[claim.start] for i, claim in enumerate(self.flaw.claims) if claim.start in at}

    @cached_property
    def removed(self) -> list[int]:
        """Claims of the reference that an edit deleted whole."""
        gone = [(e.start, e.end) for e in self.perturbation.edits if not e.after.strip()]
        ours = enumerate(self.reference.claims)
        return [k for k, c in ours if any(a <= c.start and c.end <= b for a, b in gone)]

    @cached_property
    def false_claims(self) -> list[int]:
        """Claims of the flaw whose arithmetic is wrong."""
        return [i for i, claim in enumerate(self.flaw.claims) if not claim.holds]

    @cached_property
    def origin_claims(self) -> list[int]:
        """Claims of the flaw whose counterpart in the reference was edited at the origin."""
        ours = self.reference.claims
        return [i for i, k in self.pairs.items() if self.is_origin(ours[k].start, ours[k].end)]

    def shown(self, claim: Claim) -> str:
        """A claim's own words in the flaw."""
        return self.flaw.trace.text[claim.start : claim.end]

    @cached_property
    def concluded(self) -> Fraction | None:
        """What the flaw says where the reference states the answer; None when that place is gone or not a number."""
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

    def inconsistency(self) -> str:
        """Why the claims after the origin are not those of the reference with carried numbers; empty when they are."""
        for i, k in self.pairs.items():
            if i in self.origin_claims:
                continue
            ours, theirs = self.reference.claims[k], self.flaw.claims[i]
            if not same_shape(ours.left, theirs.left):
                return f"Step {theirs.step + 1} computes something else than the reference does."
            for before, after in zip(self.reference.operands_of(k), self.flaw.operands_of(i), strict=False):
                if before.value != after.value and not self._is_carried(before):
                    return f"Step {theirs.step + 1} uses {after.value} where nothing before it changed {before.value}."
        return ""

    def _is_carried(self, operand: Occurrence) -> bool:
        """Whether an operand of the reference comes from something that the flaw changed."""
        changed = {self._claim_source(i, k) for i, k in self.pairs.items()} | self._miscopied
        changed |= {Source("claim", k) for k in self.removed}
        return any(source in changed for source in operand.sources)

    def _claim_source(self, i: int, k: int) -> Source | None:
        same = self.flaw.value_of(i) == self.reference.value_of(k)
        return None if same else Source("claim", k)

    @cached_property
    def _miscopied(self) -> set[Source | None]:
        """Quantities of the problem that an origin edit wrote differently."""
        touched = (o for o in self.reference.occurrences if self.is_origin(o.numeral.start, o.numeral.end))
        return {source for o in touched if o.role != "result" for source in o.sources if source.sort == "given"}


Check = Callable[[Evidence], "Certificate | str"]
CHECKERS: Registry[Check] = Registry("checker", "tracelift_groups.verify", "tracelift_groups.checkers")


def same_shape(left: Expression, right: Expression) -> bool:
    """Whether two expressions have the same operators in the same places."""
    if isinstance(left, Number) or isinstance(right, Number):
        return isinstance(left, Number) and isinstance(right, Number)
    if left.symbol != right.symbol or len(left.args) != len(right.args):
        return False
    return all(same_shape(a, b) for a, b in zip(left.args, right.args, strict=True))


def same_numbers(left: Expression, right: Expression) -> bool:
    """Whether two expressions compute with the same quantities in the same order."""
    return [n.quantity for n in operands(left)] == [n.quantity for n in operands(right)]


def number(value: Fraction | None) -> str:
    """An exact number as certificates write it: `24`, `5/2`; `none` for no value."""
    return "none" if value is None else str(value)
