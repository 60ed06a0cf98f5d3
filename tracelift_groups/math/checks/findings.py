"""Finds errors in a math trace by rules: findings, each with its step and its evidence.

The input is the text and the seed (problem, answer, worked solution if there is one); how the trace was made and how it
is labelled is not used. A correct solution on another solution path has no finding.
"""

import re
from collections import Counter
from collections.abc import Iterator

from tracelift_groups.math.checks.alignment import Alignment, align
from tracelift_groups.math.checks.conclusion import CHECKING, is_check, reaches_answer, says_answer, shows_work
from tracelift_groups.math.checks.finding import Finding, at_step, number_text, words
from tracelift_groups.math.checks.operands import COMPARED, is_left_out, quantities, ungrounded_findings
from tracelift_groups.math.checks.solution_path import is_near
from tracelift_groups.math.text.answer_value import answer_value
from tracelift_groups.math.text.claim import Claim
from tracelift_groups.math.text.markup import reference_text, step_artifact
from tracelift_groups.math.text.parsed_trace import NumberSource, ParsedTrace, parse_trace
from tracelift_groups.math.text.rational import Fraction
from tracelift_groups.math.text.sentence import SENTENCE, concludes
from tracelift_groups.math.text.shape import same_numbers, same_shape
from tracelift_groups.math.text.tolerance import is_tolerated
from tracelift_groups.records.seed import Seed
from tracelift_groups.records.trace import Trace

_RETRACTION = re.compile(
    r"\b(?:wait|no[,:]|oops|sorry|actually|correction|wrong|incorrect|mistake|re-?(?:do|check|compute|calculate)|"
    r"scratch that|hmm|rather|let me (?:try|fix|correct)|should be)",
    re.IGNORECASE,
)
_ANSWER = re.compile(r"\banswer\b", re.IGNORECASE)
_STRANGE = 2  # ungrounded quantities, at least, of a trace about another problem


def findings(seed: Seed, text: str) -> list[Finding]:
    """All findings of a trace, ordered by step. Empty for a correct solution in any form."""
    trace = Trace.read(text)
    if not trace.steps:
        return [Finding("no_conclusion", 0, "The trace is empty.")]
    parsed = parse_trace(seed.problem, trace)
    gold = parse_trace(seed.problem, Trace.read(reference_text(seed.solution))) if seed.solution else parsed
    alignment = align(parsed, gold)
    arrived = reaches_answer(seed, parsed)
    other = _OWN_ROUTE if alignment.is_own_route else _OTHER_ROUTE
    compared = [f for f in quantities(alignment, arrived) if not (arrived and f.rule in other)]
    if not arrived and _repeated(parsed, compared):
        compared = [f for f in compared if f.step != parsed.claims[-1].step]
    contradicted = any(f.rule == "contradiction" for f in compared)
    misstated = [f for f in _misstated(alignment) if not (contradicted and f.rule == "contradiction")]
    if arrived and alignment.is_own_route:
        misstated = []
    if not arrived and alignment.trace is alignment.gold:
        compared += ungrounded_findings(parsed)
    found = [*_arithmetic(parsed), *misstated, *compared, *_unread_uses(alignment)]
    found += [*_detours(alignment, answer_value(seed.answer)), *_repeated_sentences(trace), *_artifacts(trace)]
    if not arrived and (unrelated := _unrelated(alignment)):
        found.append(unrelated)
    if not arrived:
        found += _ending(seed, alignment, found)
    elif not shows_work(parsed):
        last = len(trace.steps) - 1
        found.append(at_step("no_derivation", last, f"it says {seed.answer}, and nothing derives it"))
    return sorted(found, key=lambda f: f.step)


def _arithmetic(parsed: ParsedTrace) -> Iterator[Finding]:
    for i, claim in enumerate(parsed.claims):
        if not claim.holds and not _is_retracted(parsed, i) and not is_tolerated(parsed, i):
            said = f'"{words(parsed, claim)}" is wrong: the left side is {number_text(claim.value)}'
            yield at_step("false_claim", claim.step, said)


def _is_retracted(parsed: ParsedTrace, index: int) -> bool:
    """Whether a false claim is corrected explicitly: `3 x 12 = 34. Wait, that is wrong: 3 x 12 = 36`."""
    claim = parsed.claims[index]
    for later in parsed.claims[index + 1 : index + 1 + COMPARED]:
        same = same_shape(later.left, claim.left) and same_numbers(later.left, claim.left)
        if same and later.holds and _RETRACTION.search(parsed.trace.text[claim.end : later.start]):
            return True
    return False


def _misstated(alignment: Alignment) -> Iterator[Finding]:
    """Results other than the worked solution's that later steps contradict or that no arithmetic supports."""
    trace, gold = alignment.trace, alignment.gold
    lefts = Counter(claim.left for parsed in (trace, gold) for claim in parsed.claims if not claim.is_read)
    for i, k in alignment.pairs.items():
        claim, meant = trace.claims[i], gold.value_of(k)
        if claim.result_value == meant or not claim.holds or (not claim.is_read and lefts[claim.left] > 2):
            continue
        said = f'"{words(trace, claim)}", where {number_text(meant)} is right'
        later = (o for o in trace.occurrences if o.step > claim.step and o.value == meant and not o.sources)
        use = next(later, None)
        if use is not None and not trace.givens.explains(meant):
            yield at_step("contradiction", claim.step, f"{said} and is what step {use.step + 1} goes on with")
        elif not claim.is_read:
            yield at_step("false_claim", claim.step, said)


def _unread_uses(alignment: Alignment) -> Iterator[Finding]:
    """Results that only the worked solution derives, used in arithmetic that is not a claim."""
    trace, gold = alignment.trace, alignment.gold
    skipped = {gold.value_of(k): k for k in range(len(gold.claims)) if k not in alignment.backward}
    for use in trace.occurrences if skipped else ():
        if use.unread and use.is_used and use.value in skipped and not trace.is_grounded(use):
            if alignment.is_own_route and is_left_out(alignment, use, skipped[use.value]):
                continue
            yield at_step("missing_support", use.step, f"{number_text(use.value)} is used and never derived")
    theirs = {text.strip(): step for step, text in enumerate(gold.steps)}
    for value, step in trace.introduced.items():
        later = theirs.get(trace.steps[step].strip())
        if later is not None and gold.introduced.get(value, later) < later:
            yield at_step(
                "missing_support",
                step,
                f"{number_text(value)} is used, and the step that says where from is missing",
            )


def _detours(alignment: Alignment, answer: Fraction | None) -> Iterator[Finding]:
    """Redundant claims: not in the worked solution, computed back to a known value, and never used again."""
    trace = alignment.trace
    if trace is alignment.gold:
        return
    for i, claim in enumerate(trace.claims[:COMPARED]):
        inner = i not in alignment.pairs and claim.step < len(trace.steps) - 1
        check = is_check(trace, i, answer) and CHECKING.search(trace.steps[claim.step])
        if not inner or check or not (_goes_back(trace, i) or _repeats(trace, i)):
            continue
        if not all(map(trace.is_grounded, trace.operands_of(i))):
            continue
        if not any(
            trace.origin(o) == NumberSource("claim", i)
            for o in trace.uses(NumberSource("claim", i))
            if o.step > claim.step
        ):
            yield at_step("detour", claim.step, f'"{words(trace, claim)}" derives what is known and is not used')


def _goes_back(trace: ParsedTrace, index: int) -> bool:
    """Whether a claim inverts an earlier one: it computes an operand of that claim from its result."""
    value = trace.value_of(index)
    sources = {s.index for o in trace.operands_of(index) for s in o.sources if s.type == "claim"}
    return any(o.value == value for k in sources for o in trace.operands_of(k))


def _repeats(trace: ParsedTrace, index: int) -> bool:
    claim = trace.claims[index]
    return any(same_shape(c.left, claim.left) and same_numbers(c.left, claim.left) for c in trace.claims[:index])


def _repeated_sentences(trace: Trace) -> Iterator[Finding]:
    """Inner steps that repeat an earlier step verbatim."""
    met: dict[str, int] = {}
    for step, text in enumerate(trace.steps[:-1]):
        said = text.strip()
        if said in met:
            yield at_step("detour", step, f"it says again, word by word, what step {met[said] + 1} says")
        elif len(said) >= SENTENCE:
            met[said] = step


def _unrelated(alignment: Alignment) -> Finding | None:
    """A finding when most starting quantities are in neither the problem nor its solution; None otherwise."""
    trace = alignment.trace
    starts = [o for o in trace.occurrences if o.role == "operand" and not any(s.type == "claim" for s in o.sources)]
    known = {o.value for o in alignment.gold.occurrences} if alignment.gold is not trace else set()
    known |= {value * value for quantity in trace.givens.quantities for value in quantity.values}
    strange = [o for o in starts if o.value not in known and not trace.is_grounded(o)]
    if len(strange) < _STRANGE or 2 * len(strange) <= len(starts):
        return None
    some = ", ".join(dict.fromkeys(number_text(o.value) for o in strange[:4]))
    return at_step("unrelated", strange[0].step, f"most of its quantities ({some}) are not in the problem")


def _artifacts(trace: Trace) -> Iterator[Finding]:
    for step, text in enumerate(trace.steps):
        if artifact := step_artifact(text):
            yield at_step("leaked_artifact", step, f'the final artifact is given ("{artifact}")')


def _ending(seed: Seed, alignment: Alignment, found: list[Finding]) -> Iterator[Finding]:
    """Findings about the end of a trace that does not reach the answer: too early, or with another result."""
    trace = alignment.trace
    last = len(trace.steps) - 1
    final = trace.claims[-1] if trace.claims else None
    if final is not None and final.step == last and (again := _repeated(trace, found)):
        concluded = number_text(final.result_value)
        said = f"it concludes with {concluded}, which step {again.step + 1} derives, not {seed.answer}"
        yield at_step("wrong_target", last, said)
        return
    changed = any(f.rule in _EXPLAIN for f in found)
    unknown = answer_value(seed.answer) is None and not changed  # another answer can't be recognised in the text
    if final is None or unknown or (not changed and _is_short(alignment, seed)):
        early = final is None or unknown or final.step != last or not _concludes_anew(alignment, seed.problem)
        said = "the trace stops" if early or final is None else f"it concludes with {number_text(final.result_value)}"
        yield at_step("no_conclusion" if early else "wrong_target", last, f"{said} before it comes to {seed.answer}")
        return
    yield at_step("wrong_answer", last, f"it comes to {number_text(final.result_value)}, not {seed.answer}")
    if not changed:
        said = "every step is sound by itself, and they do not lead to the answer"
        yield at_step("wrong_approach", _departure(alignment, last), said)


def _is_short(alignment: Alignment, seed: Seed) -> bool:
    """Whether a trace without errors stops before the answer, or presents an intermediate result as the answer."""
    trace, gold = alignment.trace, alignment.gold
    if trace is gold:
        answer = answer_value(seed.answer)
        near = answer is not None and is_near(trace, answer)
        return near or not says_answer(seed.problem, trace.steps[-1]) or not _uses_all(trace)
    if alignment.pairs.get(len(trace.claims) - 1) == len(gold.claims) - 1:
        return False
    values = {claim.result_value for claim in gold.claims}
    return not alignment.is_own_route or not _uses_all(trace) or all(c.result_value in values for c in trace.claims)


def _uses_all(trace: ParsedTrace) -> bool:
    """Whether the trace has every number of the problem, in one of its values."""
    there = {o.value for o in trace.occurrences} | {o.numeral.value for o in trace.occurrences}
    return all(there & set(quantity.values) for quantity in trace.givens.quantities if quantity.is_number)


def _departure(alignment: Alignment, last: int) -> int:
    """The first step with a result that is not in the worked solution; `last` when there is none."""
    values = {claim.result_value for claim in alignment.gold.claims}
    return next((c.step for c in alignment.trace.claims if c.result_value not in values), last)


def _concludes_anew(alignment: Alignment, problem: str) -> bool:
    """Whether the last step presents its result as the answer and its counterpart in the gold solution does not."""
    step = alignment.trace.steps[-1]
    if alignment.trace is alignment.gold:
        return says_answer(problem, step)
    theirs = alignment.pairs.get(len(alignment.trace.claims) - 1)
    opens = theirs is not None and concludes(alignment.gold.steps[alignment.gold.claims[theirs].step])
    return (concludes(step) and not opens) or _ANSWER.search(step) is not None


def _repeated(trace: ParsedTrace, found: list[Finding]) -> Claim | None:
    """The earlier claim that the last step repeats, if the steps before have no error; None otherwise."""
    final = trace.claims[-1] if trace.claims else None
    if final is None or any(f.rule in _EXPLAIN and f.step != final.step for f in found):
        return None
    again = (c for c in trace.claims if c.step < final.step and c.result_value == final.result_value)
    return next((c for c in again if same_shape(c.left, final.left) and same_numbers(c.left, final.left)), None)


# In a trace that reaches the answer, another quantity or operation than the worked solution's is another path.
_OTHER_ROUTE = frozenset(
    "wrong_operation wrong_quantity off_by_one dropped_condition wrong_base dropped_term wrong_order "
    "misread_relation".split()
)
# On its own solution path, a trace may also use other factors and mention other numbers.
_OWN_ROUTE = _OTHER_ROUTE | {"wrong_conversion", "miscopied_given", "miscopied_prior", "contradiction"}
_EXPLAIN = frozenset(
    "false_claim wrong_operation wrong_quantity miscopied_given miscopied_prior invented_quantity wrong_conversion "
    "off_by_one dropped_condition wrong_base dropped_term wrong_order misread_relation".split()
)
