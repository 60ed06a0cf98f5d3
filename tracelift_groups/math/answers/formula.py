"""Selects the texts that go to the formula parser: only those that it parses completely.

The parser would take the words of `5 or more` for products of letters and drop unknown commands. Such texts are
rejected here, with the reason.
"""

import re

_COMMANDS = frozenset(
    "frac sqrt pi sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh log ln exp cdot times div pm mp "
    "infty le ge lt gt ne cup cap in binom lfloor rfloor lceil rceil alpha beta gamma delta epsilon theta lambda "
    "mu phi varphi rho sigma omega tau psi xi eta zeta kappa nu Delta Omega Phi begin end emptyset setminus "
    "mathbb min max gcd bmod overline bar vert mid approx to hbar ell circ angle sum prod int lim det".split()
)
_COMMAND = re.compile(r"\\([A-Za-z]+)|\\(.)")
_ENVIRONMENT = re.compile(r"\\(?:begin|end)\s*\{[bpvV]?matrix\}")
_LETTERS = re.compile(r"[A-Za-z]{2,}")
_STRANGE = re.compile(r"[^A-Za-z0-9\s+\-*/^_=<>()\[\]{}⦃⦄,.;!|&]")
_EXPONENT = re.compile(r"(?<![A-Za-z0-9.])([0-9]*\.?[0-9]+)[eE]([-+]?[0-9]{1,12})(?![0-9A-Za-z.])")
_TOKENS = re.compile(r"\\[A-Za-z]+\*?|\\.")


_SIDE_BY_SIDE = re.compile(r"[0-9.)}] +\.?[0-9]|[0-9)]\s*_")
_SUBSCRIPT = re.compile(r"(?<=[A-Za-z])_(?:\{[A-Za-z0-9]+\}|[A-Za-z0-9])")
# Unevaluated operations: an answer may use one only if the gold does.
_UNDONE = frozenset("sum prod int lim gcd min max bmod det".split())
_PLAIN_FRACTION = re.compile(r"\\frac\{-?[0-9]+\}\{-?[0-9]+\}|(?<![0-9/.])[0-9]+/[0-9]+(?![0-9/.])")
_OPERATION = re.compile(r"(?<=[0-9)}.])\s*(?:[-+*/(!]|\\(?:times|cdot|div)(?![A-Za-z]))|\\binom")


def left_to_compute(text: str) -> bool:
    """Whether a normalised text, not itself a number, is unevaluated arithmetic, such as `9 \\times 2`.

    One fraction, root or power is not.
    """
    return _OPERATION.search(_PLAIN_FRACTION.sub("1", text, count=1)) is not None


def unreadable(text: str, gold: str) -> str:
    """Why a normalised text is not a formula; empty when it is. A word is a product only of letters in the gold."""
    rest = _ENVIRONMENT.sub(" ", text)
    if rest == text and ("\\\\" in text or "&" in text):
        return "a line break or & outside of a matrix"
    rest = rest.replace("\\\\", " ")
    if _SIDE_BY_SIDE.search(_SUBSCRIPT.sub("", rest)) and rest == text:
        return "two numbers stand side by side"
    for command in _COMMAND.finditer(rest):
        if command[1] not in _COMMANDS or (gold and command[1] in _UNDONE and command[0] not in gold):
            return f"{command[0]} is not expected"
    rest = _TOKENS.sub(" ", rest)
    for word in _LETTERS.finditer(rest):
        if gold and not set(word[0]) <= set(_TOKENS.sub(" ", gold)):
            return f'"{word[0][:30]}" is a word'
    strange = _STRANGE.search(rest)
    return f"{strange[0]!r} has no meaning" if strange else ""


def written_out(text: str) -> str:
    """The text in the parser's syntax: set braces escaped, `1e3` as a power of ten, the word degree as its sign."""
    text = _EXPONENT.sub(r"\1 \\cdot 10^{\2}", text)
    return text.replace("⦃", "\\{").replace("⦄", "\\}").replace(" degree", "^{\\circ}")
