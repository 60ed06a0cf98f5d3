"""The plan describes, in one place, another program than the reference, and that program fails a test."""

from tracelift_groups.code.plan.difference import difference
from tracelift_groups.code.plan.narrate import plan_text
from tracelift_groups.code.reference import ProgramReference, told
from tracelift_groups.code.test_run import first_failure
from tracelift_groups.records.certificate import Certificate
from tracelift_groups.records.perturbation import Perturbation
from tracelift_groups.registry import CHECKERS


def fails_test(reference: ProgramReference, flaw: str, perturbation: Perturbation) -> Certificate | str:
    """Expected is the reference's sentence, claim the flaw's, found the first test that the described program fails.

    values: the described program, that test, and the kind of change in `difference` (plan/difference.py).
    """
    if reference.fault:
        return reference.fault
    program = perturbation.apply_to_program(reference.program)
    described = told(program)
    if described is None:
        return "The program that the flaw should describe can't be told in sentences."
    tree, sentences = described
    if plan_text(sentences) != flaw:
        return "The flaw does not say what the edited program does."
    place = difference(reference.tree, tree)
    if place is None:
        return "The edited program differs from the reference program in more than one place."
    failure = first_failure(program, reference.seed)
    if failure is None:
        return "The edited program passes every test."
    ours = reference.sentences[perturbation.step].text.strip("- ")
    theirs = [sentence.text.strip("- ") for sentence in sentences]
    said = theirs[perturbation.step] if len(theirs) == len(reference.sentences) else "Nothing is said of it."
    return Certificate(
        "fails_test",
        perturbation.step,
        said,
        ours,
        failure.shown,
        True,
        {"difference": place.change, "program": program, "test": failure.test.to_json()},
    )


CHECKERS.add("fails_test", fails_test, ["code"])
