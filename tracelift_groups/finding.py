"""What is wrong with a math trace, as far as it can be measured: findings, each with its step and its evidence.

Everything is computed from the text against the seed (problem, answer, worked solution where there is one). How a
trace was made, and what anybody says is wrong with it, plays no part. A right solution on another route has no finding.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tracelift_groups.alignment import Alignment, align
from tracelift_groups.answer import answer_value, conclusion
from tracelift_groups.checker import number
from tracelift_groups.claim import Claim
from tracelift_groups.reading import Occurrence, Reading, Source, read
from tracelift_groups.reference import reference_text
from tracelift_groups.seed import Seed
from tracelift_groups.trace import Trace

_ARTIFACT = re.compile(r"####|\\boxed|\\fbox|\bfinal answer\b", re.IGNORECASE)
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
    found = [
        *_arithmetic(reading),
        *_quantities(alignment),
        *_detours(alignment),
        *_artifacts(trace),
    ]
    return sorted([*found, *_ending(seed, alignment, found)], key=lambda f: f.step)


def _arithmetic(reading: Reading) -> Iterator[Finding]:
    for claim in reading.claims:
        if not claim.holds:
            said = f'"{_words(reading, claim)}" is wrong: the left side is {number(claim.value)}'
            yield _finding("false_claim", claim.step, said)


def _quantities(alignment: Alignment) -> Iterator[Finding]:
    """What each claim computes with: from where, and is it what belongs there?"""
    trace = alignment.trace
    for i, claim in enumerate(trace.claims):
        mismatched = {mine.index: theirs for mine, theirs in alignment.mismatches(i)} if i in alignment.pairs else {}
        paired = i in alignment.pairs
        reached = not paired or claim.result_value == alignment.gold.value_of(alignment.pairs[i])
        for operand in trace.operands_of(i):
            theirs = mismatched.get(operand.index)
            loose = not trace.is_grounded(operand) and operand.value > _SMALL
            if loose and (unsupported := _unsupported(alignment, i, operand)):
                yield unsupported
            elif loose and theirs is not None:
                yield _miracle(trace, claim, operand) if reached else _miscopied(alignment, claim, operand, theirs)
            elif loose and not paired:
                said = f'"{_words(trace, claim)}" uses {number(operand.value)}, which nothing gives'
                yield _finding("invented_quantity", claim.step, said)
            elif theirs is not None and not reached and claim.holds and alignment.same_operators(i):
                said = f'"{_words(trace, claim)}" uses {number(operand.value)} where {number(theirs.value)} belongs'
                yield _finding("wrong_quantity", claim.step, said)
        if paired and not reached and not mismatched and claim.holds and not alignment.same_operators(i):
            meant = _words(alignment.gold, alignment.gold.claims[alignment.pairs[i]])
            yield _finding("wrong_operation", claim.step, f'"{_words(trace, claim)}" where "{meant}" is called for')


def _unsupported(alignment: Alignment, index: int, operand: Occurrence) -> Finding | None:
    """A result that is used before, without, or against its derivation; None when the number is no such result."""
    trace, gold = alignment.trace, alignment.gold
    claim = trace.claims[index]
    later = next((c for c in trace.claims[index + 1 :] if c.result_value == operand.value), None)
    if later is not None:
        said = f"{number(operand.value)} is used before it is derived in step {later.step + 1}"
        return _finding("circular", claim.step, said)
    for k, theirs in enumerate(gold.claims):
        if theirs.result_value != operand.value:
            continue
        mine = alignment.backward.get(k)
        if mine is None:
            return _finding("missing_support", claim.step, f"{number(operand.value)} is used and never derived")
        if mine < index and trace.value_of(mine) != operand.value:
            stated = number(trace.value_of(mine))
            step = trace.claims[mine].step + 1
            said = f"{number(operand.value)} is used, but step {step} derives {stated}"
            return _finding("contradiction", claim.step, said)
    return None


def _miracle(trace: Reading, claim: Claim, operand: Occurrence) -> Finding:
    said = f'"{_words(trace, claim)}" gives the right result from {number(operand.value)}, which nothing gives'
    return _finding("unexplained_result", claim.step, said)


def _miscopied(alignment: Alignment, claim: Claim, operand: Occurrence, theirs: Occurrence) -> Finding:
    """A number that stands where another belongs: carried wrong from a claim, or copied wrong from the problem."""
    prior = any(source.sort == "claim" for source in theirs.sources)
    rule = "miscopied_prior" if prior else "miscopied_given"
    where = "an earlier step gives" if prior else "the problem gives"
    said = f'"{_words(alignment.trace, claim)}" uses {number(operand.value)} where {where} {number(theirs.value)}'
    return _finding(rule, claim.step, said)


def _detours(alignment: Alignment) -> Iterator[Finding]:
    """Claims that nothing needs: not in the worked solution, their result already known, and never used again."""
    trace = alignment.trace
    if trace is alignment.gold:
        return
    for i, claim in enumerate(trace.claims):
        used = any(trace.origin(o) == Source("claim", i) for o in trace.uses(Source("claim", i)) if o.step > claim.step)
        known = any(c.result_value == claim.result_value for c in trace.claims[:i])
        known = known or bool(trace.givens.of(claim.result_value))
        if i not in alignment.pairs and known and not used and claim.step < len(trace.steps) - 1:
            yield _finding("detour", claim.step, f'"{_words(trace, claim)}" derives what is known and is not used')


def _artifacts(trace: Trace) -> Iterator[Finding]:
    for step, text in enumerate(trace.steps):
        if match := _ARTIFACT.search(text):
            yield _finding("leaked_artifact", step, f'the final artifact is given ("{match[0]}")')


def _ending(seed: Seed, alignment: Alignment, found: list[Finding]) -> Iterator[Finding]:
    """Whether the trace comes to the answer."""
    trace, answer = alignment.trace, answer_value(seed.answer)
    last = len(trace.steps) - 1
    if answer is None:
        if _plain(seed.answer) not in _plain(trace.trace.text):
            yield _finding("no_conclusion", last, f"the trace never comes to {seed.answer}")
        return
    place = conclusion(trace, answer)
    final = trace.claims[-1] if trace.claims else None
    if place is not None and (place.step == last or (final and final.result_value == answer)):
        return
    ends = alignment.pairs.get(len(trace.claims) - 1) == len(alignment.gold.claims) - 1
    changed = any(f.rule in _EXPLAIN for f in found)
    if final is None or (alignment.gold is not trace and not ends and not changed):
        yield _finding("no_conclusion", last, f"the trace stops before it comes to {seed.answer}")
        return
    yield _finding("wrong_answer", last, f"it comes to {number(final.result_value)}, not {seed.answer}")
    if not changed:
        yield _finding("wrong_approach", last, "every step is sound by itself, and they do not lead to the answer")


_EXPLAIN = frozenset(
    {"false_claim", "wrong_operation", "wrong_quantity", "miscopied_given", "miscopied_prior", "invented_quantity"}
)


def _finding(rule: str, step: int, said: str) -> Finding:
    return Finding(rule, step, f"Step {step + 1}: {said}.")


def _words(reading: Reading, claim: Claim) -> str:
    return reading.trace.text[claim.start : claim.end]


def _plain(text: str) -> str:
    return "".join(text.split()).replace("\\dfrac", "\\frac").replace("\\tfrac", "\\frac")
