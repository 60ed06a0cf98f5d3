"""Parses arithmetic in a sentence from tokens to a tree, and evaluates it exactly.

A unit may stand between a number and the next operator (`7 stickers/page * 6 pages`), and `20% of 50` is a product.
Nothing is guessed: text with a variable or an incomplete end is not an expression.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import factorial, isqrt
from types import MappingProxyType

from tracelift_groups.math.text.lexer import OPERATORS, Token
from tracelift_groups.math.text.numeral import Numeral
from tracelift_groups.math.text.rational import Fraction

MAX_DEPTH = 16
MAX_OPERATIONS = 150  # a longer expression is cut here, because walks over a tree are recursive
MAX_UNIT_WORDS = 8
_MAX_BITS = 400  # a value beyond 2**400 is not a quantity of a word problem
_BINDS = {"+": 1, "-": 1, "*": 2, "/": 2, "^": 4}
_UNIT_LETTERS = frozenset("mglshL")
_DETERMINERS = frozenset(["the", "his", "her", "their", "its", "those", "these", "that", "this", "my", "our", "all"])
_NOT_UNITS = frozenset(["so", "then", "and", "which", "therefore", "thus", "because", "since", "if", "when", "as"])


@dataclass(frozen=True, slots=True)
class Number:
    """A numeral in an expression."""

    numeral: Numeral


@dataclass(frozen=True, slots=True)
class Operation:
    """`symbol` is + - * / ^, neg, sqrt or !; the operator is at [start, end) of the text (empty when implied)."""

    symbol: str
    start: int
    end: int
    args: "tuple[Expression, ...]"


@dataclass(frozen=True, slots=True)
class Unread:
    """Unparsed text, not arithmetic on numbers alone (`5x`, `\\log_2 16`, `Total`), without white space. No value."""

    text: str


Expression = Number | Operation | Unread


def operands(expression: Expression) -> Iterator[Numeral]:
    """Numerals from left to right."""
    if isinstance(expression, Number):
        yield expression.numeral
    elif isinstance(expression, Operation):
        for arg in expression.args:
            yield from operands(arg)


def operations(expression: Expression) -> Iterator[Operation]:
    """Operations, outermost first."""
    if isinstance(expression, Operation):
        yield expression
        for arg in expression.args:
            yield from operations(arg)


def evaluate(expression: Expression, instead: Mapping[int, Fraction] = MappingProxyType({})) -> Fraction | None:
    """The exact value; None for a division by zero, an inexact root, a too large number, or unparsed text.

    `instead` replaces the quantity of numerals, by the position where they start.
    """
    if isinstance(expression, Number):
        return instead.get(expression.numeral.start, expression.numeral.quantity)
    if isinstance(expression, Unread):
        return None
    values = [evaluate(arg, instead) for arg in expression.args]
    known = [value for value in values if value is not None]
    return _apply(expression.symbol, known) if len(known) == len(values) else None


def _apply(symbol: str, args: list[Fraction]) -> Fraction | None:
    if any(value.numerator.bit_length() + value.denominator.bit_length() > _MAX_BITS for value in args):
        return None
    left, right = args[0], args[-1]
    match symbol:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "/":
            return left / right if right else None
        case "neg":
            return -left
        case "^":
            small = right.denominator == 1 and abs(right) <= 64 and (left or right > 0)
            return left ** int(right) if small else None
        case "!":
            return Fraction(factorial(int(left))) if left.denominator == 1 and 0 <= left <= 30 else None
        case _:
            return _root(left)


def _root(value: Fraction) -> Fraction | None:
    if value < 0:
        return None
    top, bottom = isqrt(value.numerator), isqrt(value.denominator)
    return Fraction(top, bottom) if top * top == value.numerator and bottom * bottom == value.denominator else None


@dataclass(slots=True)
class Parser:
    """Parses one expression from a list of tokens, starting at `at`; `at` is then the first token after it."""

    tokens: list[Token]
    at: int = 0
    made: int = 0

    def expression(self) -> Expression | None:
        """The longest expression that starts here; None when none does."""
        self.made = 0
        return self._binary(0, 0)

    def _binary(self, least: int, depth: int) -> Expression | None:
        left = self._unary(depth)
        while left is not None:
            mark = self.at
            self.skip_unit()
            token = self._token()
            implied = self._implied_product(token, mark)
            symbol = "*" if implied else OPERATORS.get(token.kind, "") if token else ""
            if symbol == "^" and self.at > mark:
                symbol = ""  # a power never follows a unit
            if not token or _BINDS.get(symbol, 0) <= least or self.made >= MAX_OPERATIONS:
                self.at = mark
                return left
            start, end = (token.start, token.start) if implied else (token.start, token.end)
            self.at += not implied
            self.made += 1
            right = self._binary(_BINDS[symbol] - (symbol == "^"), depth + 1)
            if right is None:
                self.at = mark
                return left
            left = self._share_of(Operation(symbol, start, end, (left, right)), depth)
        return None

    def _unary(self, depth: int) -> Expression | None:
        mark = self.at
        found = self._primary(depth) if depth < MAX_DEPTH else None
        if found is None:
            self.at = mark
            return None
        token = self._token()
        if token and token.kind == "FACTORIAL":
            self.at += 1
            found = Operation("!", token.start, token.end, (found,))
        return self._share_of(found, depth)

    def _primary(self, depth: int) -> Expression | None:
        self._skip("MONEY")
        token = self._token()
        if token is None:
            return None
        self.at += 1
        if token.kind == "NUMBER" and token.numeral:
            if self._is_variable():
                return None
            return self._divisor(token) or Number(token.numeral)
        if token.kind == "MINUS" and token.text != "minus":
            found = self._binary(_BINDS["*"], depth + 1)  # -2^2 is -4
            return found and Operation("neg", token.start, token.end, (found,))
        if token.kind == "OPEN" and token.text != "{":
            return self._inside(depth)
        if token.kind in ("FRAC", "SQRT"):
            args = [self._braced(depth) for _ in range(1 + (token.kind == "FRAC"))]
            known = tuple(arg for arg in args if arg is not None)
            symbol = "/" if token.kind == "FRAC" else "sqrt"
            return Operation(symbol, token.start, token.end, known) if len(known) == len(args) else None
        return None

    def _inside(self, depth: int) -> Expression | None:
        """The expression in brackets, up to and including the closing one; None when it is incomplete."""
        found = self._binary(0, depth + 1)
        self.skip_unit()
        token = self._token()
        if found is None or token is None or token.kind != "CLOSE":
            return None
        self.at += 1
        return found

    def _braced(self, depth: int) -> Expression | None:
        token = self._token()
        if token is None or token.text != "{":
            return None
        self.at += 1
        return self._inside(depth)

    def _share_of(self, part: Expression, depth: int) -> Expression:
        """`20% of 50`, `3/4 of the 20`, `half of 48`: a product; `part` itself when it is not a share of a number."""
        mark = self.at
        token = self._token()
        if token is None or token.kind != "OF" or not _is_share(part):
            return part
        self.at += 1
        word = self._token()
        self.at += bool(word and word.kind == "WORD" and word.text.lower() in _DETERMINERS)
        whole = self._unary(depth + 1)
        if whole is None:
            self.at = mark
            return part
        return Operation("*", token.start, token.end, (part, whole))

    def _implied_product(self, token: Token | None, mark: int) -> bool:
        """`4(5)`, `(3)(4)`: a bracket glued to the token before it."""
        return token is not None and token.text == "(" and token.glued and self.at == mark

    def _divisor(self, top: Token) -> Expression | None:
        """The fraction in `2 / 1/5` or `2 cups / 1/4 cup`: glued together after a spaced slash, it divides as one."""
        before = self.tokens[self.at - 2] if self.at > 1 else None
        slash, bottom = [*self.tokens[self.at : self.at + 2], None, None][:2]
        if not (before and slash and bottom and before.kind == slash.kind == "DIVIDE" and bottom.numeral):
            return None
        if top.glued or not (slash.glued and bottom.glued) or top.numeral is None:
            return None
        self.at += 2
        return Operation("/", slash.start, slash.end, (Number(top.numeral), Number(bottom.numeral)))

    def _is_variable(self) -> bool:
        """Whether the number just parsed is a coefficient: `5x`, `3 n`; `5 m` and `5 g` are units."""
        token = self._token()
        if token is None or token.kind not in ("WORD", "SYMBOL"):
            return False
        if token.kind == "SYMBOL":
            return token.text not in ("\\degree", "\\circ", "\\cent")
        return len(token.text) == 1 and token.text.isalpha() and token.text not in _UNIT_LETTERS and token.text != "a"

    def skip_unit(self) -> None:
        """Skip a unit if an operator, a relation or a closing bracket follows it."""
        mark = self.at
        for _ in range(MAX_UNIT_WORDS):
            token = self._token()
            if token is None or not self._is_unit(token):
                break
            self.at += 1
        self._skip_remark()
        token = self._token()
        if self.at > mark and not (token and token.kind in _AFTER_UNIT):
            self.at = mark

    def _skip_remark(self) -> None:
        """Skip words in brackets: `1 (Jose) + 4 friends`."""
        ahead = self.tokens[self.at : self.at + 5]
        if not ahead or ahead[0].text != "(":
            return
        words = next((i for i, token in enumerate(ahead[1:], start=1) if token.kind != "WORD"), len(ahead))
        if 1 < words < len(ahead) and ahead[words].text == ")":
            self.at += words + 1

    def _is_unit(self, token: Token) -> bool:
        if token.kind == "DIVIDE":  # `7 stickers / page * 6`
            after = self.tokens[self.at + 1] if self.at + 1 < len(self.tokens) else None
            return after is not None and after.kind == "WORD" and len(after.text) > 1
        if token.kind == "OF" or (token.kind == "MONEY" and token.glued):  # `20£`
            return True
        letter = len(token.text) == 1 and token.text.isalpha() and token.text not in (*_UNIT_LETTERS, "a", "I")
        return token.kind == "WORD" and not letter and token.text.lower() not in _NOT_UNITS

    def _skip(self, kind: str) -> None:
        while (token := self._token()) and token.kind == kind:
            self.at += 1

    def _token(self) -> Token | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None


_AFTER_UNIT = frozenset({*OPERATORS, "EQUAL", "ABOUT", "IS", "CLOSE"})


def _is_share(part: Expression) -> bool:
    """A percentage, a fraction word, or a fraction below one."""
    if isinstance(part, Number):
        return part.numeral.percent or part.numeral.style in ("part", "frac", "glyph") or part.numeral.value < 1
    if isinstance(part, Unread):
        return False
    plain = part.symbol == "/" and all(isinstance(arg, Number) and arg.numeral.is_whole for arg in part.args)
    return plain and (evaluate(part) or 2) < 1
