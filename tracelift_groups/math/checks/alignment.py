"""Aligns the claims of a trace with the claims of the seed's worked solution.

Solutions of one problem may differ in order and wording. Claims are paired by operands, operators and result. Two
numbers count as the same when they have the same source, even if an earlier error changed the value.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import zip_longest

from tracelift_groups.math.checks.solution_path import follows
from tracelift_groups.math.text.claim import Claim
from tracelift_groups.math.text.expression import operands, operations
from tracelift_groups.math.text.parsed_trace import Occurrence, ParsedTrace
from tracelift_groups.math.text.shape import same_shape

_EQUAL = 3.5  # the same result, numbers and form
_LEAST = 1.25  # one of two operands in common is not enough by itself, nor is the same result


@dataclass(frozen=True)
class Alignment:
    """`pairs` maps the index of a claim in the trace to the index of its counterpart in the gold solution."""

    trace: ParsedTrace
    gold: ParsedTrace
    pairs: dict[int, int]

    @cached_property
    def is_own_route(self) -> bool:
        """Whether the trace has its own solution path and does not follow the worked solution; true without one."""
        return self.trace is self.gold or not follows(self.trace, self.gold)

    @cached_property
    def backward(self) -> dict[int, int]:
        """The inverse of `pairs`: from gold claim to claim of the trace."""
        return {k: i for i, k in self.pairs.items()}

    def same(self, mine: Occurrence, theirs: Occurrence) -> bool:
        """Whether two operands are the same quantity: of one source, or of one value."""
        return _same(mine, theirs, self.pairs)

    def partners(self, index: int) -> Iterator[tuple[Occurrence, Occurrence | None, bool]]:
        """Each operand of a claim, the gold operand in its place (None: none left), and whether they are the same."""
        mine = _of_left(self.trace, index)
        theirs = _of_left(self.gold, self.pairs[index]) if index in self.pairs else []
        for operand in list(mine):
            match = next((other for other in theirs if self.same(operand, other)), None)
            if match is not None:
                mine.remove(operand)
                theirs.remove(match)
                yield operand, match, True
        for operand, other in zip_longest(mine, theirs[: len(mine)]):
            yield operand, other, False

    def missing(self, index: int) -> list[Occurrence]:
        """Operands of the gold claim without a counterpart in the paired claim."""
        used = {id(theirs) for _, theirs, _ in self.partners(index)}
        return [theirs for theirs in self.gold.operands_of(self.pairs[index]) if id(theirs) not in used]

    def same_operators(self, index: int) -> bool:
        """Whether a paired claim has the gold claim's operators, in any order."""
        return _signs(self.trace.claims[index]) == _signs(self.gold.claims[self.pairs[index]])


def align(trace: ParsedTrace, gold: ParsedTrace) -> Alignment:
    """Pair claims: first those that agree completely, then each with the most similar free gold claim.

    Compared with itself, each claim of a trace is its own counterpart.
    """
    if trace is gold:
        return Alignment(trace, gold, {i: i for i in range(len(trace.claims))})
    pairs: dict[int, int] = {}
    free = set(range(len(gold.claims)))
    for equal in (True, False):
        for i, claim in enumerate(trace.claims):
            if i in pairs:
                continue
            alike = [k for k in free if not equal or gold.value_of(k) == claim.result_value]
            best, k = max(((_likeness(trace, i, gold, k, pairs), -k) for k in alike), default=(0.0, 0))
            if best >= (_EQUAL if equal else _LEAST):
                pairs[i] = -k
                free.remove(-k)
    return Alignment(trace, gold, pairs)


def _of_left(parsed: ParsedTrace, index: int) -> list[Occurrence]:
    """The operands of the computed side of a claim; the sides after it follow from that."""
    starts = {numeral.start for numeral in operands(parsed.claims[index].left)}
    return [operand for operand in parsed.operands_of(index) if operand.numeral.start in starts]


def _likeness(trace: ParsedTrace, i: int, gold: ParsedTrace, k: int, pairs: dict[int, int]) -> float:
    """Similarity from 0 to 3.5: 1 for the same result, up to 2 for common operands, 0.5 for the same form."""
    mine, theirs = trace.claims[i], gold.claims[k]
    if not (mine.is_read and theirs.is_read):
        same = same_shape(mine.left, theirs.left)
        return 3.0 * same + 0.5 * (same and mine.result_value == theirs.result_value)
    ours, others = trace.operands_of(i), list(gold.operands_of(k))
    size = max(len(ours), len(others), 1)
    common = 0
    for operand in ours:
        match = next((o for o in others if _same(operand, o, pairs)), None)
        if match is not None:
            others.remove(match)
            common += 1
    result = mine.result_value == theirs.result_value
    form = (common or result) and same_shape(mine.left, theirs.left)
    return float(result) + 2 * common / size + 0.5 * bool(form)


def _same(mine: Occurrence, theirs: Occurrence, pairs: Mapping[int, int]) -> bool:
    """Whether two operands have one value or one source; claims of the trace count as their gold counterparts."""
    if mine.value == theirs.value:
        return True
    ours = {(s.type, pairs.get(s.index, -1) if s.type == "claim" else s.index) for s in mine.sources}
    return any(source in ours for source in theirs.sources)


def _signs(claim: Claim) -> list[str]:
    return sorted(op.symbol for op in operations(claim.left))
