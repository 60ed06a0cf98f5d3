"""Edits of a claim: replaces a number or an operator and propagates the result."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from random import Random

from tracelift_groups.flaws.kind import Draft
from tracelift_groups.math.edits.distractors import distractors
from tracelift_groups.math.edits.propagate import Replacement, Undecided, is_plausible, propagate, rewrite
from tracelift_groups.math.reference import ParsedReference
from tracelift_groups.math.text.claim import claims
from tracelift_groups.math.text.expression import Number, Operation, evaluate, operations
from tracelift_groups.math.text.lexer import tokens
from tracelift_groups.math.text.parsed_trace import NumberSource, Occurrence
from tracelift_groups.math.text.rational import Fraction

_VALUES_PER_NUMBER = 6
_SPELLED = {"plus": "+", "minus": "-", "times": "*", "multiplied by": "*", "divided by": "/"}


def slips(occurrences: Iterable[Occurrence], rng: Random) -> Iterator[tuple[Occurrence, Fraction]]:
    """Pairs of a number and a distractor for it, in random order; each number once per round."""
    pool = list(occurrences)
    rng.shuffle(pool)
    found: dict[int, list[Fraction]] = {}
    for turn in range(_VALUES_PER_NUMBER):
        for occurrence in pool:
            if occurrence.index not in found:
                found[occurrence.index] = distractors(occurrence.numeral, rng, _VALUES_PER_NUMBER)
            if turn < len(found[occurrence.index]):
                yield occurrence, found[occurrence.index][turn] / (100 if occurrence.numeral.percent else 1)


def binary(reference: ParsedReference, index: int) -> Operation | None:
    """The operation of a claim that is one + - * or / on two written numbers; None for any other claim."""
    claim = reference.parsed.claims[index]
    left, numbers = claim.left, reference.parsed.operands_of(index)
    one = isinstance(left, Operation) and left.symbol in "+-*/" and all(isinstance(arg, Number) for arg in left.args)
    return left if one and isinstance(left, Operation) and len(claim.sides) == 1 and len(numbers) == 2 else None


def value_draft(
    reference: ParsedReference, new: Mapping[Occurrence, Fraction], *, recompute: bool, carry: bool = True
) -> Draft | None:
    """The draft that writes new quantities in one step, the origin, and propagates them.

    `recompute` updates the result of the claim at the origin (else the changed numbers are results themselves); without
    `carry`, later steps are unchanged. None when anything is undecided or implausible.
    """
    first = min(new, key=lambda o: o.numeral.start)
    try:
        origin = [rewrite(occurrence, value) for occurrence, value in new.items()]
    except Undecided:
        return None
    fixed = {o.numeral.start: value for o, value in new.items()}
    changed = {
        NumberSource("claim", o.claim): value for o, value in new.items() if o.role == "result" and o.claim is not None
    }
    last = max(o.numeral.end for o in new)
    if recompute and (result := _new_result(reference, new)):
        occurrence, value = result
        try:
            origin.append(rewrite(occurrence, value))
        except Undecided:
            return None
        fixed[occurrence.numeral.start] = value
        changed[NumberSource("claim", occurrence.claim or 0)] = value
        last = max(last, occurrence.numeral.end)
    elif recompute:
        return None
    carried = propagate(reference.parsed, changed, fixed, last, None if carry else first.step)
    return None if carried is None else Draft(first.step, tuple(origin), tuple(carried))


def _new_result(reference: ParsedReference, new: Mapping[Occurrence, Fraction]) -> tuple[Occurrence, Fraction] | None:
    """The result of the one claim with the changed operands, and its new value; None when it does not change."""
    indices = {o.claim for o in new if o.role == "operand"}
    if len(indices) != 1 or (index := indices.pop()) is None:
        return None
    claim = reference.parsed.claims[index]
    if len(claim.sides) != 1 or claim.is_rounded:
        return None
    value = evaluate(claim.left, {o.numeral.start: quantity for o, quantity in new.items()})
    if value is None or value == claim.value:
        return None
    result = reference.parsed.result_of(index)
    percent = claim.result.percent and claim.value == claim.result.value
    return result, value / 100 if percent else value


def edited_claim(reference: ParsedReference, index: int, parts: list[Replacement], value: Fraction) -> Draft | None:
    """The draft with replacements in the left side of a claim, its new result and propagation; None when undecided."""
    claim = reference.parsed.claims[index]
    result = reference.parsed.result_of(index)
    if len(claim.sides) != 1 or claim.is_rounded or not claim.holds or value == claim.value or result.unread:
        return None
    quantity = value / 100 if claim.result.percent and claim.value == claim.result.value else value
    try:
        origin = [*parts, rewrite(result, quantity)]
    except Undecided:
        return None
    fixed = {result.numeral.start: quantity}
    carried = propagate(reference.parsed, {NumberSource("claim", index): quantity}, fixed, result.numeral.end)
    return None if carried is None else Draft(claim.step, tuple(origin), tuple(carried))


def substitutions(reference: ParsedReference, occurrence: Occurrence) -> list[Fraction]:
    """Known quantities that can replace an operand: not in its claim, whole for whole, money for money, ascending.

    Empty for a number that the same step also mentions outside its claim, because the two would disagree.
    """
    parsed, numeral = reference.parsed, occurrence.numeral
    if numeral.percent or numeral.style not in ("digits", "word") or occurrence.claim is None or not occurrence.sources:
        return []
    same = [o for o in parsed.occurrences if o.sources == occurrence.sources and o.step == occurrence.step]
    if any(o.role == "mention" and o.value == occurrence.value for o in same):
        return []
    claim = parsed.claims[occurrence.claim]
    used = {o.value for o in parsed.operands_of(occurrence.claim)} | {claim.result_value}
    plain = (q for q in parsed.givens.quantities if q.text[0].isdigit() and len(q.values) == 1)  # no 25%, no 3/4
    known = {q.values[0] for q in plain if q.money or not numeral.money}
    known |= {c.result_value for c in parsed.claims if c.end <= claim.start and (c.result.money or not numeral.money)}
    fitting = (v for v in known - used if v.denominator == 1 or numeral.decimals)
    return sorted(v for v in fitting if v > 1 and is_plausible(occurrence.value, v))


def swapped_sign(reference: ParsedReference, index: int, op: Operation, symbol: str) -> Draft | None:
    """The draft with another operator in one place of a claim, in the notation of the trace; None when undecided."""
    claim = reference.parsed.claims[index]
    sign = _written(reference, op, symbol)
    if sign is None:
        return None
    if op is claim.left and all(isinstance(arg, Number) for arg in op.args):
        value = evaluate(replace(op, symbol=symbol))
    else:  # the new operator may have another precedence
        edited = reference.text[claim.start : op.start] + sign + reference.text[op.end : claim.end]
        found = list(claims(tokens(edited), 0))
        value = found[0].value if len(found) == 1 and len(found[0].sides) == 1 else None
    return None if value is None else edited_claim(reference, index, [(op.start, op.end, sign)], value)


def _written(reference: ParsedReference, op: Operation, symbol: str) -> str | None:
    """The new operator in the notation of the trace; None where the old one is implied or a word like `of`."""
    old = reference.text[op.start : op.end]
    if old in _SPELLED:
        return next(word for word, meaning in _SPELLED.items() if meaning == symbol)
    if not old or (old.isalpha() and old not in "xX"):
        return None
    used = next(_signs(reference, symbol), "")
    if used:
        return used
    return {"*": "\\cdot ", "/": "\\div "}.get(symbol, symbol) if old.startswith("\\") else symbol


def sign_of(reference: ParsedReference, symbol: str) -> str:
    """The operator in the notation of the trace."""
    return next(_signs(reference, symbol), symbol)


def space_around_signs(reference: ParsedReference) -> str:
    """A space when most operators of the trace have spaces around them, else the empty string."""
    ours = _operations(reference)
    spaced = sum(reference.text[op.start - 1 : op.start] == " " for op in ours)
    return " " if 2 * spaced >= len(ours) else ""


def _signs(reference: ParsedReference, symbol: str) -> Iterator[str]:
    used = (reference.text[op.start : op.end] for op in _operations(reference) if op.symbol == symbol)
    return (sign for sign in used if sign and not sign.isalpha())


def _operations(reference: ParsedReference) -> list[Operation]:
    return [op for claim in reference.parsed.claims for op in operations(claim.left)]
