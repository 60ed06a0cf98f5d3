"""The type of a kind of flaw."""

from collections.abc import Iterator
from random import Random

import pytest
from synthetic_problems import CLIPS

from tracelift_groups.errors import RecordError
from tracelift_groups.flaws.kind import Draft, Kind
from tracelift_groups.math.reference import ParsedReference, parse_reference
from tracelift_groups.registry import KINDS


def nothing(reference: ParsedReference, rng: Random) -> Iterator[Draft]:  # noqa: ARG001 - the signature of a kind
    """Does nothing at all.

    More words.
    """
    return iter(())


def test_the_summary_is_the_first_line_of_the_docstring() -> None:
    kind = Kind("n", ("math",), "step_coherence", (), "keeps", "redundant", "", "anything", nothing)
    assert kind.summary == "Does nothing at all"


def test_a_kind_with_an_unknown_effect_on_the_answer_is_refused() -> None:
    with pytest.raises(RecordError, match="maybe"):
        Kind("n", ("math",), "step_coherence", (), "maybe", "redundant", "", "anything", nothing)


def test_a_name_can_be_taken_once() -> None:
    kind = KINDS.get("missing_step")
    assert KINDS.add("missing_step", kind, kind.domains) is kind
    with pytest.raises(RecordError, match="missing_step"):
        KINDS.add("missing_step", Kind("missing_step", (), "", (), "keeps", "", "", "", nothing), kind.domains)


def test_a_draft_becomes_edits_in_the_order_of_the_text() -> None:
    reference = parse_reference(CLIPS, CLIPS.solution or "")
    text = reference.text
    later, first = text.index("109"), text.index("24")
    made = Draft(0, ((first, first + 2, "26"),), ((later, later + 3, "111"),)).perturbation("x", reference)
    assert [(e.step, e.before, e.after, e.role) for e in made.edits] == [
        (0, "24", "26", "origin"),
        (2, "109", "111", "propagated"),
    ]


def test_overlapping_edits_are_refused() -> None:
    reference = parse_reference(CLIPS, CLIPS.solution or "")
    with pytest.raises(RecordError):
        Draft(0, ((0, 5, "a"), (3, 8, "b"))).perturbation("x", reference)
