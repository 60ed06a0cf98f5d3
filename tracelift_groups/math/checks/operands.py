"""Checks the operands and operators of each claim: the source of a number, and whether it is the expected one.

A claim is compared with its counterpart in the worked solution. A trace on its own solution path may leave out mental
arithmetic, but a number without any source is a finding there too.
"""

from collections.abc import Iterator

from tracelift_groups.math.checks.alignment import Alignment
from tracelift_groups.math.checks.finding import Finding, at_step, number_text, words
from tracelift_groups.math.checks.solution_path import (
    is_mental_arithmetic,
    is_mentioned,
    is_straight_from_givens,
    misspelt,
)
from tracelift_groups.math.text.claim import Claim
from tracelift_groups.math.text.expression import evaluate, operations
from tracelift_groups.math.text.parsed_trace import Occurrence, ParsedTrace
from tracelift_groups.math.text.quantity import is_count, is_rate
from tracelift_groups.math.text.relation import inverse, relation_of

COMPARED = 80  # claims, at most, that are compared with others; the arithmetic of all is checked
_SMALL = 5  # counts up to this may come from a text without a numeral for them
_NOWHERE = frozenset(["invented_quantity", "unexplained_result", "circular", "miscopied_given"])


def is_left_out(alignment: Alignment, operand: Occurrence, source: int) -> bool:
    """Whether a trace on its own solution path may use a result of the worked solution without deriving it."""
    return is_straight_from_givens(alignment.gold, source) or is_mentioned(alignment.trace, operand)


def ungrounded_findings(trace: ParsedTrace) -> Iterator[Finding]:
    """Findings for operands without a source, when there is no worked solution to compare with."""
    for i, claim in enumerate(trace.claims[:COMPARED]):
        for operand in trace.operands_of(i) if claim.is_read else ():
            if operand.sources or trace.is_grounded(operand) or operand.value <= _SMALL:
                continue
            like = misspelt(trace, operand)
            if like is None and is_mental_arithmetic(trace, operand):
                continue
            rule = {"given": "miscopied_given", "claim": "miscopied_prior"}[like[0]] if like else "invented_quantity"
            where = f" where {number_text(like[1])} belongs" if like else ", which nothing gives"
            yield at_step(rule, claim.step, f'"{words(trace, claim)}" uses {number_text(operand.value)}{where}')
            break


def quantities(alignment: Alignment, arrived: bool) -> Iterator[Finding]:
    """Findings for each claim: operands without a source or in the wrong place, else wrong operators."""
    for i in range(min(len(alignment.trace.claims), COMPARED)):
        wrong = [
            f
            for mine, theirs, same in alignment.partners(i)
            if (f := _operand(alignment, i, mine, theirs, same))
            and not (alignment.is_own_route and f.rule in _NOWHERE and _is_known(alignment.trace, mine, arrived))
        ]
        yield from {finding.rule: finding for finding in reversed(wrong)}.values() or _operation(alignment, i)


def _is_known(trace: ParsedTrace, operand: Occurrence, arrived: bool) -> bool:
    """Whether a number needs no source: mental arithmetic or, if the trace reaches the answer, an earlier mention."""
    if not arrived:
        return is_mental_arithmetic(trace, operand) and misspelt(trace, operand) is None
    return is_mental_arithmetic(trace, operand) or is_mentioned(trace, operand)


def _operand(
    alignment: Alignment, index: int, mine: Occurrence, theirs: Occurrence | None, same: bool
) -> Finding | None:
    """The finding for one operand, compared with the gold operand in its place; None when it is right."""
    trace, claim = alignment.trace, alignment.trace.claims[index]
    reached = _reached(alignment, index)
    if not mine.sources and (unsupported := _unsupported(alignment, index, mine, theirs if same else None)):
        return unsupported
    if same:
        return None
    if theirs is None:
        return _extra(alignment, index, mine)
    if not mine.sources and reached:
        return None if trace.is_grounded(mine) else _miracle(trace, claim, mine)
    if not reached and not theirs.sources and theirs.value in trace.givens.constants:
        factor = number_text(theirs.value)
        said = f'"{words(trace, claim)}" converts by {number_text(mine.value)} where {factor} is the factor'
        return at_step("wrong_conversion", claim.step, said)
    if not mine.sources:
        return _miscopied(alignment, claim, mine, theirs)
    if not reached and claim.holds and alignment.same_operators(index):
        return _misplaced(alignment, index, mine, theirs)
    return None


def _extra(alignment: Alignment, index: int, mine: Occurrence) -> Finding | None:
    """The finding for an operand without a counterpart in a gold claim; None when it has a source."""
    trace, claim = alignment.trace, alignment.trace.claims[index]
    paired = index in alignment.pairs
    if paired and mine.value == 1 and not _reached(alignment, index):
        return at_step("off_by_one", claim.step, f'"{words(trace, claim)}" counts one too many or too few')
    if mine.sources or (not paired and (trace.is_grounded(mine) or mine.value <= _SMALL)):
        return None
    giving = (j for j, other in enumerate(trace.claims[: 2 * COMPARED]) if other.result_value == mine.value)
    if any(j != index and not _rests_on(trace, j, index) for j in giving):  # derived, in another order
        return None
    if paired and _reached(alignment, index):
        return None
    said = f'"{words(trace, claim)}" uses {number_text(mine.value)}, which nothing gives'
    return at_step("invented_quantity", claim.step, said)


def _misplaced(alignment: Alignment, index: int, mine: Occurrence, theirs: Occurrence) -> Finding | None:
    """The finding for a known quantity in the place of another; None when it is only carried on."""
    trace, claim = alignment.trace, alignment.trace.claims[index]
    if any(source.type == "claim" and source.index not in alignment.pairs for source in mine.sources):
        return None  # the result of an unpaired claim, which is checked by itself
    said = f'"{words(trace, claim)}" uses {number_text(mine.value)} where {number_text(theirs.value)} belongs'
    for source in theirs.sources:
        if source.type == "claim" and source.index not in alignment.backward:
            skipped = alignment.gold.operands_of(source.index)
            if any(alignment.same(mine, operand) for operand in skipped):
                meant = words(alignment.gold, alignment.gold.claims[source.index])
                return at_step("dropped_condition", claim.step, f'{said}: "{meant}" is never carried out')
    others = [o for o in trace.operands_of(index) if o is not mine]
    rule = "wrong_base" if any(is_rate(o.numeral) for o in others) and not is_rate(mine.numeral) else "wrong_quantity"
    return at_step(rule, claim.step, said)


def _operation(alignment: Alignment, index: int) -> Iterator[Finding]:
    """Findings for a claim with the gold claim's numbers and another result: a missing term or other operators."""
    claim = alignment.trace.claims[index]
    if _reached(alignment, index) or not claim.holds or not all(same for _, _, same in alignment.partners(index)):
        return
    if _carries_on(alignment, index):
        return
    k = alignment.pairs[index]
    said = f'"{words(alignment.trace, claim)}" where "{words(alignment.gold, alignment.gold.claims[k])}" is called for'
    if alignment.missing(index):
        yield at_step("dropped_term", claim.step, said)
    elif alignment.same_operators(index):
        changed = any(mine.value != theirs.value for mine, theirs, _ in alignment.partners(index) if theirs)
        if not changed:
            yield at_step("wrong_order", claim.step, said)
    else:
        gold = [op for op in operations(alignment.gold.claims[k].left) if relation_of(alignment.gold, k, op)]
        used = {op.symbol for op in operations(claim.left)}
        turned = any(inverse(op.symbol) in used and op.symbol not in used for op in gold)
        yield at_step("misread_relation" if turned else "wrong_operation", claim.step, said)


def _carries_on(alignment: Alignment, index: int) -> bool:
    """Whether a claim computes what its gold claim does, from the trace's own earlier results."""
    carried = {
        theirs.numeral.start: mine.value
        for mine, theirs, _ in alignment.partners(index)
        if theirs is not None and any(source.type == "claim" for source in theirs.sources)
    }
    meant = alignment.gold.claims[alignment.pairs[index]]
    return bool(carried) and evaluate(meant.left, carried) == alignment.trace.value_of(index)


def _reached(alignment: Alignment, index: int) -> bool:
    """Whether a claim has the result of its gold claim; true for a claim without one."""
    paired = alignment.pairs.get(index)
    return paired is None or alignment.trace.value_of(index) == alignment.gold.value_of(paired)


def _unsupported(alignment: Alignment, index: int, operand: Occurrence, theirs: Occurrence | None) -> Finding | None:
    """The finding for a result used before, without or against its derivation; None otherwise.

    `theirs` is the gold operand that it agrees with, if any.
    """
    trace = alignment.trace
    claim = trace.claims[index]
    after = range(index + 1, min(len(trace.claims), 2 * COMPARED))
    giving = next((j for j in after if trace.value_of(j) == operand.value), None)
    later = trace.claims[giving] if giving is not None and _rests_on(trace, giving, index) else None
    if giving is not None and later is None:  # the same steps in another order
        return None
    solved_so = theirs is not None and not theirs.sources and trace is not alignment.gold
    if later is not None and _reached(alignment, index) and not solved_so and not trace.givens.explains(operand.value):
        said = f"{number_text(operand.value)} is used before it is derived in step {later.step + 1}"
        return at_step("circular", claim.step, said)
    if theirs is None or not theirs.sources or any(source.type != "claim" for source in theirs.sources):
        return None
    if trace.givens.explains(operand.value):
        return None
    mine = [alignment.backward[s.index] for s in theirs.sources if s.index in alignment.backward]
    if not mine:
        if alignment.is_own_route and is_left_out(alignment, operand, theirs.sources[0].index):
            return None
        return at_step("missing_support", claim.step, f"{number_text(operand.value)} is used and never derived")
    if mine[0] < index and trace.value_of(mine[0]) != operand.value:
        stated, step = number_text(trace.value_of(mine[0])), trace.claims[mine[0]].step + 1
        said = f"{number_text(operand.value)} is used, but step {step} derives {stated}"
        return at_step("contradiction", claim.step, said)
    return None


def _rests_on(trace: ParsedTrace, claim: int, earlier: int) -> bool:
    """Whether a claim depends, directly or through others, on the result of an earlier one."""
    todo, met = [claim], {claim}
    while todo:
        for operand in trace.operands_of(todo.pop()):
            sources = {s.index for s in operand.sources if s.type == "claim"}
            if earlier in sources or operand.value == trace.value_of(earlier):
                return True
            todo += sources - met
            met |= sources
    return False


def _miracle(trace: ParsedTrace, claim: Claim, operand: Occurrence) -> Finding:
    said = f'"{words(trace, claim)}" gives the right result from {number_text(operand.value)}, which nothing gives'
    return at_step("unexplained_result", claim.step, said)


def _miscopied(alignment: Alignment, claim: Claim, operand: Occurrence, theirs: Occurrence) -> Finding:
    """The finding for a number that is miscopied from an earlier claim or from the problem."""
    prior = any(source.type == "claim" for source in theirs.sources)
    quantities = alignment.gold.givens.quantities
    counted = any(s.type == "given" and is_count(quantities[s.index]) for s in theirs.sources)
    off = counted and abs(operand.value - theirs.value) == 1
    rule = "miscopied_prior" if prior else "off_by_one" if off else "miscopied_given"
    where = "an earlier step gives" if prior else "the problem gives"
    said = (
        f'"{words(alignment.trace, claim)}" uses {number_text(operand.value)} where {where} {number_text(theirs.value)}'
    )
    return at_step(rule, claim.step, said)
