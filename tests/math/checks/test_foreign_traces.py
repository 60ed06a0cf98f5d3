"""Traces as other people and models write them, labelled by hand, and one trace in many forms."""

import json
import re
from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from repo_files import ROOT
from synthetic_problems import seed

from tracelift_groups.annotators.checks import checks
from tracelift_groups.ingest.source import read_seeds
from tracelift_groups.math.checks.score import MEASURED
from tracelift_groups.math.text.markup import reference_text
from tracelift_groups.records.annotation import Annotation
from tracelift_groups.records.rubric import load_rubric
from tracelift_groups.records.seed import Seed
from tracelift_groups.records.trace import Trace

RUBRIC = load_rubric("math")
FIXTURES = ROOT / "tests" / "data"
ROWS = [json.loads(line) for line in (FIXTURES / "foreign_traces.jsonl").read_text("utf-8").splitlines()]
PROBLEMS = {
    name: seed(given["problem"], given["solution"], given["answer"], name)
    for name, given in json.loads((FIXTURES / "foreign_problems.json").read_text("utf-8")).items()
}
# Shares that hold on each half of the traces that are measured, with the worked solution and without it. The rows of
# the held-out half were not read while the annotator was changed; their totals were seen.
RIGHT, SEEN, STEP, DIMENSION = 0.95, 0.95, 0.8, 0.7


def test_more_than_a_hundred_and_fifty_traces_are_labelled_and_both_sorts_are_there() -> None:
    right = sum(row["first_error_step"] == -1 for row in ROWS)
    assert len(ROWS) >= 150
    assert len({row["problem"] for row in ROWS}) >= 19
    assert right >= 70
    assert len(ROWS) - right >= 70
    assert sum(row.get("beyond", False) for row in ROWS) <= 2


@pytest.mark.parametrize("row", [row for row in ROWS if row["set"] == "exact"], ids=lambda row: row["why"])
def test_a_foreign_trace_is_scored_as_a_person_would(row: dict[str, object]) -> None:
    found = checks(PROBLEMS[str(row["problem"])], str(row["trace"]), RUBRIC)
    assert found.first_error_step == row["first_error_step"], found.reason
    assert _agrees(row, found), found.reason


@pytest.mark.parametrize("solved", [True, False], ids=["with the solution", "without it"])
@pytest.mark.parametrize("half", ["development", "held-out"])
def test_right_traces_are_strong_and_wrong_ones_are_seen_where_they_go_wrong(half: str, solved: bool) -> None:
    rows = [row for row in ROWS if row["set"] == half and not row["beyond"]]
    scored = [(row, checks(_seed(row["problem"], solved), row["trace"], RUBRIC)) for row in rows]
    right = [(row, found) for row, found in scored if row["first_error_step"] == -1]
    wrong = [(row, found) for row, found in scored if row["first_error_step"] != -1]
    told = [(row, found) for row, found in wrong if solved or row["bare"]]
    assert _share(found.mean == 10 and found.first_error_step == -1 for _, found in right) >= RIGHT
    assert _share(found.first_error_step != -1 for _, found in wrong) >= SEEN
    assert _share(found.first_error_step == row["first_error_step"] for row, found in told) >= STEP
    assert _share(_agrees(row, found) for row, found in told) >= DIMENSION


def _seed(problem: str, solved: bool) -> Seed:
    item = PROBLEMS[problem]
    return item if solved else replace(item, solution=None)


def _agrees(row: dict[str, object], found: Annotation) -> bool:
    """Whether the dimension that a person says falls is the lowest; none falls in a right trace."""
    raw = {name: score for name, score in found.raw.items() if score is not None}
    return raw[str(row["falls"])] == min(raw.values()) < 10 if row["falls"] else found.mean == 10


def _share(verdicts: Iterable[bool]) -> float:
    met = list(verdicts)
    assert len(met) >= 15
    return sum(met) / len(met)


def steps(text: str) -> list[str]:
    return [step.strip() for step in Trace.read(text).steps]


FORMS = {
    "bullets": lambda text: "\n".join(f"- {step}" for step in steps(text)),
    "stars": lambda text: "\n".join(f"* {step}" for step in steps(text)),
    "numbers": lambda text: "\n".join(f"{i}. {step}" for i, step in enumerate(steps(text), 1)),
    "bold steps": lambda text: "\n\n".join(f"**Step {i}:** {step}" for i, step in enumerate(steps(text), 1)),
    "a heading": lambda text: "## Solution\n\n" + "\n\n".join(steps(text)),
    "one paragraph": lambda text: " ".join(step if step[-1] in ".!?" else f"{step}." for step in steps(text)),
    "an introduction": lambda text: f"Let's think step by step.\n{text}",
    "a last remark": lambda text: f"{text}\nThis agrees with the conditions of the problem.",
    "blank lines": lambda text: text.replace("\n", "\n\n"),
    "line ends of Windows": lambda text: text.replace("\n", "\r\n"),
    "times as a cross": lambda text: text.replace(" * ", " × "),
    "times in LaTeX": lambda text: text.replace(" * ", r" \times "),
}


@pytest.mark.parametrize("form", FORMS)
def test_the_form_of_a_right_solution_is_not_punished(form: str) -> None:
    bundled = [item for item in read_seeds("bundled") if isinstance(item, Seed) and item.solution]
    assert len(bundled) > 50
    for item in bundled:
        text = reference_text(item.solution or "")
        assert checks(item, FORMS[form](text), RUBRIC).raw == checks(item, text, RUBRIC).raw, item.problem_id


def test_a_trace_of_another_problem_is_never_strong() -> None:
    bundled = [item for item in read_seeds("bundled") if isinstance(item, Seed) and item.solution]
    Random(0).shuffle(bundled)
    pairs = list(pairwise(bundled))
    found = [checks(item, reference_text(other.solution or ""), RUBRIC) for item, other in pairs]
    assert all(annotation.first_error_step != -1 for annotation in found)
    assert sum(annotation.mean or 0 for annotation in found) / len(found) < 6


BAD = {
    "100,000 characters": "3 * 12 = 36 " * 9000,
    "100,000 letters": "a" * 100_000,
    "LaTeX 500 deep": "$" + r"\frac{1}{" * 500 + "2" + "}" * 500 + " = 27$",
    "brackets 500 deep": "(" * 500 + "27" + ")" * 500 + " = 27",
    "a number of 100,000 digits": "3 * 12 = " + "9" * 100_000,
    "a division by zero": "36 / 0 = 27",
    "Arabic digits": "٣ * ١٢ = ٣٦ و ٣٦ - ٩ = ٢٧",
    "full-width digits": "３ * １２ = ３６. ３６ - ９ = ２７",
    "text from right to left": "שלוש קופסאות של 12 הן 3 * 12 = 36, ולכן 36 - 9 = 27",
    "empty": "",
    "white space": " \n\t ",
    "one word": "yes",
    "a zero byte and lone surrogates": "3 * 12 = 36\x00 \ud800 36 - 9 = 27",
    "equals signs": "=" * 50_000,
    "steps without end": "1.\n" * 30_000,
    "powers": "2^2^2^2^2^2^2^2 = 9^9^9^9",
    "thousands of numbers from nowhere": "\n".join(f"{i} * {i + 7} = {i * (i + 7)}." for i in range(100, 5000)),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_gets_a_score(name: str) -> None:
    found = checks(PROBLEMS["pens"], BAD[name], RUBRIC)
    assert set(found.raw) == set(MEASURED)
    assert all(score is not None and 0 <= score <= 10 for score in found.raw.values())


@given(
    st.text(alphabet=st.characters(codec=None), max_size=300)
    | st.from_regex(re.compile(r"[0-9x+*/=(){}\\^$. \n-]{0,80}"))
)
def test_any_text_gets_a_score_and_always_the_same(text: str) -> None:
    found = checks(PROBLEMS["shop"], text, RUBRIC)
    assert found == checks(PROBLEMS["shop"], text, RUBRIC)
    assert all(score is not None and 0 <= score <= 10 for score in found.raw.values())
