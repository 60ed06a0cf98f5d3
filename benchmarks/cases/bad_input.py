"""Hostile texts through the check annotator and the answer checker: the slowest, and what raised."""

import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from figure import Figure, Result, Setup

from tracelift_groups.annotators.checks import checks
from tracelift_groups.math.answers.verify import verify_answer
from tracelift_groups.records.rubric import load_rubric
from tracelift_groups.records.seed import Seed

_SEED = Seed(
    "bad-input", "math", "benchmark", "math", "Tom has 3 boxes of 12 pens and gives away 9. How many are left?", "27",
    solution="There are 3 * 12 = 36 pens.\nAfter giving away 9, 36 - 9 = 27 are left.",
)  # fmt: skip
TEXTS = {
    "100,000 characters of arithmetic": "3 * 12 = 36 " * 9000,
    "100,000 characters of arithmetic in lines": "3 * 12 = 36\n" * 9000,
    "100,000 characters of arithmetic in sentences": "So 3 * 12 = 36 pens. " * 5000,
    "100,000 characters of prose": "word " * 20_000,
    "LaTeX 500 deep": "$" + r"\frac{1}{" * 500 + "2" + "}" * 500 + " = 27$",
    "a number of 100,000 digits": "3 * 12 = " + "9" * 100_000,
    "division by zero": "36 / 0 = 27, so 27 pens",
    "Arabic digits": "٣ * ١٢ = ٣٦ و ٣٦ - ٩ = ٢٧",
    "full-width digits": "３ * １２ = ３６. ３６ - ９ = ２７",
    "right to left": "שלוש קופסאות של 12 הן 3 * 12 = 36, ולכן 36 - 9 = 27",
    "empty": "",
    "one word": "yes",
    "another problem": "Maria walks 7 miles on 11 days: 7 * 11 = 77 miles. With 19 more, 77 + 19 = 96 miles.",
    "a tower of powers": "27^27^27^27^27 = 9^9^9^9^9",
    "50,000 equals signs": "=" * 50_000,
}


def measure(setup: Setup) -> Result:
    """Each text once through both, in a new process for each run: a text that was read before costs nothing."""
    runs = []
    for _ in range(setup.runs):
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            runs.append(pool.submit(_once).result())
    slowest = tuple(max(s for row in run.values() for s in row.values() if isinstance(s, float)) for run in runs)
    raised = sum(isinstance(value, str) for run in runs for row in run.values() for value in row.values())
    figures = (Figure("slowest", "s", slowest, at_most=1), Figure("exceptions", "", (raised,), at_most=0))
    return Result("checks(seed, TEXT, rubric) and verify(gold, TEXT)", figures, grids={"seconds, last run": runs[-1]})


def _once() -> dict[str, dict[str, float | str]]:
    checks(_SEED, "27", load_rubric("math"))
    verify_answer(r"\sqrt{8}", r"2\sqrt{2}")  # starts the process that compares formulas
    rows: dict[str, dict[str, float | str]] = {}
    for name, text in TEXTS.items():
        rows[name] = {}
        for what, call in _calls(text).items():
            try:
                rows[name][what] = round(_seconds(call), 4)
            except Exception as error:
                rows[name][what] = type(error).__name__
    return rows


def _calls(text: str) -> dict[str, Callable[[], object]]:
    rubric = load_rubric("math")
    return {"annotator": lambda: checks(_SEED, text, rubric), "answer": lambda: verify_answer("27", text)}


def _seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start
