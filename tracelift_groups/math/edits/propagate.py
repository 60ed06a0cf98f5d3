"""Propagates a changed number through the rest of a trace, so that the trace stays consistent."""

from collections.abc import Iterator, Mapping

from tracelift_groups.math.text.expression import Number, evaluate, operands
from tracelift_groups.math.text.parsed_trace import NumberSource, Occurrence, ParsedTrace
from tracelift_groups.math.text.rational import Fraction

Replacement = tuple[int, int, str]
# A changed quantity stays within this factor of the old one. On 300 GSM8K problems 4 loses no group and 16 gains one
# (benchmark `selection`).
MAX_RATIO = 8


class Undecided(Exception):  # noqa: N818
    """A number may or may not depend on a changed one, or can't be written in its form."""


def propagate(
    parsed: ParsedTrace,
    changed: Mapping[NumberSource, Fraction],
    fixed: Mapping[int, Fraction],
    after: int,
    last_step: int | None = None,
) -> list[Replacement] | None:
    """Replacements that propagate `changed` sources to every number that starts after position `after`.

    `fixed` maps the start of numerals that are already replaced to their new quantity; they are not written again.
    Steps after `last_step` are unchanged.
    None when a source is undecided, a number can't be written in its form, or a value becomes implausible.
    """
    values = dict(changed)
    replaced = dict(fixed)
    written: list[Replacement] = []
    try:
        reached = [o for o in parsed.occurrences if last_step is None or o.step <= last_step]
        for occurrence in reached:
            start = occurrence.numeral.start
            if start in fixed or occurrence.role == "mention":
                continue
            if occurrence.role == "operand" and start > after:
                new = _carried(parsed, occurrence, values)
            elif occurrence.role == "result":
                new = _recomputed(parsed, occurrence, replaced)
            else:
                continue
            if new is not None and new != occurrence.value:
                replaced[start] = new
                written.append(rewrite(occurrence, new))
            if occurrence.role == "result" and occurrence.claim is not None and start in replaced:
                values[NumberSource("claim", occurrence.claim)] = replaced[start]
        written += _mentions(parsed, reached, values, replaced, after)
    except Undecided:
        return None
    return written


def rewrite(occurrence: Occurrence, quantity: Fraction) -> Replacement:
    """The replacement that writes a new quantity in the numeral's form.

    Raises Undecided when the form can't hold it, the number is in unparsed arithmetic, or the value is implausible.
    """
    numeral = occurrence.numeral
    old = occurrence.value
    text = numeral.write(quantity * 100 if numeral.percent else quantity)
    grammar = occurrence.noun and 1 in (old, quantity)  # `1 hour` and `2 hours` need another noun
    if text is None or grammar or occurrence.unread or not is_plausible(old, quantity):
        raise Undecided
    return numeral.start, numeral.end, text


def is_plausible(old: Fraction, new: Fraction) -> bool:
    """Whether a quantity can replace the old one: positive and of similar size."""
    mine, theirs = new.numerator * old.denominator, old.numerator * new.denominator  # new / old, without dividing
    return mine > 0 and (theirs <= 0 or mine <= MAX_RATIO * theirs <= MAX_RATIO**2 * mine)


def _carried(parsed: ParsedTrace, occurrence: Occurrence, values: Mapping[NumberSource, Fraction]) -> Fraction | None:
    """The new quantity of a number with a changed source; None when it has none."""
    touched = [source for source in occurrence.sources if source in values]
    if not touched:
        return None
    origin = parsed.origin(occurrence)
    if origin is None:
        raise Undecided
    if origin not in values:
        return None
    given = parsed.givens.quantities
    old = parsed.value_of(origin.index) if origin.type == "claim" else given[origin.index].values[0]
    return values[origin] * occurrence.value / old if old else values[origin]  # 25% is used as 25 and as 1/4


def _recomputed(parsed: ParsedTrace, result: Occurrence, replaced: Mapping[int, Fraction]) -> Fraction | None:
    """The new value of a claim with replaced numbers; None when it has none."""
    assert result.claim is not None
    claim = parsed.claims[result.claim]
    starts = {numeral.start for side in claim.sides for numeral in operands(side)}
    if not starts & set(replaced):
        return None
    computed = [side for side in claim.sides if not isinstance(side, Number)]
    values = {evaluate(side, replaced) for side in computed}
    value = values.pop()
    if values or value is None or len(computed) != len(claim.sides):
        raise Undecided
    percent = claim.result.percent and evaluate(computed[0]) == claim.result.value
    return value / 100 if percent else value


def _mentions(
    parsed: ParsedTrace,
    occurrences: list[Occurrence],
    values: Mapping[NumberSource, Fraction],
    replaced: Mapping[int, Fraction],
    after: int,
) -> Iterator[Replacement]:
    for occurrence in occurrences:
        start = occurrence.numeral.start
        if occurrence.role != "mention" or start in replaced:
            continue
        ahead = any(
            s.type == "claim" and s in values and parsed.result_of(s.index).numeral.start > start
            for s in occurrence.sources
        )
        if start <= after and not ahead:
            continue
        new = _carried(parsed, occurrence, values)
        if new is not None and new != occurrence.value:
            yield rewrite(occurrence, new)
