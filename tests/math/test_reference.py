"""From a worked solution to a reference trace."""

from dataclasses import replace
from fractions import Fraction

import pytest
from synthetic_problems import CLIPS, seed

from tracelift_groups.config import Config
from tracelift_groups.math.reference import parse_reference
from tracelift_groups.math.text.markup import reference_text, unboxed
from tracelift_groups.pipeline.generate import generate


@pytest.mark.parametrize(
    ("solution", "text"),
    [
        ("He has 2*5=<<2*5=10>>10 eggs.\n#### 10", "He has 2*5=10 eggs."),
        ("So $x = \\boxed{7}$.", "So $x = 7$."),
        ("So \\boxed{\\frac{3}{4}} it is.", "So \\frac{3}{4} it is."),
        ("\\boxed{\\text{a } \\{1, \\{2\\}\\}} and \\fbox {5}", "\\text{a } \\{1, \\{2\\}\\} and 5"),
        ("\\boxed{\\boxed{7}}", "\\boxed{7}"),
        ("So \\boxed{7 is open", "So \\boxed{7 is open"),
        ("See\n[asy]\ndraw((0,0)--(1,1));\n[/asy]\nthe 3 sides.", "See\nthe 3 sides."),
        ("One [asy]a[/asy] two [asy]b[/asy] three", "One\ntwo\nthree"),
        ("  One.  \n\n\n Two. \n  #### 5 \n", "One.\n Two."),
        ("No markup.", "No markup."),
        ("#### 5", ""),
        ("", ""),
    ],
)
def test_markup_and_the_final_artifact_are_removed(solution: str, text: str) -> None:
    assert reference_text(solution) == text


def test_an_unbalanced_box_costs_no_more_than_its_length() -> None:
    text = "\\boxed{" * 3000
    assert unboxed(text) == text


def test_a_seed_with_a_solution_gives_one_positive() -> None:
    outcome = generate(replace(CLIPS, solution=f"{CLIPS.solution}\n#### 109"), Config())
    assert outcome.payload is not None
    (positive,) = outcome.payload["positives"]
    assert positive["reasoning"] == CLIPS.solution
    assert positive["provenance"]["engine"] == "seed_solution"


@pytest.mark.parametrize(("solution", "rule"), [(None, "no-solution"), ("#### 7", "empty-reference")])
def test_a_seed_without_text_to_keep_is_rejected(solution: str | None, rule: str) -> None:
    outcome = generate(replace(CLIPS, solution=solution), Config())
    assert (outcome.status, [drop.rule for drop in outcome.drops]) == ("rejected", [rule])


def test_a_reference_knows_where_its_answer_is_stated() -> None:
    reference = parse_reference(CLIPS, CLIPS.solution or "")
    assert reference.answer == 109
    assert reference.conclusion is not None
    assert (reference.conclusion.step, reference.conclusion.role) == (2, "result")


def test_an_answer_that_is_not_a_number_has_no_conclusion() -> None:
    reference = parse_reference(seed("Who?", "It is 3 + 4 = 7 people.", "Mary"), "It is 3 + 4 = 7 people.")
    assert (reference.answer, reference.conclusion) == (None, None)


def test_a_percentage_is_stated_by_its_number() -> None:
    reference = parse_reference(seed("p", "", "75"), "So it is 30 / 40 = 75%.")
    assert reference.answer == Fraction(75)
    assert reference.conclusion is not None
