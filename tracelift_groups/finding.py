"""What is wrong with a math trace, as far as it can be measured: findings, each with its step and its evidence.

Everything is computed from the text against the seed (problem, answer, worked solution where there is one). How a
trace was made, and what anybody says is wrong with it, plays no part. A right solution on another route has no finding.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from tracelift_groups.alignment import Alignment, align
from tracelift_groups.answer import answer_value
from tracelift_groups.checker import same_numbers, same_shape
from tracelift_groups.claim import Claim
from tracelift_groups.ending import CHECKING, arrives, is_check, says_answer, shows_work
from tracelift_groups.expression import evaluate, operations
from tracelift_groups.misread import is_misread
from tracelift_groups.quantity import is_count, is_rate
from tracelift_groups.reading import Occurrence, Reading, Source, read
from tracelift_groups.reference import reference_text
from tracelift_groups.relation import inverse, relation_of
from tracelift_groups.route import in_head, is_mentioned, is_near, is_straight_from_givens, misspelt
from tracelift_groups.seed import Seed
from tracelift_groups.trace import Trace
from tracelift_groups.verify.redundant import SENTENCE
from tracelift_groups.verify.wrong_target import concludes

_ARTIFACT = re.compile(r"####|\\boxed|\\fbox|<answer>|^\W*final answer\b\W{0,8}(?:is|=|:)", re.IGNORECASE)
_TAKEN_BACK = re.compile(
    r"\b(?:wait|no[,:]|oops|sorry|actually|correction|wrong|incorrect|mistake|re-?(?:do|check|compute|calculate)|"
    r"scratch that|hmm|rather|let me (?:try|fix|correct)|should be)",
    re.IGNORECASE,
)
_ANSWER = re.compile(r"\banswer\b", re.IGNORECASE)
_STRANGE = 2  # quantities from nowhere, at least, of a trace that is about another problem
_COMPARED = 80  # claims, at most, that are compared with the others; all are recomputed
_SMALL = 5  # counts up to this are read off a text ("the three friends") without a numeral


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: a rule's name, the step it is in (from 0), and a sentence that cites the evidence."""

    rule: str
    step: int
    sentence: str


def findings(seed: Seed, text: str) -> list[Finding]:
    """Everything wrong with a trace of this seed, by step. Empty for a right solution, in whatever form."""
    trace = Trace.read(text)
    if not trace.steps:
        return [Finding("no_conclusion", 0, "The trace is empty.")]
    reading = read(seed.problem, trace)
    gold = read(seed.problem, Trace.read(reference_text(seed.solution))) if seed.solution else reading
    alignment = align(reading, gold)
    arrived = arrives(seed, reading)
    other = _OWN_ROUTE if alignment.is_own_route else _OTHER_ROUTE
    compared = [f for f in _quantities(alignment, arrived) if not (arrived and f.rule in other)]
    if not arrived and _repeated(reading, compared):
        compared = [f for f in compared if f.step != reading.claims[-1].step]
    contradicted = any(f.rule == "contradiction" for f in compared)
    misstated = [f for f in _misstated(alignment) if not (contradicted and f.rule == "contradiction")]
    if arrived and alignment.is_own_route:
        misstated = []
    if not arrived and alignment.trace is alignment.gold:
        compared += _strange(reading)
    found = [*_arithmetic(reading), *misstated, *compared, *_unread_uses(alignment)]
    found += [*_detours(alignment, answer_value(seed.answer)), *_said_again(trace), *_artifacts(trace)]
    if not arrived and (strange := _unrelated(alignment)):
        found.append(strange)
    if not arrived:
        found += _ending(seed, alignment, found)
    elif not shows_work(reading):
        last = len(trace.steps) - 1
        found.append(_finding("no_derivation", last, f"it says {seed.answer}, and nothing derives it"))
    return sorted(found, key=lambda f: f.step)


def _arithmetic(reading: Reading) -> Iterator[Finding]:
    for i, claim in enumerate(reading.claims):
        if not claim.holds and not _is_taken_back(reading, i) and not is_misread(reading, i):
            said = f'"{_words(reading, claim)}" is wrong: the left side is {_shown(claim.value)}'
            yield _finding("false_claim", claim.step, said)


def _is_taken_back(reading: Reading, index: int) -> bool:
    """Whether a false claim is corrected in so many words: `3 x 12 = 34. Wait, that is wrong: 3 x 12 = 36`."""
    claim = reading.claims[index]
    for later in reading.claims[index + 1 : index + 1 + _COMPARED]:
        same = same_shape(later.left, claim.left) and same_numbers(later.left, claim.left)
        if same and later.holds and _TAKEN_BACK.search(reading.trace.text[claim.end : later.start]):
            return True
    return False


def _misstated(alignment: Alignment) -> Iterator[Finding]:
    """Results other than the worked solution's that later steps do not go on with, or that no arithmetic explains."""
    trace, gold = alignment.trace, alignment.gold
    lefts = Counter(claim.left for reading in (trace, gold) for claim in reading.claims if not claim.is_read)
    for i, k in alignment.pairs.items():
        claim, meant = trace.claims[i], gold.value_of(k)
        if claim.result_value == meant or not claim.holds or (not claim.is_read and lefts[claim.left] > 2):
            continue
        said = f'"{_words(trace, claim)}", where {_shown(meant)} is right'
        later = (o for o in trace.occurrences if o.step > claim.step and o.value == meant and not o.sources)
        use = next(later, None)
        if use is not None and not trace.givens.explains(meant):
            yield _finding("contradiction", claim.step, f"{said} and is what step {use.step + 1} goes on with")
        elif not claim.is_read:
            yield _finding("false_claim", claim.step, said)


def _unread_uses(alignment: Alignment) -> Iterator[Finding]:
    """Results that only the worked solution derives and that stand in arithmetic which is no claim."""
    trace, gold = alignment.trace, alignment.gold
    skipped = {gold.value_of(k): k for k in range(len(gold.claims)) if k not in alignment.backward}
    for use in trace.occurrences if skipped else ():
        if use.unread and use.is_used and use.value in skipped and not trace.is_grounded(use):
            if alignment.is_own_route and _is_left_out(alignment, use, skipped[use.value]):
                continue
            yield _finding("missing_support", use.step, f"{_shown(use.value)} is used and never derived")
    theirs = {text.strip(): step for step, text in enumerate(gold.steps)}
    for value, step in trace.introduced.items():
        later = theirs.get(trace.steps[step].strip())
        if later is not None and gold.introduced.get(value, later) < later:
            yield _finding(
                "missing_support", step, f"{_shown(value)} is used, and the step that says where from is missing"
            )


def _is_left_out(alignment: Alignment, operand: Occurrence, source: int) -> bool:
    """Whether a trace with words of its own may use a result of the worked solution without a claim that derives it."""
    return is_straight_from_givens(alignment.gold, source) or is_mentioned(alignment.trace, operand)


def _strange(trace: Reading) -> Iterator[Finding]:
    """Numbers that nothing gives, where there is no worked solution to compare with."""
    for i, claim in enumerate(trace.claims[:_COMPARED]):
        for operand in trace.operands_of(i) if claim.is_read else ():
            if operand.sources or trace.is_grounded(operand) or operand.value <= _SMALL:
                continue
            like = misspelt(trace, operand)
            if like is None and in_head(trace, operand):
                continue
            rule = {"given": "miscopied_given", "claim": "miscopied_prior"}[like[0]] if like else "invented_quantity"
            where = f" where {_shown(like[1])} belongs" if like else ", which nothing gives"
            yield _finding(rule, claim.step, f'"{_words(trace, claim)}" uses {_shown(operand.value)}{where}')
            break


def _quantities(alignment: Alignment, arrived: bool) -> Iterator[Finding]:
    """What each claim computes with: from where, and is it what belongs there?"""
    for i in range(min(len(alignment.trace.claims), _COMPARED)):
        wrong = [
            f
            for mine, theirs, same in alignment.partners(i)
            if (f := _operand(alignment, i, mine, theirs, same))
            and not (alignment.is_own_route and f.rule in _NOWHERE and _is_known(alignment.trace, mine, arrived))
        ]
        yield from {finding.rule: finding for finding in reversed(wrong)}.values() or _operation(alignment, i)


def _is_known(trace: Reading, operand: Occurrence, arrived: bool) -> bool:
    """Whether a number needs no source: worked out in the head or, in a trace that comes to the answer, said before."""
    if not arrived:
        return in_head(trace, operand) and misspelt(trace, operand) is None
    return in_head(trace, operand) or is_mentioned(trace, operand)


def _operand(
    alignment: Alignment, index: int, mine: Occurrence, theirs: Occurrence | None, same: bool
) -> Finding | None:
    """What is wrong with one operand of a claim, beside the gold operand in its place."""
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
        said = f'"{_words(trace, claim)}" converts by {_shown(mine.value)} where {_shown(theirs.value)} is the factor'
        return _finding("wrong_conversion", claim.step, said)
    if not mine.sources:
        return _miscopied(alignment, claim, mine, theirs)
    if not reached and claim.holds and alignment.same_operators(index):
        return _misplaced(alignment, index, mine, theirs)
    return None


def _extra(alignment: Alignment, index: int, mine: Occurrence) -> Finding | None:
    """An operand with nothing in its place in the gold claim, or in a claim that has no gold claim."""
    trace, claim = alignment.trace, alignment.trace.claims[index]
    paired = index in alignment.pairs
    if paired and mine.value == 1 and not _reached(alignment, index):
        return _finding("off_by_one", claim.step, f'"{_words(trace, claim)}" counts one too many or too few')
    if mine.sources or (not paired and (trace.is_grounded(mine) or mine.value <= _SMALL)):
        return None
    giving = (j for j, other in enumerate(trace.claims[: 2 * _COMPARED]) if other.result_value == mine.value)
    if any(j != index and not _rests_on(trace, j, index) for j in giving):  # derived, in another order
        return None
    if paired and _reached(alignment, index):
        return None
    said = f'"{_words(trace, claim)}" uses {_shown(mine.value)}, which nothing gives'
    return _finding("invented_quantity", claim.step, said)


def _misplaced(alignment: Alignment, index: int, mine: Occurrence, theirs: Occurrence) -> Finding | None:
    """A known quantity where another belongs."""
    trace, claim = alignment.trace, alignment.trace.claims[index]
    if any(source.sort == "claim" and source.index not in alignment.pairs for source in mine.sources):
        return None  # it carries on a step of its own, which is judged where it stands
    said = f'"{_words(trace, claim)}" uses {_shown(mine.value)} where {_shown(theirs.value)} belongs'
    for source in theirs.sources:
        if source.sort == "claim" and source.index not in alignment.backward:
            skipped = alignment.gold.operands_of(source.index)
            if any(alignment.same(mine, operand) for operand in skipped):
                meant = _words(alignment.gold, alignment.gold.claims[source.index])
                return _finding("dropped_condition", claim.step, f'{said}: "{meant}" is never carried out')
    others = [o for o in trace.operands_of(index) if o is not mine]
    rule = "wrong_base" if any(is_rate(o.numeral) for o in others) and not is_rate(mine.numeral) else "wrong_quantity"
    return _finding(rule, claim.step, said)


def _operation(alignment: Alignment, index: int) -> Iterator[Finding]:
    """A claim on the gold claim's numbers that comes to something else: a term is missing, or the operators differ."""
    claim = alignment.trace.claims[index]
    if _reached(alignment, index) or not claim.holds or not all(same for _, _, same in alignment.partners(index)):
        return
    if _carries_on(alignment, index):
        return
    k = alignment.pairs[index]
    said = (
        f'"{_words(alignment.trace, claim)}" where "{_words(alignment.gold, alignment.gold.claims[k])}" is called for'
    )
    if alignment.missing(index):
        yield _finding("dropped_term", claim.step, said)
    elif alignment.same_operators(index):
        changed = any(mine.value != theirs.value for mine, theirs, _ in alignment.partners(index) if theirs)
        if not changed:
            yield _finding("wrong_order", claim.step, said)
    else:
        gold = [op for op in operations(alignment.gold.claims[k].left) if relation_of(alignment.gold, k, op)]
        used = {op.symbol for op in operations(claim.left)}
        turned = any(inverse(op.symbol) in used and op.symbol not in used for op in gold)
        yield _finding("misread_relation" if turned else "wrong_operation", claim.step, said)


def _carries_on(alignment: Alignment, index: int) -> bool:
    """Whether a claim does what its gold claim does, with earlier results of its own."""
    carried = {
        theirs.numeral.start: mine.value
        for mine, theirs, _ in alignment.partners(index)
        if theirs is not None and any(source.sort == "claim" for source in theirs.sources)
    }
    meant = alignment.gold.claims[alignment.pairs[index]]
    return bool(carried) and evaluate(meant.left, carried) == alignment.trace.value_of(index)


def _reached(alignment: Alignment, index: int) -> bool:
    """Whether a claim comes to what its gold claim comes to; true for a claim without one."""
    paired = alignment.pairs.get(index)
    return paired is None or alignment.trace.value_of(index) == alignment.gold.value_of(paired)


def _unsupported(alignment: Alignment, index: int, operand: Occurrence, theirs: Occurrence | None) -> Finding | None:
    """A result used before, without, or against its derivation; None when the number is no such result.

    `theirs` is the gold operand that it agrees with, if any.
    """
    trace = alignment.trace
    claim = trace.claims[index]
    after = range(index + 1, min(len(trace.claims), 2 * _COMPARED))
    giving = next((j for j in after if trace.value_of(j) == operand.value), None)
    later = trace.claims[giving] if giving is not None and _rests_on(trace, giving, index) else None
    if giving is not None and later is None:  # the same steps in another order
        return None
    solved_so = theirs is not None and not theirs.sources and trace is not alignment.gold
    if later is not None and _reached(alignment, index) and not solved_so and not trace.givens.explains(operand.value):
        said = f"{_shown(operand.value)} is used before it is derived in step {later.step + 1}"
        return _finding("circular", claim.step, said)
    if theirs is None or not theirs.sources or any(source.sort != "claim" for source in theirs.sources):
        return None
    if trace.givens.explains(operand.value):
        return None
    mine = [alignment.backward[s.index] for s in theirs.sources if s.index in alignment.backward]
    if not mine:
        if alignment.is_own_route and _is_left_out(alignment, operand, theirs.sources[0].index):
            return None
        return _finding("missing_support", claim.step, f"{_shown(operand.value)} is used and never derived")
    if mine[0] < index and trace.value_of(mine[0]) != operand.value:
        stated, step = _shown(trace.value_of(mine[0])), trace.claims[mine[0]].step + 1
        said = f"{_shown(operand.value)} is used, but step {step} derives {stated}"
        return _finding("contradiction", claim.step, said)
    return None


def _rests_on(trace: Reading, claim: int, earlier: int) -> bool:
    """Whether a claim computes, directly or through others, with the result of an earlier one."""
    todo, met = [claim], {claim}
    while todo:
        for operand in trace.operands_of(todo.pop()):
            sources = {s.index for s in operand.sources if s.sort == "claim"}
            if earlier in sources or operand.value == trace.value_of(earlier):
                return True
            todo += sources - met
            met |= sources
    return False


def _miracle(trace: Reading, claim: Claim, operand: Occurrence) -> Finding:
    said = f'"{_words(trace, claim)}" gives the right result from {_shown(operand.value)}, which nothing gives'
    return _finding("unexplained_result", claim.step, said)


def _miscopied(alignment: Alignment, claim: Claim, operand: Occurrence, theirs: Occurrence) -> Finding:
    """A number that stands where another belongs: carried wrong from a claim, or copied wrong from the problem."""
    prior = any(source.sort == "claim" for source in theirs.sources)
    quantities = alignment.gold.givens.quantities
    counted = any(s.sort == "given" and is_count(quantities[s.index]) for s in theirs.sources)
    off = counted and abs(operand.value - theirs.value) == 1
    rule = "miscopied_prior" if prior else "off_by_one" if off else "miscopied_given"
    where = "an earlier step gives" if prior else "the problem gives"
    said = f'"{_words(alignment.trace, claim)}" uses {_shown(operand.value)} where {where} {_shown(theirs.value)}'
    return _finding(rule, claim.step, said)


def _detours(alignment: Alignment, answer: Fraction | None) -> Iterator[Finding]:
    """Claims that nothing needs: not in the worked solution, computed back to what was known, and never used again."""
    trace = alignment.trace
    if trace is alignment.gold:
        return
    for i, claim in enumerate(trace.claims[:_COMPARED]):
        inner = i not in alignment.pairs and claim.step < len(trace.steps) - 1
        check = is_check(trace, i, answer) and CHECKING.search(trace.steps[claim.step])
        if not inner or check or not (_goes_back(trace, i) or _repeats(trace, i)):
            continue
        if not all(operand.sources for operand in trace.operands_of(i)):
            continue
        if not any(
            trace.origin(o) == Source("claim", i) for o in trace.uses(Source("claim", i)) if o.step > claim.step
        ):
            yield _finding("detour", claim.step, f'"{_words(trace, claim)}" derives what is known and is not used')


def _goes_back(trace: Reading, index: int) -> bool:
    """Whether a claim undoes an earlier one: its result is what a result among its operands was computed from."""
    value = trace.value_of(index)
    sources = {s.index for o in trace.operands_of(index) for s in o.sources if s.sort == "claim"}
    return any(o.value == value for k in sources for o in trace.operands_of(k))


def _repeats(trace: Reading, index: int) -> bool:
    claim = trace.claims[index]
    return any(same_shape(c.left, claim.left) and same_numbers(c.left, claim.left) for c in trace.claims[:index])


def _said_again(trace: Trace) -> Iterator[Finding]:
    """Inner sentences that repeat an earlier one word by word."""
    met: dict[str, int] = {}
    for step, text in enumerate(trace.steps[:-1]):
        said = text.strip()
        if said in met:
            yield _finding("detour", step, f"it says again, word by word, what step {met[said] + 1} says")
        elif len(said) >= SENTENCE:
            met[said] = step


def _unrelated(alignment: Alignment) -> Finding | None:
    """When most of what a trace starts from is neither in the problem nor in its solution, it answers another one."""
    trace = alignment.trace
    starts = [o for o in trace.occurrences if o.role == "operand" and not any(s.sort == "claim" for s in o.sources)]
    known = {o.value for o in alignment.gold.occurrences} if alignment.gold is not trace else set()
    known |= {value * value for quantity in trace.givens.quantities for value in quantity.values}
    strange = [o for o in starts if o.value not in known and not trace.is_grounded(o)]
    if len(strange) < _STRANGE or 2 * len(strange) <= len(starts):
        return None
    shown = ", ".join(dict.fromkeys(_shown(o.value) for o in strange[:4]))
    return _finding("unrelated", strange[0].step, f"most of its quantities ({shown}) are not in the problem")


def _artifacts(trace: Trace) -> Iterator[Finding]:
    for step, text in enumerate(trace.steps):
        if match := _ARTIFACT.search(text):
            yield _finding("leaked_artifact", step, f'the final artifact is given ("{match[0]}")')


def _ending(seed: Seed, alignment: Alignment, found: list[Finding]) -> Iterator[Finding]:
    """How a trace that does not come to the answer ends: too early, or elsewhere."""
    trace = alignment.trace
    last = len(trace.steps) - 1
    final = trace.claims[-1] if trace.claims else None
    if final is not None and final.step == last and (again := _repeated(trace, found)):
        said = f"it concludes with {_shown(final.result_value)}, which step {again.step + 1} derives, not {seed.answer}"
        yield _finding("wrong_target", last, said)
        return
    changed = any(f.rule in _EXPLAIN for f in found)
    unknown = answer_value(seed.answer) is None and not changed  # whether another answer is stated can't be told
    if final is None or unknown or (not changed and _is_short(alignment, seed)):
        early = final is None or unknown or final.step != last or not _concludes_anew(alignment, seed.problem)
        said = "the trace stops" if early or final is None else f"it concludes with {_shown(final.result_value)}"
        yield _finding("no_conclusion" if early else "wrong_target", last, f"{said} before it comes to {seed.answer}")
        return
    yield _finding("wrong_answer", last, f"it comes to {_shown(final.result_value)}, not {seed.answer}")
    if not changed:
        said = "every step is sound by itself, and they do not lead to the answer"
        yield _finding("wrong_approach", _departure(alignment, last), said)


def _is_short(alignment: Alignment, seed: Seed) -> bool:
    """Whether a trace, sound so far, is on the way to the answer, or says of something on the way that it is it."""
    trace, gold = alignment.trace, alignment.gold
    if trace is gold:
        answer = answer_value(seed.answer)
        near = answer is not None and is_near(trace, answer)
        return near or not says_answer(seed.problem, trace.steps[-1]) or not _uses_all(trace)
    if alignment.pairs.get(len(trace.claims) - 1) == len(gold.claims) - 1:
        return False
    values = {claim.result_value for claim in gold.claims}
    return not alignment.is_own_route or not _uses_all(trace) or all(c.result_value in values for c in trace.claims)


def _uses_all(trace: Reading) -> bool:
    """Whether every number of the problem is in the trace, in one of its values."""
    there = {o.value for o in trace.occurrences} | {o.numeral.value for o in trace.occurrences}
    return all(there & set(quantity.values) for quantity in trace.givens.quantities if quantity.is_number)


def _departure(alignment: Alignment, last: int) -> int:
    """The step in which a trace leaves the worked solution: its first result that the solution has not."""
    values = {claim.result_value for claim in alignment.gold.claims}
    return next((c.step for c in alignment.trace.claims if c.result_value not in values), last)


def _concludes_anew(alignment: Alignment, problem: str) -> bool:
    """Whether the last step says its result is the answer, and the step of the worked solution that it is does not."""
    step = alignment.trace.steps[-1]
    if alignment.trace is alignment.gold:
        return says_answer(problem, step)
    theirs = alignment.pairs.get(len(alignment.trace.claims) - 1)
    opens = theirs is not None and concludes(alignment.gold.steps[alignment.gold.claims[theirs].step])
    return (concludes(step) and not opens) or _ANSWER.search(step) is not None


def _repeated(trace: Reading, found: list[Finding]) -> Claim | None:
    """The earlier claim that a trace, sound up to its last step, carries out again in that step."""
    final = trace.claims[-1] if trace.claims else None
    if final is None or any(f.rule in _EXPLAIN and f.step != final.step for f in found):
        return None
    again = (c for c in trace.claims if c.step < final.step and c.result_value == final.result_value)
    return next((c for c in again if same_shape(c.left, final.left) and same_numbers(c.left, final.left)), None)


# In a trace that comes to the answer, another quantity or operation than the worked solution's is another route.
_OTHER_ROUTE = frozenset(
    "wrong_operation wrong_quantity off_by_one dropped_condition wrong_base dropped_term wrong_order "
    "misread_relation".split()
)
# In words of its own it may also reckon with other factors and name other numbers.
_OWN_ROUTE = _OTHER_ROUTE | {"wrong_conversion", "miscopied_given", "miscopied_prior", "contradiction"}
_NOWHERE = frozenset(["invented_quantity", "unexplained_result", "circular", "miscopied_given"])
_EXPLAIN = frozenset(
    "false_claim wrong_operation wrong_quantity miscopied_given miscopied_prior invented_quantity wrong_conversion "
    "off_by_one dropped_condition wrong_base dropped_term wrong_order misread_relation".split()
)


def _finding(rule: str, step: int, said: str) -> Finding:
    return Finding(rule, step, f"Step {step + 1}: {said}.")


def _words(reading: Reading, claim: Claim) -> str:
    return reading.trace.text[claim.start : claim.end]


def _shown(value: Fraction | None) -> str:
    """A number as a person would write it: decimal where that is exact and short."""
    decimal = value is not None and 10000 % value.denominator == 0
    return f"{float(value):g}" if decimal and value is not None and abs(value) < 10**6 else str(value)
