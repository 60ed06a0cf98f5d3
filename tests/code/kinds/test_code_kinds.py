from itertools import islice, pairwise
from random import Random

import pytest
from code_seeds import ABOVE, plan_of, reference_of

from tracelift_groups.code.python_source import tree_of
from tracelift_groups.domain import domain_named
from tracelift_groups.flaws.certify import recheck
from tracelift_groups.flaws.ladder import verify_flaw
from tracelift_groups.records.certificate import Certificate
from tracelift_groups.records.perturbation import Perturbation
from tracelift_groups.registry import KINDS

NAMES = KINDS.names("code")
REFERENCE = reference_of(ABOVE)


def flaws(name: str, number: int = 0, most: int = 4) -> list[tuple[Perturbation, Certificate]]:
    kind = KINDS.get(name, "code")
    made = (draft.perturbation(name, REFERENCE) for draft in islice(kind.apply(REFERENCE, Random(number)), most))
    return [(p, found) for p in made if isinstance(found := verify_flaw(kind, REFERENCE, p), Certificate)]


MADE = {name: flaws(name) for name in NAMES}


def test_the_kinds_of_the_code_domain_are_of_both_classes() -> None:
    assert {
        "off_by_one_boundary",
        "inverted_condition",
        "operator_misuse",
        "variable_misuse",
        "wrong_base_or_init",
        "missing_logic",
        "underspecified_plan",
        "implementation_dump",
    } <= {*NAMES}
    assert {KINDS.get(name, "code").answer for name in NAMES} == {"changes", "keeps"}


@pytest.mark.parametrize("name", NAMES)
def test_every_kind_makes_a_certified_flaw_of_a_small_program(name: str) -> None:
    assert MADE[name]


@pytest.mark.parametrize("name", NAMES)
def test_a_flaw_is_one_change_of_the_plan_and_of_nothing_else(name: str) -> None:
    for perturbation, _ in MADE[name]:
        flaw = perturbation.apply(REFERENCE.text)
        ours, theirs = REFERENCE.text.splitlines(), flaw.splitlines()
        same = [line for line in theirs if line in ours]
        assert len(ours) - len(same) <= 7
        assert [line for line in ours if line in theirs] == same


@pytest.mark.parametrize("name", [name for name in NAMES if KINDS.get(name, "code").answer == "changes"])
def test_the_certificate_holds_a_program_that_fails_the_test_it_names(name: str) -> None:
    for perturbation, certificate in MADE[name]:
        program = certificate.values["program"]
        assert program == perturbation.apply_to_program(ABOVE.program or "")
        assert tree_of(program)
        assert domain_named("code").verify_artifact(ABOVE, program) is False
        assert certificate.values["test"] in [test.to_json() for test in ABOVE.tests]


@pytest.mark.parametrize("name", NAMES)
def test_a_certificate_holds_when_it_is_recomputed_from_the_texts(name: str) -> None:
    for perturbation, certificate in MADE[name]:
        flaw = perturbation.apply(REFERENCE.text)
        assert recheck(ABOVE, plan_of(ABOVE), flaw, perturbation.to_json(), certificate.to_json()) is None


@pytest.mark.parametrize("name", NAMES)
def test_the_same_seed_makes_the_same_flaws(name: str) -> None:
    assert [p for p, _ in flaws(name, 3)] == [p for p, _ in flaws(name, 3)]


def test_a_removed_line_takes_its_indentation_along() -> None:
    for perturbation, _ in flaws("missing_logic", 1, 12):
        flaw = perturbation.apply(REFERENCE.text)
        depths = [len(line) - len(line.lstrip()) for line in flaw.splitlines()]
        assert all(later <= earlier + 2 for earlier, later in pairwise(depths))


def test_a_change_that_no_test_notices_is_no_flaw() -> None:
    seed = ABOVE.__class__(**{**vars(ABOVE), "tests": ABOVE.tests[2:3]})
    reference = reference_of(seed)
    kind = KINDS.get("operator_misuse", "code")
    drafts = [draft.perturbation(kind.name, reference) for draft in kind.apply(reference, Random(0))]
    assert drafts
    assert not [p for p in drafts if isinstance(verify_flaw(kind, reference, p), Certificate)]
