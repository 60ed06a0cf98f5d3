"""Random arithmetic, rendered as people type it, with its value computed here and not by the library."""

from dataclasses import dataclass
from fractions import Fraction

from hypothesis import strategies as st

GLYPHS = {
    "+": ["+"],
    "-": ["-", "–", "−"],
    "*": ["*", "×", "·", "\\times", "\\cdot", "x"],
    "/": ["/", "÷", "\\div"],
}
UNITS = ["", "", "", " apples", " hours", " cm", " km/h", " \\text{ cm}"]
BINDS = {"+": 1, "-": 1, "*": 2, "/": 2}


@dataclass(frozen=True)
class Rendered:
    """A text and the exact value it has; `least` is the weakest operator outside brackets (3: none)."""

    text: str
    value: Fraction
    least: int
    operators: int


@dataclass(frozen=True)
class Style:
    """How one expression is typed: with spaces or without, and which glyph each operator has."""

    spaced: bool
    signs: dict[str, str]


@st.composite
def styles(draw: st.DrawFn) -> Style:
    spaced = draw(st.booleans())
    signs = {symbol: draw(st.sampled_from(glyphs)) for symbol, glyphs in GLYPHS.items()}
    if not spaced:
        signs |= {"*": signs["*"] if len(signs["*"]) == 1 and signs["*"] != "x" else "*"}
        signs |= {"/": "/"}
    return Style(spaced, signs)


@st.composite
def leaves(draw: st.DrawFn, style: Style) -> Rendered:
    form = draw(st.sampled_from(["whole", "comma", "decimal", "money", "frac", "spaced"]))
    whole = draw(st.integers(1, 9999))
    cents = draw(st.integers(1, 99))
    bottom = draw(st.integers(2, 12))
    text, value = str(whole), Fraction(whole)
    if form == "comma":
        text = f"{whole:,}"
    elif form == "decimal":
        text, value = f"{whole}.{cents:02d}", whole + Fraction(cents, 100)
    elif form == "money":
        text = f"${whole}"
    elif form == "frac" and style.spaced:
        text, value = f"\\frac{{{whole}}}{{{bottom}}}", Fraction(whole, bottom)
    elif form == "spaced" and style.spaced:
        text, value = f"{bottom} 000", Fraction(1000 * bottom)
    unit = draw(st.sampled_from(UNITS)) if style.spaced else ""
    return Rendered(text + unit, value, 3, 0)


@st.composite
def trees(draw: st.DrawFn, style: Style, depth: int) -> Rendered:
    if depth == 0 or draw(st.integers(0, 3)) == 0:
        return draw(leaves(style))
    symbol = draw(st.sampled_from("+-*/"))
    left, right = draw(trees(style, depth - 1)), draw(trees(style, depth - 1))
    if symbol == "/" and right.value == 0:
        symbol = "+"
    value = {
        "+": left.value + right.value,
        "-": left.value - right.value,
        "*": left.value * right.value,
        "/": left.value / right.value if right.value else left.value,
    }[symbol]
    binds = BINDS[symbol]
    first = left.text if left.least >= binds else f"({left.text})"
    second = right.text if right.least > binds else f"({right.text})"
    gap = " " if style.spaced else ""
    sign = f"{gap}{style.signs[symbol]}{gap}"
    return Rendered(first + sign + second, value, binds, left.operators + right.operators + 1)


@st.composite
def arithmetic(draw: st.DrawFn) -> Rendered:
    """An expression of one to seven operators, never below zero."""
    style = draw(styles())
    return draw(trees(style, 3).filter(lambda tree: tree.operators > 0 and tree.value >= 0))


def written(value: Fraction) -> str:
    """A value as a result: whole, or a fraction."""
    return f"{value.numerator:,}" if value.denominator == 1 else f"{value.numerator}/{value.denominator}"
