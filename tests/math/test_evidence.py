"""The evidence that checkers use."""

from fractions import Fraction

import pytest
from synthetic_problems import CLIPS

from tracelift_groups.math.evidence import Evidence, number
from tracelift_groups.math.reference import parse_reference
from tracelift_groups.math.text.claim import claims
from tracelift_groups.math.text.expression import Expression
from tracelift_groups.math.text.lexer import tokens
from tracelift_groups.math.text.parsed_trace import parse_trace
from tracelift_groups.math.text.shape import same_numbers, same_shape
from tracelift_groups.records.perturbation import Edit, Perturbation
from tracelift_groups.records.trace import Trace

TEXT = CLIPS.solution or ""


def evidence(*edits: Edit) -> Evidence:
    perturbation = Perturbation("calculation_error", edits[0].step, edits)
    return Evidence(
        parse_reference(CLIPS, TEXT), parse_trace(CLIPS.problem, Trace.read(perturbation.apply(TEXT))), perturbation
    )


def replaced(before: str, after: str, role: str = "origin", nth: int = 0) -> Edit:
    at = -1
    for _ in range(nth + 1):
        at = TEXT.index(before, at + 1)
    return Edit(TEXT[:at].count("\n"), at, at + len(before), before, after, role)


def left(text: str) -> Expression:
    (claim,) = claims(tokens(f"{text} = 1"), 0)
    return claim.left


def test_a_character_moves_by_what_was_edited_before_it() -> None:
    found = evidence(replaced("24", "1,024"))
    start = TEXT.index("24")
    assert [found.moved(at) for at in (0, start, start + 2, len(TEXT))] == [0, start, start + 5, len(TEXT) + 3]


def test_an_insertion_shifts_what_follows_it() -> None:
    at = TEXT.index("In June")
    found = evidence(Edit(1, at, at, "", "More. "))
    assert [found.moved(at - 1), found.moved(at)] == [at - 1, at + 6]


def test_claims_are_paired_by_place() -> None:
    assert evidence(replaced("24", "26")).pairs == {0: 0, 1: 1, 2: 2}
    first = TEXT[: TEXT.index("In June")]
    assert evidence(replaced(first, "")).pairs == {0: 1, 1: 2}
    at = TEXT.index("In June")
    assert evidence(Edit(1, at, at, "", "24 * 2 = 48.\n")).pairs == {0: 0, 2: 1, 3: 2}


def test_the_origin_is_where_an_origin_edit_is() -> None:
    found = evidence(replaced("24", "26"), replaced("37", "39", "propagated"))
    assert found.origin_claims == [0]
    assert found.false_claims == [0, 1]


def test_the_answer_changes_when_the_place_that_states_it_has_another_number() -> None:
    assert evidence(replaced("109", "119")).answer_changes
    assert not evidence(replaced("24", "26")).answer_changes
    assert not evidence(replaced("\nAltogether she sold 48 + 24 + 37 = 109 clips.", "")).answer_changes


def test_a_consistent_flaw_has_no_inconsistency() -> None:
    carried = [("24", "26", 1), ("37", "39", 0), ("24", "26", 2), ("37", "39", 1), ("109", "113", 0)]
    edits = [replaced("24", "26"), *(replaced(a, b, "propagated", n) for a, b, n in carried)]
    assert evidence(*edits).inconsistency(0) == ""
    assert "Step 3 says 24" in evidence(*edits[:2]).inconsistency(0)


@pytest.mark.parametrize("before", ["sold", "clips in May", "= 24", "/"])
def test_words_and_signs_outside_of_the_wrong_claim_may_not_be_edited(before: str) -> None:
    found = evidence(replaced("In June", "in June") if before == "sold" else replaced(before, "x" * len(before)))
    assert found.stray_edit(0 if before == "sold" else 1, numbers=True)


@pytest.mark.parametrize(
    ("one", "other", "shape", "numbers"),
    [
        ("2 + 3", "2 + 3", True, True),
        ("2 + 3", "3 + 2", True, False),
        ("2 + 3", "2 - 3", False, True),
        ("2 + 3 * 4", "(2 + 3) * 4", False, True),
        ("2 + 3", "2 + 3 + 0", False, False),
        ("50% * 4", "0.5 * 4", True, True),
    ],
)
def test_expressions_are_compared_by_shape_and_by_numbers(one: str, other: str, shape: bool, numbers: bool) -> None:
    assert (same_shape(left(one), left(other)), same_numbers(left(one), left(other))) == (shape, numbers)


@pytest.mark.parametrize(("value", "text"), [(Fraction(24), "24"), (Fraction(5, 2), "5/2"), (None, "none")])
def test_numbers_are_written_exactly(value: Fraction | None, text: str) -> None:
    assert number(value) == text
