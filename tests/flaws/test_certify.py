"""Certificates: what is recomputed from the texts, and what is rejected."""

from typing import Any  # JSON

import pytest
from hypothesis import given
from hypothesis import strategies as st
from synthetic_problems import CLIPS, SAMPLES, SHOES, TANK, drafts, seed

from tracelift_groups.flaws.certify import certify, recheck
from tracelift_groups.flaws.ladder import verify_flaw
from tracelift_groups.math.reference import ParsedReference, parse_reference
from tracelift_groups.records.certificate import Certificate
from tracelift_groups.records.perturbation import Edit, Perturbation
from tracelift_groups.records.seed import Seed
from tracelift_groups.registry import CHECKERS, KINDS


def reference(item: Seed) -> ParsedReference:
    return parse_reference(item, item.solution or "")


def stored(name: str, item: Seed) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Flaws of a kind with their stored perturbation and certificate."""
    found = []
    for draft in drafts(name, reference(item)):
        perturbation = draft.perturbation(name, reference(item))
        certificate = verify_flaw(KINDS.get(name), reference(item), perturbation)
        if isinstance(certificate, Certificate):
            flaw = perturbation.apply(reference(item).text)
            found.append((flaw, perturbation.to_json(), certificate.to_json()))
    return found


ROWS = [(name, item, *row) for name in KINDS.names("math") for item in SAMPLES for row in stored(name, item)[:2]]


def text(item: Seed) -> str:
    return reference(item).text


def edited(item: Seed, *changes: tuple[str, str], role: str = "origin") -> tuple[str, Perturbation]:
    """A flaw made by hand: replaces each text, found after the one before it."""
    edits, at = [], 0
    for before, after in changes:
        at = text(item).index(before, at)
        if before != after:  # else only the position to search from
            edits.append(Edit(reference(item).parsed.trace.step_at(at), at, at + len(before), before, after, role))
            role = "propagated"
        at += len(before)
    perturbation = Perturbation("calculation_error", edits[0].step, tuple(edits))
    return perturbation.apply(text(item)), perturbation


def verdict(checker: str, item: Seed, *changes: tuple[str, str]) -> Certificate | str:
    flaw, perturbation = edited(item, *changes)
    return certify(reference(item), flaw, perturbation, checker)


def test_every_checker_has_issued_a_certificate() -> None:
    assert {certificate["checker"] for *_, certificate in ROWS} == set(CHECKERS.names("math"))
    assert len(ROWS) >= 40


def test_what_was_issued_holds() -> None:
    for _, item, flaw, perturbation, certificate in ROWS:
        assert recheck(item, text(item), flaw, perturbation, certificate) is None


# Tampering


def test_the_undone_edit_is_refused() -> None:
    for _, item, _, perturbation, certificate in ROWS:
        undone = perturbation | {"edits": [edit | {"after": edit["before"]} for edit in perturbation["edits"]]}
        assert recheck(item, text(item), text(item), undone, certificate)


def test_edits_that_do_not_lead_to_the_flaw_are_refused() -> None:
    for _, item, flaw, perturbation, certificate in ROWS:
        assert recheck(item, text(item), flaw + " More.", perturbation, certificate)
        assert recheck(item, "So. " + text(item), flaw, perturbation, certificate)
        assert recheck(item, text(item), text(item), perturbation, certificate)


def test_the_certificate_of_another_flaw_is_refused() -> None:
    seen = 0
    for name, item, flaw, perturbation, certificate in ROWS:
        for other, its_item, _, _, its_certificate in ROWS:
            if item is its_item and certificate != its_certificate:
                seen += 1
                assert recheck(item, text(item), flaw, perturbation, its_certificate), (name, other)
    assert seen > 200


def test_the_certificate_of_another_problem_is_refused() -> None:
    for _, item, flaw, perturbation, certificate in ROWS:
        for other in SAMPLES:
            if other is not item:
                assert recheck(other, text(other), flaw, perturbation, certificate)


OTHERWISE = {"step": 9, "claim": "1 + 1 = 3", "expected": "17/3", "found": "somewhere", "values": {"difference": "x"}}


@pytest.mark.parametrize("field", [*OTHERWISE, "answer_changes", "checker", "format_version"])
def test_each_stored_field_must_equal_the_recomputed_one(field: str) -> None:
    for _, item, flaw, perturbation, certificate in ROWS:
        others: list[object] = [OTHERWISE.get(field, not certificate["answer_changes"])]
        if field == "checker":
            others = [name for name in [*CHECKERS.names("math"), "unknown"] if name != certificate["checker"]]
        if field == "format_version":
            others = [2, "1", 0]
        for other in others:
            assert recheck(item, text(item), flaw, perturbation, certificate | {field: other}), (field, other)


@pytest.mark.parametrize("field", ["kind", "step", "changed_steps"])
def test_each_field_of_a_perturbation_must_agree_with_its_edits(field: str) -> None:
    other = {"kind": "unknown", "step": 17, "changed_steps": [7]}[field]
    for _, item, flaw, perturbation, certificate in ROWS:
        assert recheck(item, text(item), flaw, perturbation | {field: other}, certificate)


@pytest.mark.parametrize("field", ["step", "start", "end", "before", "after", "role"])
def test_each_field_of_an_edit_must_agree_with_the_texts(field: str) -> None:
    other = {"step": 17, "start": 3, "end": 4, "before": "z", "after": "z", "role": "other"}[field]
    for _, item, flaw, perturbation, certificate in ROWS:
        first, *rest = perturbation["edits"]
        changed = perturbation | {"edits": [first | {field: other}, *rest]}
        assert recheck(item, text(item), flaw, changed, certificate)


def test_a_flaw_of_one_kind_is_rejected_as_another() -> None:
    relabelled = 0
    for name, item, flaw, perturbation, certificate in ROWS:
        for kind in KINDS:
            same = (kind.checker, kind.difference) == (KINDS.get(name).checker, KINDS.get(name).difference)
            if not same:
                relabelled += 1
                assert recheck(item, text(item), flaw, perturbation | {"kind": kind.name}, certificate)
    assert relabelled > 200


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(ROWS), st.data())
def test_a_record_with_one_field_tampered_is_refused_or_the_same_and_never_raises(
    row: tuple[str, Seed, str, dict[str, Any], dict[str, Any]], data: st.DataObject
) -> None:
    _, item, flaw, perturbation, certificate = row
    field = data.draw(st.sampled_from([f for f in certificate if f != "format_version"]))
    value = data.draw(JSON)
    tampered = certificate | {field: value}
    unchanged = _plain(value) == _plain(certificate[field])
    assert (recheck(item, text(item), flaw, perturbation, tampered) is None) == unchanged
    edit = data.draw(st.integers(0, len(perturbation["edits"]) - 1))
    name = data.draw(st.sampled_from(["start", "end", "before", "after", "step", "role"]))
    edits = [dict(e) for e in perturbation["edits"]]
    same = _plain(value) == _plain(edits[edit][name])
    edits[edit][name] = value
    assert (recheck(item, text(item), flaw, perturbation | {"edits": edits}, certificate) is None) == same


def _plain(value: object) -> str:
    return f"{type(value).__name__} {value!r}" if value != {} and value is not None else "empty"


@given(JSON, JSON)
def test_records_of_any_shape_are_rejected_with_a_reason(perturbation: Any, certificate: Any) -> None:
    _, item, flaw, good, issued = ROWS[0]
    for pair in ((perturbation, issued), (good, certificate), (perturbation, certificate)):
        assert isinstance(recheck(item, text(item), flaw, *pair), str)


# Equivalent edits and second flaws


EQUAL = seed("2 and 2, 4 and 3, 12 and 1", "It is 2 + 2 = 4.\nThen 4 + 3 = 7.\nAt last 7 * 4 = 28.", "28")


@pytest.mark.parametrize("checker", CHECKERS.names("math"))
@pytest.mark.parametrize(
    "changes",
    [
        [("+ 2", "· 2")],
        [("+ 2", "* 2")],
        [("4 + 3", "3 + 4")],
        [("7 * 4", "4 * 7")],
        [("4 + 3", "4+3")],
        [("It is", "It's")],
        [("= 4", "= 4.0")],
    ],
)
def test_an_equivalent_edit_is_no_flaw(checker: str, changes: list[tuple[str, str]]) -> None:
    assert isinstance(verdict(checker, EQUAL, *changes), str)


def test_a_wrong_result_is_certified_with_its_values() -> None:
    found = verdict(
        "false_claim", CLIPS, ("24", "26"), ("24", "26"), ("37", "39"), ("24", "26"), ("37", "39"), ("109", "113")
    )
    assert found == Certificate("false_claim", 0, "48 / 2 = 26", "24", "26", answer_changes=True)


@pytest.mark.parametrize(
    "changes",
    [
        [("24", "26"), ("24", "26"), ("37", "39"), ("24", "26"), ("37", "39"), ("109", "114")],  # two false claims
        [("24", "26"), ("24", "26"), ("37", "39"), ("24", "26"), ("37", "38"), ("109", "112")],  # carried wrong
        [("24", "26"), ("24", "26"), ("37", "39")],  # not carried to the end
        [("24", "26")],  # not carried at all
        [("24", "26"), ("24", "26"), ("13", "14"), ("37", "40"), ("24", "26"), ("37", "40"), ("109", "114")],  # a given
        [
            ("48", "52"),
            ("24", "25"),
            ("24", "25"),
            ("37", "38"),
            ("24", "25"),
            ("37", "38"),
            ("109", "111"),
        ],  # not its own
        [
            ("24", "26"),
            ("clips in May", "pens in May"),
            ("24", "26"),
            ("37", "39"),
            ("24", "26"),
            ("37", "39"),
            ("109", "113"),
        ],
    ],
)
def test_a_wrong_result_with_a_second_flaw_is_refused(changes: list[tuple[str, str]]) -> None:
    assert isinstance(verdict("false_claim", CLIPS, *changes), str)


def test_wrong_quantities_are_distinguished() -> None:
    graph = "differs_from_reference_graph"
    relation = verdict(graph, CLIPS, ("+", "-"), ("37", "11"), ("37", "11"), ("109", "83"))
    carried = [("24", "46"), ("24", "46"), ("37", "59"), ("24", "46"), ("37", "59"), ("109", "153")]
    operator = verdict(graph, CLIPS, ("/", "-"), *carried)
    substitution = verdict(graph, CLIPS, ("13", "48"), ("37", "72"), ("37", "72"), ("109", "144"))
    given_ = verdict(graph, CLIPS, ("13", "15"), ("37", "39"), ("37", "39"), ("109", "111"))
    order = verdict(graph, TANK, ("1,250 − 210", "210 − 1,250"), ("1,040", "1,040"))
    prior = verdict(graph, CLIPS, ("June", "June"), ("24", "26"), ("37", "39"), ("37", "39"), ("109", "111"))
    verdicts = (relation, operator, substitution, given_, prior)
    found = [c.values["difference"] if isinstance(c, Certificate) else c for c in verdicts]
    assert found == ["relation", "operator", "substitution", "given", "prior"]
    assert isinstance(order, str)


@pytest.mark.parametrize(
    "changes",
    [
        [("13", "15"), ("37", "39"), ("37", "39"), ("109", "113")],
        [("13", "15"), ("37", "39"), ("37", "39")],
        [("13", "15"), ("37", "39")],
        [("13", "15")],
        [("24 + 13", "26 + 15"), ("37", "41"), ("37", "41"), ("109", "113")],
        [("48 / 2", "48 - 24"), ("24", "24")],
    ],
)
def test_wrong_quantities_with_a_second_flaw_are_refused(changes: list[tuple[str, str]]) -> None:
    assert isinstance(verdict("differs_from_reference_graph", CLIPS, *changes), str)


def test_a_contradiction_must_be_used_later_as_it_was() -> None:
    found = verdict("contradiction", CLIPS, ("48", "52"), ("24", "26"))
    assert isinstance(found, Certificate)
    assert (found.expected, found.found, found.answer_changes) == ("24", "26", False)
    assert isinstance(verdict("contradiction", CLIPS, ("48", "52"), ("24", "26"), ("24", "26"), ("37", "39")), str)
    assert isinstance(verdict("contradiction", CLIPS, ("13", "15"), ("37", "39"), ("37", "39"), ("109", "111")), str)
    assert isinstance(verdict("contradiction", CLIPS, ("24", "26")), str)


def test_ungrounded_quantities_have_no_source() -> None:
    found = verdict("ungrounded", SHOES, ("$80", "$85"), ("$20", "$25"))
    assert isinstance(found, str)  # 85 - 25: the first 80 is in another claim
    found = verdict("ungrounded", SHOES, ("3 * $60", "4 * $45"))
    assert isinstance(found, Certificate)
    assert (found.expected, found.found) == ("3, 60", "45")
    assert isinstance(verdict("ungrounded", SHOES, ("3 * $60", "$60 * 3")), str)
    assert isinstance(verdict("ungrounded", SHOES, ("3 * $60", "4 * $45"), ("She", "He")), str)


def test_a_removed_step_lacks_only_when_its_result_is_used() -> None:
    last = "\nAltogether she sold 48 + 24 + 37 = 109 clips."
    first = "Natalia sold 48 / 2 = 24 clips in May.\n"
    assert isinstance(verdict("missing_support", CLIPS, (first, "")), Certificate)
    assert isinstance(verdict("missing_support", CLIPS, (last, "")), Certificate)
    twice = seed("7, 5, 6, 9", "First 7 + 5 = 12.\nAlso 6 * 2 = 12.\nSo 12 * 9 = 108.", "108")
    assert isinstance(verdict("missing_support", twice, ("First 7 + 5 = 12.\n", "")), str)
    spare = seed("7 and 5 and 3", "First 7 + 5 = 12.\nAlso 7 * 3 = 21.\nSo 5 * 3 = 15.", "15")
    assert isinstance(verdict("missing_support", spare, ("First 7 + 5 = 12.\n", "")), str)


def test_a_detour_that_is_needed_or_false_or_ungrounded_is_refused() -> None:
    def inserted(line: str, item: Seed = CLIPS) -> Certificate | str:
        at = reference(item).parsed.trace.starts[1]
        edit = Edit(1, at, at, "", line + "\n")
        perturbation = Perturbation("redundant_detour", 1, (edit,))
        return certify(reference(item), perturbation.apply(text(item)), perturbation, "redundant")

    assert isinstance(inserted("24 * 2 = 48 clips."), Certificate)
    assert isinstance(inserted("24 * 2 = 49 clips."), str)
    assert isinstance(inserted("24 * 3 = 72 and 19 + 24 = 43."), str)
    assert isinstance(inserted("It is warm in May."), str)
    loose = seed("12 clips and 24 hats", "He has 12 + 24 = 36.\nThen 36 * 61 = 2196.", "2196")
    assert isinstance(inserted("36 - 12 = 24.", loose), Certificate)
    assert isinstance(inserted("24 + 36 + 1 = 61.", loose), str)  # now the second step depends on it


def test_a_parsed_reference_can_be_passed_in() -> None:
    _, item, flaw, perturbation, certificate = ROWS[0]
    assert recheck(item, text(item), flaw, perturbation, certificate, reference(item)) is None
