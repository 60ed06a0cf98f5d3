"""Features of a math trace for a reward model: what its numbers rest on, and which words of the problem are unmet.

The input is the problem and the trace; the answer, a worked solution and how the trace was made are not used. Almost
every feature counts something that is missing or odd, up to three times, so that a longer trace has no larger values
for being longer. Which features carry information is what a fit finds out.
"""

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from tracelift_groups.math.checks.conclusion import says_answer
from tracelift_groups.math.checks.findings import findings
from tracelift_groups.math.text.claim import Claim
from tracelift_groups.math.text.expression import operands, operations
from tracelift_groups.math.text.markup import reference_text
from tracelift_groups.math.text.parsed_trace import NumberSource, Occurrence, ParsedTrace, parse_trace
from tracelift_groups.math.text.quantity import Quantity
from tracelift_groups.math.text.sentence import concludes
from tracelift_groups.math.text.shape import same_numbers, same_shape
from tracelift_groups.math.text.tolerance import is_tolerated
from tracelift_groups.records.seed import Seed
from tracelift_groups.records.trace import Trace

CAP = 3  # of every count
_IMPOSSIBLE = "918273645.546372819"  # an answer that no trace reaches
_SMALL = 5
_FAR = 100  # times the largest given
_NEAR = 28  # characters around a given in which its cue words are looked for
_ANSWER_LINE = re.compile(r"^[ \t]*(?:final )?a(?:nswer|ns)?[ \t]*[:=].*$", re.IGNORECASE | re.MULTILINE)
_QUESTION = re.compile(r"[^.?!]*\?\s*\Z")
_WORD = re.compile(r"[a-z]+|%")
# Words that tell how a quantity enters a computation; each begins a word of the problem.
_CUES = (
    "each per every times twice half double triple third quarter fourth percent % of more less fewer than older "
    "younger total altogether combined together all left remain rest away gave give lost spent spend sold bought cost "
    "paid share split equally average difference another additional discount increase first second other both"
).split()
_PREFIXES = {cue: re.compile(rf"(?<![a-z]){re.escape(cue)}") for cue in _CUES}
_SYMBOLS = "+-*/"


def trace_features(problem: str, trace: str) -> dict[str, float] | None:
    """The features that are not zero, by name; None for a trace without steps."""
    text = plain(trace)
    parsed = parse_trace(problem, Trace.read(text))
    if not parsed.steps:
        return None
    found: Counter[str] = Counter()
    for names in (
        _operands(parsed),
        _results(parsed),
        _givens(parsed),
        _operations(parsed, problem),
        _end(parsed, problem),
    ):
        found.update(names)
    found.update(_rules(problem, text, parsed))
    values = {name: float(min(count, CAP)) for name, count in found.items()}
    return {name: values[name] for name in sorted(values)}


def plain(trace: str) -> str:
    """A trace without markup of its final answer: no `<<…>>`, `#### 72` or `A: 72`; `\\boxed{72}` as 72."""
    text = reference_text(trace)
    return _ANSWER_LINE.sub("", text).strip() or text


def _operands(parsed: ParsedTrace) -> Iterator[str]:
    """Numbers without a source, from a later result, or with another noun than their source; constants."""
    times = Counter(o.value for o in parsed.occurrences)
    for o in parsed.occurrences:
        if o.role == "result":
            continue
        small = "small " if o.value <= _SMALL and o.value.denominator == 1 else ""
        if not o.sources and not parsed.is_grounded(o):
            yield f"{small}{o.role} without a source"
            if times[o.value] == 1:
                yield f"{small}{o.role} without a source, once"
            if o.claim is not None and any(c.result_value == o.value for c in parsed.claims[o.claim :]):
                yield "operand from a later result"
        elif not o.sources and o.role == "operand":
            yield f"operand is the constant {o.value}" if o.value in (1, 2, 100) else "operand is a constant"
        if o.role == "operand" and o.sources and o.noun and _nouns(parsed, o) and o.noun not in _nouns(parsed, o):
            yield "operand with another noun than its source"


def _nouns(parsed: ParsedTrace, occurrence: Occurrence) -> set[str]:
    return {noun for source in occurrence.sources if (noun := _noun(parsed, source))}


def _noun(parsed: ParsedTrace, source: NumberSource) -> str:
    if source.type == "given":
        return parsed.givens.quantities[source.index].noun
    return parsed.result_of(source.index).noun


def _results(parsed: ParsedTrace) -> Iterator[str]:
    """Claims that are false, odd in their result, not used, or a repetition."""
    numbers = {q.values[0] for q in parsed.givens.quantities if q.is_number}
    last = len(parsed.claims) - 1
    for i, claim in enumerate(parsed.claims):
        value, own = claim.result_value, [o.value for o in parsed.operands_of(i)]
        if not claim.holds:
            yield "tolerated claim" if is_tolerated(parsed, i) else "false claim"
        if i < last and not any(o.index > parsed.result_of(i).index for o in parsed.uses(NumberSource("claim", i))):
            yield "result that is not used"
        if value in numbers:
            yield "result equals a given"
        if value in own and len(own) > 1:
            yield "result equals an operand"
        if any(c.result_value == value for c in parsed.claims[:i]):
            yield "result equals an earlier result"
        yield from _oddities(claim)
        if any(same_shape(c.left, claim.left) and same_numbers(c.left, claim.left) for c in parsed.claims[:i]):
            yield "claim made twice"
        earlier = {s.index for o in parsed.operands_of(i) for s in o.sources if s.type == "claim" and s.index < i}
        if any(o.value == value for k in earlier for o in parsed.operands_of(k)):
            yield "claim computed back"


def _oddities(claim: Claim) -> Iterator[str]:
    value = claim.result_value
    if value.denominator > 1:
        yield "result is not whole"
        if claim.result.decimals > 2 or 100 % value.denominator:
            yield "result is not whole in hundredths"
    if value < 0 or (claim.value is not None and claim.value < 0):
        yield "result is negative"
    if value == 0:
        yield "result is zero"
    if 0 < value < 1:
        yield "result is below one"


def _givens(parsed: ParsedTrace) -> Iterator[str]:
    """Quantities of the problem that are not used, used only as a mention, or used several times."""
    for i, quantity in enumerate(parsed.givens.quantities):
        uses = parsed.uses(NumberSource("given", i))
        word = "number" if quantity.is_number else f"word {quantity.text.lower()}"
        one = "one " if quantity.values[0] == 1 else ""
        if not uses:
            yield f"given {one}{word} not used"
            if quantity.text.endswith("%"):
                yield "given percentage not used"
        elif not any(o.is_used for o in uses):
            yield f"given {one}number only mentioned" if quantity.is_number else "given word only mentioned"
        elif quantity.is_number and sum(o.is_used and len(o.sources) == 1 for o in uses) > 1:
            yield "given used again"


def _operations(parsed: ParsedTrace, problem: str) -> Iterator[str]:
    """Which operator is applied to a given that stands beside a cue word, and cue words without an operator."""
    lower = problem.lower()
    used: set[str] = set()
    for i, claim in enumerate(parsed.claims):
        by_start = {o.numeral.start: o for o in parsed.operands_of(i)}
        for op in operations(claim.left):
            if op.symbol not in _SYMBOLS or len(op.args) != 2:
                continue
            used.add(op.symbol)
            sides = [[by_start[n.start] for n in operands(arg) if n.start in by_start] for arg in op.args]
            yield from _pairing(parsed, op.symbol, sides)
            for place, side in zip(("left", "right"), sides, strict=True):
                for quantity in _given_of(parsed, side):
                    where = place if op.symbol in "-/" else "either"
                    cues = _cues_near(lower, quantity.start, quantity.end)
                    yield from (f"{op.symbol} {where}: {cue}" for cue in cues)
    for cue in _cues_in(lower):
        yield from (f"{cue} without {symbol}" for symbol in _SYMBOLS if symbol not in used)


def _given_of(parsed: ParsedTrace, side: list[Occurrence]) -> Iterator[Quantity]:
    """The given of a side that is a single number with a single source."""
    if len(side) == 1 and len(side[0].sources) == 1 and side[0].sources[0].type == "given":
        yield parsed.givens.quantities[side[0].sources[0].index]


@lru_cache(maxsize=64)  # each trace of a problem asks for the same
def _cues_near(lower: str, start: int, end: int) -> tuple[str, ...]:
    around = lower[max(start - _NEAR, 0) : end + _NEAR]
    return tuple(cue for cue, pattern in _PREFIXES.items() if pattern.search(around))


@lru_cache(maxsize=8)
def _cues_in(lower: str) -> tuple[str, ...]:
    return tuple(cue for cue, pattern in _PREFIXES.items() if pattern.search(lower))


def _pairing(parsed: ParsedTrace, symbol: str, sides: list[list[Occurrence]]) -> Iterator[str]:
    """Whether the nouns and the sizes of two single numbers fit their operator."""
    if any(len(side) != 1 for side in sides):
        return
    (left,), (right,) = sides
    nouns = [_nouns(parsed, o) | ({o.noun} - {""}) for o in (left, right)]
    if all(nouns):
        yield f"{symbol} of {'one noun' if nouns[0] & nouns[1] else 'two nouns'}"
    if left.numeral.money and right.numeral.money and symbol in "*/":
        yield f"{symbol} of money and money"
    if left.numeral.money != right.numeral.money and symbol in "+-":
        yield f"{symbol} of money and no money"
    if symbol == "/" and right.value and (left.value / right.value).denominator > 1:
        yield "division with a remainder"
    if symbol == "/" and 1 < left.value < right.value:
        yield "division of the smaller by the larger"
    if left.value == right.value:
        yield f"{symbol} of equal numbers"
    if (
        symbol in "+-"
        and any(o.numeral.percent for o in (left, right))
        and left.numeral.percent != right.numeral.percent
    ):
        yield f"{symbol} of a percentage and a number"


def _end(parsed: ParsedTrace, problem: str) -> Iterator[str]:
    """How the trace ends, and what its last result rests on."""
    step = parsed.steps[-1]
    if not says_answer(problem, step):
        yield "last step presents no answer"
    if not concludes(step):
        yield "last step opens no conclusion"
    if not parsed.claims:
        yield "no claim"
        return
    last = len(parsed.claims) - 1
    claim = parsed.claims[last]
    if claim.step < len(parsed.steps) - 1:
        yield "last step without a claim"
    yield from _derivation(parsed, last)
    earlier = [c.result_value for c in parsed.claims[:last]]
    if claim.result_value in earlier:
        yield "last result equals an earlier result"
    if any(claim.result_value in q.values for q in parsed.givens.quantities):
        yield "last result equals a given"
    yield from (f"last {oddity}" for oddity in _oddities(claim))
    sizes = [q.values[0] for q in parsed.givens.quantities if q.is_number]
    if sizes and claim.result_value > _FAR * max(sizes):
        yield "last result far above the givens"
    if earlier and not parsed.uses(NumberSource("claim", last - 1)):
        yield "last but one result is not used"
    yield from _mismatch(parsed.result_of(last), problem)


def _derivation(parsed: ParsedTrace, last: int) -> Iterator[str]:
    """Claims and givens that the last result does not rest on."""
    reached, todo, givens = {last}, [last], set()
    while todo:
        sources = {source for o in parsed.operands_of(todo.pop()) for source in o.sources}
        givens |= {source.index for source in sources if source.type == "given"}
        new = {source.index for source in sources if source.type == "claim"} - reached
        reached |= new
        todo += new
    yield from ["claim outside of the derivation"] * (len(parsed.claims) - len(reached))
    for i, quantity in enumerate(parsed.givens.quantities):
        if i not in givens:
            yield f"given {'number' if quantity.is_number else 'word'} outside of the derivation"
    if last and len(reached) == 1:
        yield "last claim uses no earlier result"


def _mismatch(result: Occurrence, problem: str) -> Iterator[str]:
    """Whether the last result is of another kind than the question asks for."""
    found = _QUESTION.search(problem)
    question = found[0].lower() if found else ""
    if result.noun and question and result.noun not in question:
        yield "noun of the last result is not in the question"
    asks_money = any(word in question for word in ("$", "cost", "money", "pay", "earn", "spend", "dollar"))
    if asks_money != result.numeral.money and question:
        yield "question about money, last result without" if asks_money else "last result is money, the question isn't"


def _rules(problem: str, text: str, parsed: ParsedTrace) -> Iterator[str]:
    """Findings of the check annotator, with the last number as the answer and with an answer that is never reached."""
    stated = [o for o in parsed.occurrences if o.role != "operand"]
    answers = {"reached": str(stated[-1].value)} if stated else {}
    for name, answer in (answers | {"not reached": _IMPOSSIBLE}).items():
        seed = Seed("-", "math", "-", "math", problem, answer)
        yield from (f"{finding.rule}, answer {name}" for finding in findings(seed, text))
