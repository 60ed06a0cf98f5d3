"""Problems with a known computation graph, for tests of what is made of their traces, and a few written by hand."""

from dataclasses import dataclass
from fractions import Fraction
from random import Random

from hypothesis import assume
from hypothesis import strategies as st

from tracelift_groups.flaws.kind import Draft
from tracelift_groups.math.reference import ParsedReference, parse_reference
from tracelift_groups.records.seed import Seed

NOUNS = ["plums", "pears", "nuts", "figs", "dates", "limes", "beans", "leeks", "kiwis", "melons"]
WORDS = {"+": "adds to", "-": "leaves", "*": "grows to", "/": "is shared into"}


@dataclass(frozen=True)
class Step:
    """`left symbol right`: an operand is a given, ("given", i), or the result of an earlier step, ("step", i)."""

    symbol: str
    left: tuple[str, int]
    right: tuple[str, int]


@dataclass(frozen=True)
class World:
    """Givens and the steps that compute with them; the last step gives the answer."""

    givens: tuple[int, ...]
    steps: tuple[Step, ...]

    def values(self) -> list[Fraction]:
        """The result of each step."""
        found: list[Fraction] = []
        for step in self.steps:
            found.append(computed(step.symbol, self.value(step.left, found), self.value(step.right, found)))
        return found

    def value(self, source: tuple[str, int], results: list[Fraction]) -> Fraction:
        sort, index = source
        return Fraction(self.givens[index]) if sort == "given" else results[index]

    @property
    def problem(self) -> str:
        return " ".join(f"There are {n} {NOUNS[i]}." for i, n in enumerate(self.givens)) + " How many in the end?"

    @property
    def trace(self) -> str:
        results = self.values()
        lines = []
        for i, step in enumerate(self.steps):
            left, right = self.value(step.left, results), self.value(step.right, results)
            lines.append(f"It {WORDS[step.symbol]} {left} {step.symbol} {right} = {results[i]}.")
        return "\n".join(lines)

    @property
    def seed(self) -> Seed:
        answer = str(self.values()[-1])
        return Seed("world", "math", "test", "math", self.problem, answer, solution=self.trace, license="MIT")

    @property
    def case(self) -> ParsedReference:
        return parse_reference(self.seed, self.trace)


def computed(symbol: str, left: Fraction, right: Fraction) -> Fraction:
    return {"+": left + right, "-": left - right, "*": left * right, "/": left / right}[symbol]


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Two to five steps, each using the one before; every value is whole, positive and stands for one thing only."""
    givens = draw(st.lists(st.integers(13, 97), min_size=3, max_size=6, unique=True))
    steps: list[Step] = []
    taken = {Fraction(value) for value in givens} | {Fraction(100)}
    results: list[Fraction] = []
    for i, given in enumerate(givens):
        if i == 0:
            continue
        left = ("given", 0) if i == 1 else ("step", i - 2)
        source = ("given", i)
        if i > 2 and draw(st.integers(0, 3)) == 0:
            source = ("step", draw(st.integers(0, i - 3)))
        first = Fraction(givens[0]) if i == 1 else results[-1]
        second = Fraction(given) if source[0] == "given" else results[source[1]]
        fitting = [
            (symbol, turned)
            for symbol in "+-*/"
            for turned in (False, True)
            if _is_whole_and_new(symbol, *((second, first) if turned else (first, second)), taken)
        ]
        assume(fitting)
        symbol, turned = draw(st.sampled_from(fitting))
        steps.append(Step(symbol, source, left) if turned else Step(symbol, left, source))
        results.append(computed(symbol, second, first) if turned else computed(symbol, first, second))
        taken.add(results[-1])
    return World(tuple(givens), tuple(steps))


def _is_whole_and_new(symbol: str, left: Fraction, right: Fraction, taken: set[Fraction]) -> bool:
    value = computed(symbol, left, right)
    return value.denominator == 1 and 12 < value < 10**6 and value not in taken and right != left


def seed(problem: str, solution: str, answer: str, name: str = "sample") -> Seed:
    return Seed(name, "math", "test", "math", problem, answer, solution=solution, license="MIT")


CLIPS = seed(
    "Natalia sold 48 clips to her friends in April, and then she sold half as many in May. In June she sold 13 more"
    " than in May. How many clips did she sell altogether?",
    "Natalia sold 48 / 2 = 24 clips in May.\nIn June she sold 24 + 13 = 37 clips.\n"
    "Altogether she sold 48 + 24 + 37 = 109 clips.",
    "109",
    "clips",
)
SHOES = seed(
    "A shop sells shoes for $80 a pair and gives 25% off. Dana buys 3 pairs and pays with a gift card of $150."
    " How much does she still owe?",
    "The discount is 25% of $80 is $20.\nEach pair then costs $80 - $20 = $60.\n"
    "Three pairs cost 3 * $60 = $180.\nShe still owes $180 - $150 = $30.",
    "30",
    "shoes",
)
TANK = seed(
    "A tank holds 1,250 liters. It loses 35 liters an hour for 6 hours, and then 120 liters are added. What is in it?",
    "The tank loses 35 × 6 = 210 liters. That leaves 1,250 − 210 = 1,040 liters. "
    "After the filling it holds 1,040 + 120 = 1,160 liters.",
    "1160",
    "tank",
)
LATEX = seed(
    "A rope of 64 meters is cut so that \\frac{3}{4} of it is used. The used part is cut into pieces of 16 meters."
    " How many pieces are there, and with 9 bought ones, how many in all?",
    "The used part is $\\frac{3}{4} \\cdot 64 = 48$ meters.\nThis gives $48 \\div 16 = 3$ pieces.\n"
    "In all there are $3 + 9 = 12$ pieces.",
    "12",
    "latex",
)
JARS = Seed(
    problem_id="jars",
    domain="math",
    source="test",
    task_type="math",
    problem="A shop has 14 shelves with 18 jars each and sells 37 jars. A jar costs $6. What are the jars left worth?",
    answer="1290",
    solution=(
        "The shelves hold 14 * 18 = 252 jars.\n"
        "After the sale 252 - 37 = 215 jars are left.\n"
        "They are worth 215 * 6 = $1290."
    ),
)
PRESS = seed(
    "A press prints 40 pages a minute. On Monday it ran for 3 hours and 20% of the pages were spoiled. On Tuesday it"
    " printed 6000 good pages. How many good pages did it print on both days?",
    "Three hours are 3 * 60 = 180 minutes.\nThe press printed 180 * 40 = 7200 pages on Monday.\n"
    "Of these, 7200 * 20% = 1440 pages were spoiled.\nThat left 7200 - 1440 = 5760 pages.\n"
    "On both days it printed 5760 + 6000 = 11760 good pages.",
    "11760",
    "press",
)
ROPE = seed(
    "A rope for $5 is cut into 4 equal pieces. Each piece gets a hook for $2. What are 8 such pieces worth?",
    "A piece of rope is worth $5 / 4 = $1.25.\nWith its hook it is worth $1.25 + $2 = $3.25.\n"
    "Eight pieces are worth $3.25 * 8 = $26.00.",
    "26",
    "rope",
)
MARBLES = seed(
    "Ada has 15 marbles, Ben has 22 more than Ada, and Cy has twice as many as Ben. Cy loses 9."
    " How many have they all?",
    "Ben has 15 + 22 = 37 marbles.\nCy has 37 * 2 = 74 marbles.\nAfter the loss Cy has 74 - 9 = 65 marbles.\n"
    "All together they have 15 + 37 + 65 = 117 marbles.",
    "117",
    "marbles",
)
SAMPLES = (CLIPS, SHOES, TANK, LATEX, PRESS, ROPE, MARBLES)


def drafts(kind: str, case: ParsedReference, number: int = 0) -> list[Draft]:
    """What a kind proposes for a case, at most twelve."""
    from itertools import islice

    from tracelift_groups.registry import KINDS

    return list(islice(KINDS.get(kind).apply(case, Random(number)), 12))
