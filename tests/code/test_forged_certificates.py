"""Certificates of code that are not true, each wrong in one way; none may hold."""

from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from code_seeds import ABOVE, plan_of, reference_of

from tracelift_groups.flaws.certify import recheck
from tracelift_groups.flaws.ladder import verify_flaw
from tracelift_groups.records.certificate import Certificate
from tracelift_groups.records.seed import Seed, Test
from tracelift_groups.registry import KINDS

PLAN = plan_of(ABOVE)
REFERENCE = reference_of(ABOVE)


def row(name: str) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """Flaw, perturbation and certificate of the first flaw of a kind."""
    kind = KINDS.get(name, "code")
    for draft in kind.apply(REFERENCE, Random(1)):
        perturbation = draft.perturbation(name, REFERENCE)
        found = verify_flaw(kind, REFERENCE, perturbation)
        if isinstance(found, Certificate):
            return perturbation.apply(REFERENCE.text), perturbation.to_json(), found.to_json()
    raise AssertionError(name)


OFF, VAGUE, DUMP = row("off_by_one_boundary"), row("underspecified_plan"), row("implementation_dump")
Forged = tuple[Seed, str, dict[str, Any], dict[str, Any]]


def edited(perturbation: dict[str, Any], after: str) -> tuple[str, dict[str, Any]]:
    """Another text in the place of the first edit, consistently in flaw and perturbation."""
    first, *rest = perturbation["edits"]
    changed = perturbation | {"edits": [first | {"after": after}, *rest]}
    flaw = PLAN[: first["start"]] + after + PLAN[first["end"] :]
    return flaw, changed


def forged() -> Iterator[tuple[str, Forged]]:
    flaw, perturbation, certificate = OFF
    program = perturbation["program_edit"]
    other, changed = edited(perturbation, " the first one is not")
    yield "a failing program beside a plan that does not describe it", (ABOVE, other, changed, certificate)
    same, unchanged = edited(perturbation, perturbation["edits"][0]["before"] + " ")
    yield "a failing program beside the reference's plan", (ABOVE, same, unchanged, certificate)
    without = {k: v for k, v in perturbation.items() if k != "program_edit"}
    yield "no edit of the program", (ABOVE, flaw, without, certificate)
    for name, edit in {
        "an edit of the program that changes nothing": program | {"after": program["before"]},
        "an edit of the program elsewhere": {"start": 0, "end": 3, "before": "def", "after": "def"},
        "an edit of another program": program | {"end": program["start"] + 1, "before": "~"},
        "an edit that is not Python": program | {"after": "((("},
        "an edit of the program in two places": {
            "start": 0,
            "end": len(ABOVE.program or ""),
            "before": ABOVE.program,
            "after": (ABOVE.program or "").replace("n = 0", "n = 1").replace("> limit", ">= limit"),
        },
    }.items():
        yield name, (ABOVE, flaw, perturbation | {"program_edit": edit}, certificate)
    passing = replace(ABOVE, tests=(Test(assertion="assert above([], 5) == 0"),))
    yield "tests that the described program passes", (passing, flaw, perturbation, certificate)
    yield "a seed without tests", (replace(ABOVE, tests=()), flaw, perturbation, certificate)
    wrong = replace(ABOVE, tests=(Test(assertion="assert above([], 5) == 7"),))
    yield "a reference program that fails", (wrong, flaw, perturbation, certificate)
    own = replace(ABOVE, program=(ABOVE.program or "").replace("n = 0", "n = 5 - 5"))
    yield "a plan of another program", (own, flaw, perturbation, certificate)
    yield "a seed without a program", (replace(ABOVE, program=None), flaw, perturbation, certificate)
    for name, value in {"step": 0, "claim": "x", "expected": "x", "found": "wrong_answer on test 9"}.items():
        yield f"another {name}", (ABOVE, flaw, perturbation, certificate | {name: value})
    yield "an answer that stays", (ABOVE, flaw, perturbation, certificate | {"answer_changes": False})
    values = certificate["values"]
    yield (
        "another program in the values",
        (ABOVE, flaw, perturbation, certificate | {"values": values | {"program": "x"}}),
    )
    yield "another kind", (ABOVE, flaw, perturbation | {"kind": "operator_misuse"}, certificate)
    yield "another checker", (ABOVE, flaw, perturbation, certificate | {"checker": "not_told"})

    flaw, perturbation, certificate = VAGUE
    told, changed = edited(perturbation, "Set n to 4 of the numbers.")
    yield "a vague sentence that speaks of the program", (ABOVE, told, changed, certificate)
    body = (ABOVE.program or "").partition("\n    ")[2].rstrip()
    several = {"start": (ABOVE.program or "").index(body), "before": body, "after": "pass"}
    several["end"] = several["start"] + len(body)
    yield "several statements taken out", (ABOVE, flaw, perturbation | {"program_edit": several}, certificate)
    edit = perturbation["program_edit"]
    yield (
        "a statement that is kept",
        (ABOVE, flaw, perturbation | {"program_edit": edit | {"after": "n = 0"}}, certificate),
    )

    flaw, perturbation, certificate = DUMP
    prose, changed = edited(perturbation, "Do it as shown.")
    yield "a pasted program that is not there", (ABOVE, prose, changed, certificate)
    yield "another share", (ABOVE, flaw, perturbation, certificate | {"found": "0.99"})


FORGED = list(forged())


def test_there_are_at_least_twenty() -> None:
    assert len(FORGED) >= 20
    assert len({name for name, _ in FORGED}) == len(FORGED)


@pytest.mark.parametrize(("name", "case"), FORGED, ids=[name.replace(" ", "-") for name, _ in FORGED])
def test_a_forged_certificate_does_not_hold(name: str, case: Forged) -> None:
    seed, flaw, perturbation, certificate = case
    assert recheck(seed, PLAN, flaw, perturbation, certificate), name


@pytest.mark.parametrize("case", [OFF, VAGUE, DUMP])
def test_the_true_ones_hold(case: tuple[str, dict[str, Any], dict[str, Any]]) -> None:
    assert recheck(ABOVE, PLAN, *case) is None
