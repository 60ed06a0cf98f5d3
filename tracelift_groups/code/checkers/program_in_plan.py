"""A part of the plan is the program itself."""

from tracelift_groups.code.plan.program_share import program_share
from tracelift_groups.code.reference import ProgramReference
from tracelift_groups.records.certificate import Certificate
from tracelift_groups.records.perturbation import Perturbation
from tracelift_groups.registry import CHECKERS

LEAST = 0.25  # share of the program's characters


def program_in_plan(reference: ProgramReference, flaw: str, perturbation: Perturbation) -> Certificate | str:
    """Expected is the share of the program in the reference, found the share in the flaw, both of 1."""
    if reference.fault:
        return reference.fault
    before, after = (program_share(reference.program, text) for text in (reference.text, flaw))
    if after < max(LEAST, before + LEAST):
        return f"The plan holds {after:.2f} of the program, the reference {before:.2f}."
    pasted = next((edit.after for edit in perturbation.edits if edit.role == "origin" and edit.after), "")
    if "".join(pasted.split()) not in "".join(reference.program.split()):
        return "What is put into the plan does not stand in the program."
    step, share = perturbation.step, {"difference": "program"}
    return Certificate("program_in_plan", step, pasted, f"{before:.2f}", f"{after:.2f}", False, share)


CHECKERS.add("program_in_plan", program_in_plan, ["code"])
