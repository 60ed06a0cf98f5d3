"""Edits that make a flaw, and unmake it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracelift_groups.errors import RecordError
from tracelift_groups.records.perturbation import Edit, Perturbation

TEXT = "48 / 2 = 24 clips.\n48 + 24 = 72 clips."
ORIGIN = Edit(0, 9, 11, "24", "26")
CARRIED = Edit(1, 24, 26, "24", "26", role="propagated")


@st.composite
def texts_and_perturbations(draw: st.DrawFn) -> tuple[str, Perturbation]:
    text = draw(st.text()) + "."  # a trace does not end in white space, and these edits leave its end alone
    cuts = sorted(draw(st.lists(st.integers(0, len(text) - 1), min_size=2, max_size=8)))
    edits = [
        Edit(0, start, end, text[start:end], draw(st.text(max_size=5)))
        for start, end in zip(cuts[::2], cuts[1::2], strict=False)
    ]
    return text, Perturbation("some_kind", 0, tuple(edits))


def undone(perturbation: Perturbation) -> Perturbation:
    """The edits read backwards: what was put in is taken out again, at the place to which it was moved."""
    moved, back = 0, []
    for edit in perturbation.edits:
        start = edit.start + moved
        back.append(Edit(edit.step, start, start + len(edit.after), edit.after, edit.before, edit.role))
        moved += len(edit.after) - len(edit.before)
    return Perturbation(perturbation.kind, perturbation.step, tuple(back))


def test_edits_change_what_they_say_and_nothing_else() -> None:
    perturbation = Perturbation("calculation_error", 0, (ORIGIN, CARRIED))
    assert perturbation.apply(TEXT) == "48 / 2 = 26 clips.\n48 + 26 = 72 clips."
    assert perturbation.changed_steps == (0, 1)


@given(texts_and_perturbations())
def test_a_flaw_can_be_undone_from_its_record(made: tuple[str, Perturbation]) -> None:
    text, perturbation = made
    assert undone(perturbation).apply(perturbation.apply(text)) == text


@given(texts_and_perturbations())
def test_the_record_survives_json(made: tuple[str, Perturbation]) -> None:
    assert Perturbation.from_json(made[1].to_json()) == made[1]


def test_a_flaw_does_not_end_in_white_space() -> None:
    end = len("48 / 2 = 24 clips.\n")
    assert Perturbation("k", 1, (Edit(1, end, len(TEXT), TEXT[end:], ""),)).apply(TEXT) == "48 / 2 = 24 clips."


def test_an_edit_whose_text_is_not_there_is_refused() -> None:
    with pytest.raises(RecordError, match=r"The text at 9 is .*, not '24'"):
        Perturbation("k", 0, (ORIGIN,)).apply("x" * 30)


def test_overlapping_and_disordered_edits_are_refused() -> None:
    for second in (Edit(0, 10, 11, "4", "6"), Edit(0, 0, 2, "48", "84")):
        with pytest.raises(RecordError, match="overlap or are out of order"):
            Perturbation("k", 0, (ORIGIN, second))


def test_neighbouring_edits_and_insertions_are_accepted() -> None:
    perturbation = Perturbation("k", 0, (Edit(0, 0, 2, "48", "4"), Edit(0, 2, 2, "", "9"), Edit(0, 2, 3, " ", "")))
    assert perturbation.apply(TEXT).startswith("49/ 2")


def test_a_perturbation_has_an_origin() -> None:
    for edits in ((), (CARRIED,)):
        with pytest.raises(RecordError, match="no origin"):
            Perturbation("k", 0, edits)


@pytest.mark.parametrize(("start", "end", "role"), [(-1, 1, "origin"), (3, 2, "origin"), (0, 3, "origin"), (0, 2, "x")])
def test_an_edit_that_cannot_be_is_refused(start: int, end: int, role: str) -> None:
    with pytest.raises(RecordError):
        Edit(0, start, end, "24", "26", role)
