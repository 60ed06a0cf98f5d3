"""The rungs of the ladder, and a flaw that fails each."""

from dataclasses import replace

import pytest
from synthetic_problems import CLIPS, drafts, seed

from tracelift_groups.flaws.ladder import RungFailure, verify_flaw
from tracelift_groups.math.reference import ParsedReference, parse_reference
from tracelift_groups.records.certificate import Certificate
from tracelift_groups.records.perturbation import Edit, Perturbation
from tracelift_groups.records.seed import Seed
from tracelift_groups.registry import KINDS


def reference(item: Seed) -> ParsedReference:
    return parse_reference(item, item.solution or "")


def fall(kind: str, item: Seed, *changes: tuple[str, str], step: int | None = None) -> RungFailure | Certificate:
    """The result for a flaw that replaces texts, each found after the one before it; `step` overrides its edits'."""
    edits: list[Edit] = []
    at, own = 0, reference(item)
    for before, after in changes:
        at = own.text.index(before, at)
        place = own.parsed.trace.step_at(at) if step is None else step
        edits.append(Edit(place, at, at + len(before), before, after, "propagated" if edits else "origin"))
        at += len(before)
    return verify_flaw(KINDS.get(kind), own, Perturbation(kind, edits[0].step, tuple(edits)))


def rung(found: RungFailure | Certificate) -> int:
    assert isinstance(found, RungFailure), found
    assert found.reason.endswith(".")
    return found.rung


@pytest.mark.parametrize("changes", [[("In June", "in  june")], [("clips", "CLIPS")], [(CLIPS.solution or "", "")]])
def test_a_flaw_that_says_the_same_or_nothing_falls_at_rung_1(changes: list[tuple[str, str]]) -> None:
    assert rung(fall("calculation_error", CLIPS, *changes)) == 1


def test_a_change_in_a_step_that_no_edit_owns_to_falls_at_rung_2() -> None:
    assert rung(fall("calculation_error", CLIPS, ("37", "38"), step=0)) == 2


@pytest.mark.parametrize("kind", KINDS.names("math"))
def test_an_equivalent_edit_falls_at_rung_3(kind: str) -> None:
    item = seed("2 and 2 and 3", "It is 2 + 2 = 4.\nThen 4 + 3 = 7.", "7")
    assert rung(fall(kind, item, ("+", "*"))) == 3
    assert rung(fall(kind, item, ("4 + 3", "3 + 4"))) == 3


def test_an_answer_that_stays_where_it_should_change_falls_at_rung_3() -> None:
    item = seed("7 and 5 and 3", "Some 7 + 5 = 12.\nIn all 5 * 3 = 15.", "15")
    found = fall("calculation_error", item, ("12", "13"))
    assert rung(found) == 3
    assert "answer stays" in str(found)


def test_a_flaw_of_another_kind_falls_at_rung_4() -> None:
    swapped = [("/", "-"), ("24", "46"), ("24", "46"), ("37", "59"), ("24", "46"), ("37", "59"), ("109", "153")]
    assert isinstance(fall("operator_swap", CLIPS, *swapped), Certificate)
    assert rung(fall("wrong_substitution", CLIPS, *swapped)) == 4


def test_a_give_away_falls_at_rung_5() -> None:
    own, kind = reference(CLIPS), KINDS.get("redundant_detour")
    (edit,) = drafts("redundant_detour", own)[0].perturbation("redundant_detour", own).edits
    given_away = replace(edit, after=f"Wait, {edit.after}")
    assert isinstance(verify_flaw(kind, own, Perturbation(kind.name, edit.step, (edit,))), Certificate)
    assert rung(verify_flaw(kind, own, Perturbation(kind.name, edit.step, (given_away,)))) == 5


@pytest.mark.parametrize("padding", [1, 3000])
def test_a_flaw_of_another_length_falls_at_rung_5(padding: int) -> None:
    first = f"It is {'so ' * padding}12 + 31 = 43."
    item = seed("12 and 31 and 9", f"{first}\nThen 43 - 9 = 34.", "34")
    found = fall("missing_step", item, (first + "\n", ""))
    assert isinstance(found, Certificate) if padding == 1 else rung(found) == 5


def test_what_passes_every_rung_gets_its_certificate() -> None:
    own = reference(CLIPS)
    (perturbation, *_) = [
        draft.perturbation("unfinished_derivation", own) for draft in drafts("unfinished_derivation", own)
    ]
    found = verify_flaw(KINDS.get("unfinished_derivation"), own, perturbation)
    assert isinstance(found, Certificate)
    assert (found.expected, found.found) == ("109", "the trace ends at 37")
