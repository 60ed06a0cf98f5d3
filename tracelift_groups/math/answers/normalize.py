"""Normalises answers: equivalent notations become the same text.

LaTeX delimiters, spacing and size commands and invisible direction marks are removed. `\\dfrac12` becomes
`\\frac{1}{2}`, Unicode signs become ASCII or LaTeX, digits of every script become ASCII digits. A dollar amount begins
with ¤, set braces are ⦃ and ⦄, a degree sign is the word degree.
"""

import re
import unicodedata

from tracelift_groups.math.text.numeral import GLYPHS

_SIGNS = {
    **dict.fromkeys("−–‐‑‒﹣", "-"),
    **dict.fromkeys("⁄∕", "/"),
    **dict.fromkeys("’′‘", "'"),
    "×": "\\times ", "·": "\\cdot ", "⋅": "\\cdot ", "∙": "\\cdot ", "÷": "/", "∗": "*",
    "≤": "\\le ", "≥": "\\ge ", "≠": "\\ne ", "≈": "\\approx ", "±": "\\pm ", "∓": "\\mp ",
    "π": "\\pi ", "θ": "\\theta ", "∞": "\\infty ", "∪": "\\cup ", "∩": "\\cap ", "∈": "\\in ", "∅": "\\emptyset ",
    "°": " degree ", "º": " degree ", "٫": ".", "٬": ",", "，": ",", "٪": "%", "⟨": "(", "⟩": ")",
}  # fmt: skip
_RAISED = {ord(raised): plain for raised, plain in zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻ⁿ", "0123456789-n", strict=True)}
_RAISED_RUN = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻ⁿ]+")
_ROOT = re.compile(r"√\s*(?:\(([^()]*)\)|([0-9.]+|[A-Za-z]))")
_TEXT = re.compile(r"\\(?:text(?:bf|it|rm|sf)?|mbox|mathrm|mathbf|mathit|boldsymbol|operatorname)\s*\{([^{}]*)\}")
_GROUPS = re.compile(r"(?<=[0-9])(?:\{,\}|,?\\[,!]|\\ )\s*(?=[0-9]{3}(?![0-9]))")
_SPACE = re.compile(r"(?<!\\)\\(?:[,;:! ]|quad\b|qquad\b)|[~\s]+|(?<!\\)\\(?=\s|\Z)")
_SIZE = re.compile(r"\\(?:left|right|[bB]igg?[lr]?|displaystyle|textstyle|limits|mathstrut|phantom)(?![A-Za-z])\s*")
_FRACTION = re.compile(r"\\[dtc]?frac\s*")
_ARGUMENT = re.compile(r"\s*([0-9A-Za-z]|\\pi\b)")
_DEGREE = re.compile(r"\^\s*(?:\{\s*\\circ\s*\}|\\circ(?![A-Za-z]))|\\degree(?![A-Za-z])")
_WORDS = [
    (re.compile(r"(?<=[0-9A-Za-z)}])\*\*(?=\s*[-(0-9A-Za-z])"), "^"),
    (re.compile(r"(?<![\\A-Za-z])(sqrt|pi|sin|cos|tan|log|ln|infty)(?![A-Za-z])"), r"\\\1"),
    (re.compile(r"(?<![\\A-Za-z])(?:inf|infinity)(?![A-Za-z])", re.IGNORECASE), r"\\infty"),
    (re.compile(r"\\sqrt\s*\(([^()]*)\)"), r"\\sqrt{\1}"),
    (re.compile(r"\\(?:leq|leqslant)(?![A-Za-z])"), r"\\le"),
    (re.compile(r"\\(?:geq|geqslant)(?![A-Za-z])"), r"\\ge"),
    (re.compile(r"\\neq(?![A-Za-z])"), r"\\ne"),
    (re.compile(r"\\(?:varnothing)(?![A-Za-z])"), r"\\emptyset"),
]


def without_text_commands(text: str) -> str:
    """The part of normalising that takes linear time: digits and signs in ASCII, no invisible marks, single spaces."""
    if not text.isascii():
        text = "".join(map(_ascii, text))
    return " ".join(text.split())


def normalise(text: str) -> str:
    """The normal form of a text. Meant for a few thousand characters: the cost grows faster than the length."""
    text = _RAISED_RUN.sub(lambda run: f"^{{{run[0].translate(_RAISED)}}}", text)
    text = without_text_commands(_fractions_written_out(text))
    text = _ROOT.sub(lambda found: f"\\sqrt{{{found[1] or found[2]}}}", text)
    for _ in range(10):
        text, changed = _TEXT.subn(r" \1 ", text)
        if not changed:
            break
    text = _without_delimiters(text)
    text = _SIZE.sub("", text)
    text = _DEGREE.sub(" degree ", text)
    text = text.replace("\\{", "⦃").replace("\\}", "⦄").replace("\\lbrace", "⦃").replace("\\rbrace", "⦄")
    text = _GROUPS.sub("", text).replace("{,}", ",")
    text = _SPACE.sub(" ", text).replace("\\%", "%")
    for pattern, new in _WORDS:
        text = pattern.sub(new, text)
    text = _braced(_braced(text, _FRACTION, "\\frac", 2), re.compile(r"\\sqrt(?!\s*[\[{])\s*"), "\\sqrt", 1)
    return _without_wrapping(" ".join(text.split()))


def _ascii(character: str) -> str:
    if character in _SIGNS:
        return _SIGNS[character]
    code = ord(character)
    if 0xFF01 <= code <= 0xFF5E:  # full-width forms of ASCII
        return chr(code - 0xFEE0)
    kind = unicodedata.category(character)
    if kind == "Nd":
        return str(unicodedata.decimal(character))
    return "" if kind == "Cf" else character


def _fractions_written_out(text: str) -> str:
    for glyph, value in GLYPHS.items():
        text = text.replace(glyph, f" {value}")
    return text


def _without_delimiters(text: str) -> str:
    """Remove `$` around mathematics; before an amount it becomes the currency ¤."""
    text = text.replace("\\$", "¤").replace("$$", "")
    if text.count("$") % 2:
        text = re.sub(r"\$(?=\s*[0-9.])", "¤", text, count=1)
    text = text.replace("$", "")
    return re.sub(r"\\[()\[\]]", " ", text)


def _braced(text: str, command: re.Pattern[str], name: str, arguments: int) -> str:
    """`\\frac12`, `\\frac1{2}` → `\\frac{1}{2}`: adds braces to single-character arguments."""
    parts = command.split(text)
    for i, part in enumerate(parts[1:], start=1):
        done = ""
        for _ in range(arguments):
            if single := _ARGUMENT.match(part):
                done += f"{{{single[1]}}}"
                part = part[single.end() :]
            elif (end := _group_end(part)) > 0:
                done += part[:end].lstrip()
                part = part[end:]
        parts[i] = name + done + part
    return "".join(parts)


def _group_end(text: str) -> int:
    """The end of the braced group at the start of a text; 0 when there is none."""
    depth = 0
    for at, character in enumerate(text):
        depth += (character == "{") - (character == "}")
        if depth == 0 and not character.isspace():
            return at + 1 if character == "}" else 0
    return 0


def _without_wrapping(text: str) -> str:
    """Remove quotes, emphasis, trailing punctuation and braces around the whole text."""
    while True:
        before = text
        text = text.strip(' *_`"').rstrip(".,;: ").removeprefix("+").lstrip()
        if text[:1] == "{" and _group_end(text) == len(text) and "," not in text:
            text = text[1:-1]
        if text == before:
            return text
