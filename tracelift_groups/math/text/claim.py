"""Claims: places where a trace states the value of an expression (`48 / 2 = 24`, `20% of 50 is 10`, `a = b = c`)."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter

from tracelift_groups.math.text.expression import (
    Expression,
    Number,
    Operation,
    Parser,
    Unread,
    evaluate,
    operands,
    operations,
)
from tracelift_groups.math.text.lexer import OPERATORS, Token
from tracelift_groups.math.text.numeral import Numeral
from tracelift_groups.math.text.rational import Fraction

_RELATIONS = frozenset({"EQUAL", "ABOUT", "IS"})
_FORMULA = frozenset({*OPERATORS, "NUMBER", "OPEN", "CLOSE", "FRAC", "SQRT", "FACTORIAL", "SYMBOL"})
_CONTINUES = frozenset({*OPERATORS, "NUMBER", "FRAC", "SQRT", "FACTORIAL", "SYMBOL"})
_LABEL_WORDS = 3
_STARTS = frozenset({"NUMBER", "OPEN", "FRAC", "SQRT", "MINUS"})


@dataclass(frozen=True)
class Claim:
    """`sides` = … = `result`, at [start, end) of the text the tokens came from.

    `sides` are the expressions before the last equals sign, at least one of them with an operator; `result` is the
    number after it. `about` marks ≈, and words like "rounded" in the sentence.
    """

    step: int
    start: int
    end: int
    sides: tuple[Expression, ...]
    result: Numeral
    result_value: Fraction
    about: bool = False

    @cached_property
    def left(self) -> Expression:
        """The first side with an operator: what is computed."""
        return next((side for side in self.sides if isinstance(side, Operation)), self.sides[0])

    @cached_property
    def is_read(self) -> bool:
        """Whether the left side is parsed as arithmetic; otherwise (`5x = 100`) only the result is known."""
        return not isinstance(self.left, Unread)

    @cached_property
    def value(self) -> Fraction | None:
        """The exact value of `left`; None when it has none (a division by zero) or is not parsed."""
        return evaluate(self.left)

    @cached_property
    def holds(self) -> bool:
        """Whether every side equals the result: exactly, or rounded to the decimals that the result is written with.

        True when the left side is not parsed, because nothing contradicts the result.
        """
        return not self.is_read or all(self._agrees(evaluate(side)) for side in self.sides)

    @cached_property
    def is_rounded(self) -> bool:
        """Whether the result may be rounded and is: `7 / 2 ≈ 4`."""
        return self.about and self.is_read and self.value not in (self.result_value, self.result.value)

    def _agrees(self, value: Fraction | None) -> bool:
        if value is None:
            return False
        written = self.result
        scales = (1, 100) if written.percent or any(numeral.percent for numeral in operands(self.left)) else (1,)
        if any(value * scale == written.value for scale in scales) or value == self.result_value:
            return True
        if not (self.about or written.decimals):
            return False
        unit = Fraction(1, 10**written.decimals)
        over = unit if self.about else unit / 2
        return any(-unit < written.value - abs(value) * scale <= over for scale in scales)


def claims(tokens: list[Token], step: int, about: bool = False) -> Iterator[Claim]:
    """Claims in the tokens of one step, in order. `about` allows rounding to whole numbers.

    A run-on (`6 / 2 = 3 x 4 = 12`) is split into the intended claims: 6 / 2 = 3 and 3 x 4 = 12.
    """
    found = list(_parsed_claims(tokens, step, about))
    found += statements(tokens, step, [(claim.start, claim.end) for claim in found])
    yield from sorted(found, key=lambda claim: claim.start)


def _parsed_claims(tokens: list[Token], step: int, about: bool) -> Iterator[Claim]:
    last = max((i for i, token in enumerate(tokens) if token.kind in _RELATIONS), default=0)
    at = 0
    while at < last:
        own, end = _claims_at(tokens, at, step, about) if _may_start(tokens, at) else ([], at + 1)
        if _is_share_of(tokens, at) and not all(claim.holds for claim in own):
            inner, inner_end = _claims_at(tokens, at + 2, step, about)  # `half of 9 * 10 = 90` may be half of a claim
            own, end = (inner, inner_end) if inner and all(claim.holds for claim in inner) else (own, end)
        at = end
        for claim in own:
            if claim.holds or not (_has_letter(claim, tokens) or any(map(_is_undecided, claim.sides))):
                yield claim


def statements(tokens: list[Token], step: int, read: list[tuple[int, int]]) -> Iterator[Claim]:
    """Claims with an unparsed left side, `5x = 100`: each last number after an equals sign outside `read` spans."""
    spans = sorted(read)
    for at, token in enumerate(tokens):
        if token.kind not in ("EQUAL", "ABOUT") or _is_within(spans, token.start):
            continue
        first, stated = _stated_left(tokens, at), _stated_result(tokens, at + 1)
        if stated is None or first == at:
            continue
        numeral, value = stated
        if _is_within(spans, numeral.start):
            continue
        text = "".join(token.text for token in tokens[first:at])
        whole = all(text.count(left) == text.count(right) for left, right in ("()", "[]", "{}"))
        if whole:  # `n = 1` below a sum is not a claim
            claimed = (Unread(text),)
            yield Claim(step, tokens[first].start, numeral.end, claimed, numeral, value, token.kind == "ABOUT")


def _is_within(spans: list[tuple[int, int]], position: int) -> bool:
    """Whether a position is in one of the spans, which are sorted and disjoint."""
    at = bisect_right(spans, position, key=itemgetter(0))
    return at > 0 and position < spans[at - 1][1]


def _stated_left(tokens: list[Token], equals: int) -> int:
    """The start of the formula, else of up to three words, before an equals sign; `equals` when there is neither."""
    first = equals
    while first and _is_formula(tokens[first - 1]):
        first -= 1
    bullet = first < equals and tokens[first].kind in ("MINUS", "MULTIPLY") and not tokens[first + 1].glued
    first += bullet and (first == 0 or tokens[first - 1].text == "\n")
    if first == equals:
        while first and equals - first < _LABEL_WORDS and tokens[first - 1].kind == "WORD":
            first -= 1
    return first


def _is_formula(token: Token) -> bool:
    letters = token.kind == "WORD" and (len(token.text) == 1 or (token.text.isupper() and len(token.text) < 4))
    index = token.kind == "STOP" and token.text.isalnum()  # the 2 of `\\log_2`
    return letters or index or token.kind in _FORMULA


def _stated_result(tokens: list[Token], at: int) -> tuple[Numeral, Fraction] | None:
    """The number at the end of a formula, with its sign; None when the formula goes on."""
    while at < len(tokens) and tokens[at].kind == "MONEY":
        at += 1
    negative = at < len(tokens) and tokens[at].kind == "MINUS"
    at += negative
    numeral = tokens[at].numeral if at < len(tokens) else None
    if numeral is None or _goes_on(tokens, at + 1):
        return None
    return numeral, -numeral.quantity if negative else numeral.quantity


def _goes_on(tokens: list[Token], at: int) -> bool:
    """Whether a formula goes on after a number, with an operator, a bracket or a letter; a unit does not count."""
    after = tokens[at] if at < len(tokens) else None
    if after is None:
        return False
    if after.kind == "POWER":  # `= 60^\circ`
        return not any(token.text in ("\\circ", "\\degree") for token in tokens[at + 1 : at + 3])
    if after.kind == "OPEN":  # `= 5 (as before)` ends
        return at + 1 == len(tokens) or tokens[at + 1].kind != "WORD" or len(tokens[at + 1].text) == 1
    letter = after.kind == "WORD" and len(after.text) == 1 and after.glued
    return letter or after.kind in _CONTINUES


def _claims_at(tokens: list[Token], at: int, step: int, about: bool) -> tuple[list[Claim], int]:
    """The claims of the chain that starts here, and the index of the token after it."""
    parser = Parser(tokens, at)
    first = parser.expression()
    if first is None:
        return [], at + 1
    sides, about_sides = _chain(parser, first)
    return list(_claims_of(sides, tokens[at].start, step, about or about_sides)), parser.at


def _is_share_of(tokens: list[Token], at: int) -> bool:
    numeral = tokens[at].numeral
    return numeral is not None and numeral.style == "part" and at + 1 < len(tokens) and tokens[at + 1].kind == "OF"


def _chain(parser: Parser, first: Expression) -> tuple[list[Expression], bool]:
    """The sides of `first = b = c`, and whether one of the relations is ≈; the parser stops after the last side."""
    sides, about = [first], False
    while (relation := _relation(parser)) and (relation != "IS" or _as_number(sides[-1]) is None):
        mark = parser.at
        side = parser.expression()
        if side is None or _is_cut(parser):
            parser.at = mark
            break
        about = about or relation == "ABOUT"
        sides.append(side)
    return sides, about


def _claims_of(sides: list[Expression], start: int, step: int, about: bool) -> Iterator[Claim]:
    stated = [i for i, side in enumerate(sides) if _as_number(side) is not None]
    sides = sides[: stated[-1] + 1] if stated else []
    labels = 0
    while labels + 2 < len(sides) and labels in stated and evaluate(sides[labels]) != evaluate(sides[-1]):
        labels += 1  # a label, not a side: `all 4 subjects = 186 + 62 = 248`
    if labels:
        sides, start = sides[labels:], _first(sides[labels]).start
    if not any(isinstance(side, Operation) for side in sides[:-1]):
        return
    begin = 0
    for i in range(1, len(sides) - 1):
        lead = _first(sides[i])
        run_on = isinstance(sides[i], Operation) and evaluate(sides[i - 1]) not in (None, evaluate(sides[i]))
        if run_on and lead.quantity == evaluate(sides[i - 1]):
            yield Claim(step, start, lead.end, tuple(sides[begin:i]), lead, lead.quantity, about)
            begin, start = i, lead.start
    result, value = _as_number(sides[-1]), evaluate(sides[-1])
    if result is not None and value is not None:
        yield Claim(step, start, result.end, tuple(sides[begin:-1]), result, value, about)


def _first(side: Expression) -> Numeral:
    return next(operands(side))


def _has_letter(claim: Claim, tokens: list[Token]) -> bool:
    """Whether a letter is glued to a number of the claim: perhaps a variable that looked like a unit (`2m + 55`)."""
    numbers = {numeral.end for side in claim.sides for numeral in operands(side)} | {claim.result.end}
    return any(t.start in numbers and t.kind == "WORD" and len(t.text) == 1 and t.text.isalpha() for t in tokens)


def _is_undecided(side: Expression) -> bool:
    """Whether the value of a side is irrational or too large: an inexact root, a high power."""
    return evaluate(side) is None and any(op.symbol in ("sqrt", "^", "!") for op in operations(side))


def _relation(parser: Parser) -> str | None:
    """Skip a unit and a relation; the relation's kind, or None without moving the parser."""
    mark = parser.at
    parser.skip_unit()
    token = parser.tokens[parser.at] if parser.at < len(parser.tokens) else None
    if token is None or token.kind not in _RELATIONS:
        parser.at = mark
        return None
    parser.at += 1
    return token.kind


def _is_cut(parser: Parser) -> bool:
    """Whether the expression goes on with something that can't be parsed (`3 + 4 = 5 * y`)."""
    mark = parser.at
    parser.skip_unit()
    token = parser.tokens[parser.at] if parser.at < len(parser.tokens) else None
    direct = parser.at == mark
    parser.at = mark
    if token is None:
        return False
    if direct and (token.kind in ("NUMBER", "SQRT", "FRAC") or (token.text == ":" and token.glued)):
        return True
    after = parser.tokens[mark + 1] if mark + 1 < len(parser.tokens) else None
    if token.kind not in OPERATORS or after is None:
        return False
    unit = token.kind == "DIVIDE" and after.kind == "WORD" and len(after.text) > 1
    return not unit and after.kind in ("NUMBER", "OPEN", "SYMBOL", "FRAC", "SQRT", "WORD", "MONEY")


def _as_number(side: Expression) -> Numeral | None:
    """The numeral of a side that is one number or a plain fraction `3/4`; None for any other side."""
    if isinstance(side, Number):
        return side.numeral
    if isinstance(side, Unread):
        return None
    if side.symbol == "neg" and isinstance(side.args[0], Number):
        return side.args[0].numeral
    if side.symbol == "/" and all(isinstance(arg, Number) and arg.numeral.is_whole for arg in side.args):
        left, right = (arg.numeral for arg in side.args if isinstance(arg, Number))
        if left.end == side.start and side.end == right.start and right.value:
            return Numeral(left.start, right.end, left.value / right.value, "ratio")
    return None


def _may_start(tokens: list[Token], at: int) -> bool:
    """Whether an expression may begin here: not after an operator whose left side could not be parsed."""
    token = tokens[at]
    if token.kind not in _STARTS or token.text == "{":
        return False
    before = at - 1
    while before >= 0 and tokens[before].kind == "MONEY":
        before -= 1
    if before < 0:
        return token.kind != "MINUS" or (at + 1 < len(tokens) and tokens[at + 1].glued)  # `- 3 + 4 = 7` is a bullet
    previous = tokens[before]
    bullet = previous.kind in ("MINUS", "MULTIPLY") and (before == 0 or tokens[before - 1].text == "\n")
    if token.kind == "MINUS":
        return previous.kind in _RELATIONS or previous.kind == "OPEN"
    clock = previous.text == ":" and token.glued and before > 0 and tokens[before - 1].kind == "NUMBER"
    glued_variable = previous.kind in ("WORD", "SYMBOL") and token.text == "(" and token.glued and before == at - 1
    number = previous.kind == "NUMBER" and before == at - 1
    variable = previous.kind == "WORD" and len(previous.text) == 1 and before > 0
    variable = variable and tokens[before - 1].kind in ("NUMBER", "CLOSE", *OPERATORS)
    share = previous.kind == "OF" and before > 0 and tokens[before - 1].kind == "NUMBER"
    return bullet or not (
        number
        or share
        or variable
        or previous.kind in OPERATORS
        or previous.kind == "FACTORIAL"
        or glued_variable
        or clock
    )
