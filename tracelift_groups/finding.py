"""What is wrong with a math trace, as far as it can be measured: findings, each with its step and its evidence.

Everything is computed from the text against the seed (problem, answer, worked solution where there is one). How a
trace was made, and what anybody says is wrong with it, plays no part. A right solution on another route has no finding.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from tracelift_groups.alignment import Alignment, align
from tracelift_groups.answer import answer_value, conclusion, plain
from tracelift_groups.checker import same_numbers, same_shape
from tracelift_groups.claim import Claim
from tracelift_groups.exact import Fraction
from tracelift_groups.expression import operations
from tracelift_groups.quantity import is_count, is_rate
from tracelift_groups.reading import Occurrence, Reading, Source, read
from tracelift_groups.reference import reference_text
from tracelift_groups.relation import inverse, relation_of
from tracelift_groups.seed import Seed
from tracelift_groups.trace import Trace
from tracelift_groups.verify.redundant import SENTENCE
from tracelift_groups.verify.wrong_target import concludes

_ARTIFACT = re.compile(r"####|\\boxed|\\fbox|\bfinal answer\b", re.IGNORECASE)
_TAKEN_BACK = re.compile(
    r"\b(?:wait|no[,:]|oops|sorry|actually|correction|wrong|incorrect|mistake|re-?(?:do|check|compute|calculate)|"
    r"scratch that|hmm|rather|let me (?:try|fix|correct)|should be)",
    re.IGNORECASE,
)
_CHECKING = re.compile(r"\b(?:check|verif|confirm|make sure|indeed|works|agrees)", re.IGNORECASE)
_STRANGE = 2  # quantities from nowhere, at least, of a trace that is about another problem
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
    arrived = _arrives(seed, reading)
    compared = [f for f in _quantities(alignment) if not (arrived and f.rule in _OTHER_ROUTE)]
    if not arrived and _repeated(reading, compared):
        compared = [f for f in compared if f.step != reading.claims[-1].step]
    contradicted = any(f.rule == "contradiction" for f in compared)
    misstated = (f for f in _misstated(alignment) if not (contradicted and f.rule == "contradiction"))
    found = [*_arithmetic(reading), *misstated, *compared, *_unread_uses(alignment)]
    found += [*_detours(alignment, answer_value(seed.answer)), *_said_again(trace), *_artifacts(trace)]
    if not arrived and (strange := _unrelated(alignment)):
        found.append(strange)
    if not arrived:
        found += _ending(seed, alignment, found)
    elif not reading.claims and (gold.claims or not seed.solution):
        last = len(trace.steps) - 1
        found.append(_finding("no_derivation", last, f"it says {seed.answer}, and nothing derives it"))
    return sorted(found, key=lambda f: f.step)


def _arithmetic(reading: Reading) -> Iterator[Finding]:
    for i, claim in enumerate(reading.claims):
        if not claim.holds and not _is_taken_back(reading, i):
            said = f'"{_words(reading, claim)}" is wrong: the left side is {_shown(claim.value)}'
            yield _finding("false_claim", claim.step, said)


def _is_taken_back(reading: Reading, index: int) -> bool:
    """Whether a false claim is corrected in so many words: `3 x 12 = 34. Wait, that is wrong: 3 x 12 = 36`."""
    claim = reading.claims[index]
    for later in reading.claims[index + 1 :]:
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
            yield _finding("missing_support", use.step, f"{_shown(use.value)} is used and never derived")
    theirs = {text.strip(): step for step, text in enumerate(gold.steps)}
    for value, step in trace.introduced.items():
        later = theirs.get(trace.steps[step].strip())
        if later is not None and gold.introduced.get(value, later) < later:
            yield _finding(
                "missing_support", step, f"{_shown(value)} is used, and the step that says where from is missing"
            )


def _quantities(alignment: Alignment) -> Iterator[Finding]:
    """What each claim computes with: from where, and is it what belongs there?"""
    for i in range(len(alignment.trace.claims)):
        wrong = [f for mine, theirs, same in alignment.partners(i) if (f := _operand(alignment, i, mine, theirs, same))]
        yield from {finding.rule: finding for finding in reversed(wrong)}.values() or _operation(alignment, i)


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
    giving = (j for j, other in enumerate(trace.claims) if other.result_value == mine.value)
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
    after = range(index + 1, len(trace.claims))
    giving = next((j for j in after if trace.value_of(j) == operand.value), None)
    later = trace.claims[giving] if giving is not None and _rests_on(trace, giving, index) else None
    if giving is not None and later is None:  # the same steps in another order
        return None
    if later is not None and _reached(alignment, index) and not trace.givens.explains(operand.value):
        said = f"{_shown(operand.value)} is used before it is derived in step {later.step + 1}"
        return _finding("circular", claim.step, said)
    if theirs is None or not theirs.sources or any(source.sort != "claim" for source in theirs.sources):
        return None
    if trace.givens.explains(operand.value):
        return None
    mine = [alignment.backward[s.index] for s in theirs.sources if s.index in alignment.backward]
    if not mine:
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
    for i, claim in enumerate(trace.claims):
        inner = i not in alignment.pairs and claim.step < len(trace.steps) - 1
        check = _is_check(trace, i, answer) and _CHECKING.search(trace.steps[claim.step])
        if not inner or check or not (_goes_back(trace, i) or _repeats(trace, i)):
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


def _is_check(trace: Reading, index: int, answer: Fraction | None) -> bool:
    """Whether a claim tries the answer out: it comes back from it to what the answer was computed from."""
    derived = [i for i, claim in enumerate(trace.claims[:index]) if claim.result_value == answer]
    tried = any(operand.value == answer for operand in trace.operands_of(index))
    return tried and any(o.value == trace.value_of(index) for i in derived for o in trace.operands_of(i))


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
    strange = [o for o in starts if o.value not in known and not trace.is_grounded(o)]
    if len(strange) < _STRANGE or 2 * len(strange) <= len(starts):
        return None
    shown = ", ".join(dict.fromkeys(_shown(o.value) for o in strange[:4]))
    return _finding("unrelated", strange[0].step, f"most of its quantities ({shown}) are not in the problem")


def _artifacts(trace: Trace) -> Iterator[Finding]:
    for step, text in enumerate(trace.steps):
        if match := _ARTIFACT.search(text):
            yield _finding("leaked_artifact", step, f'the final artifact is given ("{match[0]}")')


def _arrives(seed: Seed, reading: Reading) -> bool:
    """Whether the trace comes to the answer: in its last step, or by its last claim."""
    answer = answer_value(seed.answer)
    if answer is None:
        return plain(seed.answer) in plain(reading.trace.text)
    place = conclusion(reading, answer)
    if place is None or place.step == reading.occurrences[-1].step:
        return place is not None
    own = [i for i in range(len(reading.claims)) if not _is_check(reading, i, answer)]
    last = reading.value_of(own[-1]) if own else None
    giving = (i for i in own if reading.value_of(i) == answer)
    return last == answer or any(operand.value == last for i in giving for operand in reading.operands_of(i))


def _ending(seed: Seed, alignment: Alignment, found: list[Finding]) -> Iterator[Finding]:
    """How a trace that does not come to the answer ends: too early, or elsewhere."""
    trace = alignment.trace
    last = len(trace.steps) - 1
    final = trace.claims[-1] if trace.claims else None
    if final is not None and final.step == last and (again := _repeated(trace, found)):
        said = f"it concludes with {_shown(final.result_value)}, which step {again.step + 1} derives, not {seed.answer}"
        yield _finding("wrong_target", last, said)
        return
    ends = alignment.pairs.get(len(trace.claims) - 1) == len(alignment.gold.claims) - 1
    changed = any(f.rule in _EXPLAIN for f in found)
    unknown = answer_value(seed.answer) is None and not changed  # whether another answer is stated can't be told
    if final is None or unknown or (alignment.gold is not trace and not ends and not changed):
        early = final is None or unknown or final.step != last or not _concludes_anew(alignment, last)
        said = "the trace stops" if early or final is None else f"it concludes with {_shown(final.result_value)}"
        yield _finding("no_conclusion" if early else "wrong_target", last, f"{said} before it comes to {seed.answer}")
        return
    yield _finding("wrong_answer", last, f"it comes to {_shown(final.result_value)}, not {seed.answer}")
    if not changed:
        yield _finding("wrong_approach", last, "every step is sound by itself, and they do not lead to the answer")


def _concludes_anew(alignment: Alignment, last: int) -> bool:
    """Whether the last step opens as a conclusion, and the step of the worked solution that it is does not."""
    theirs = alignment.pairs.get(len(alignment.trace.claims) - 1)
    opens = theirs is not None and concludes(alignment.gold.steps[alignment.gold.claims[theirs].step])
    return concludes(alignment.trace.steps[last]) and not opens


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
