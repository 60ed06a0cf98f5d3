"""The plan no longer speaks of a statement that the program needs, and says nothing wrong instead."""

import ast
import re

from tracelift_groups.code.plan.difference import difference
from tracelift_groups.code.python_source import tree_of
from tracelift_groups.code.reference import ProgramReference
from tracelift_groups.code.test_run import first_failure
from tracelift_groups.records.certificate import Certificate
from tracelift_groups.records.perturbation import Perturbation
from tracelift_groups.registry import CHECKERS

_WORD = re.compile(r"[A-Za-z0-9_]+")


def not_told(reference: ProgramReference, flaw: str, perturbation: Perturbation) -> Certificate | str:
    """Expected is what the reference says of the statement, claim what the flaw says, found a test that needs it.

    The edit of the program takes the statement out; the program fails without it. values: `test`, that test.
    """
    if reference.fault:
        return reference.fault
    edit = perturbation.program_edit
    program = perturbation.apply_to_program(reference.program)
    tree = tree_of(program)
    place = difference(reference.tree, tree) if tree else None
    if edit is None or place is None or not isinstance(place.after, ast.Pass):
        return "The edit of the program does not take one statement out."
    gone = [i for i, s in enumerate(reference.sentences) if edit.start <= s.start and s.end <= edit.end]
    if not gone or gone[0] != perturbation.step:
        return "The statement that is taken out is not the one that the plan leaves open."
    kept = [s.text.strip() for i, s in enumerate(reference.sentences) if i not in gone]
    lines = [line.strip() for line in flaw.splitlines()]
    said = lines[gone[0]].strip("- ") if len(lines) == len(kept) + 1 else ""
    if not said or lines[: gone[0]] + lines[gone[0] + 1 :] != kept:
        return "More is edited than what the plan says of one statement."
    needed = " ".join(reference.sentences[i].text for i in gone)
    if shared := _names(reference, said):
        return f"The plan still speaks of {shared[0]}."
    failure = first_failure(program, reference.seed)
    if failure is None:
        return "The program passes every test without the statement."
    values = {"difference": "untold", "test": failure.test.to_json()}
    return Certificate("not_told", gone[0], said, needed.strip("- "), f"without it {failure.shown}", False, values)


def _names(reference: ProgramReference, said: str) -> list[str]:
    """The names and numbers of the program that a sentence has."""
    known = _identifiers(reference)
    return [word for word in _WORD.findall(said) if word in known]


def _identifiers(reference: ProgramReference) -> set[str]:
    nodes = list(ast.walk(reference.tree))
    names = {node.id for node in nodes if isinstance(node, ast.Name)} | {n.arg for n in nodes if isinstance(n, ast.arg)}
    names |= {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    return names | {str(n.value) for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, int | float)}


CHECKERS.add("not_told", not_told, ["code"])
