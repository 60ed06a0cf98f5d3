"""A statement that the program needs is named in general words only; whoever follows the plan has to guess it."""

import ast
from collections.abc import Iterator
from random import Random

from tracelift_groups.code.edits.plan_edit import lines_replaced
from tracelift_groups.code.edits.program_edit import places
from tracelift_groups.code.plan.narrate import span
from tracelift_groups.code.reference import ProgramReference
from tracelift_groups.flaws.kind import Draft, kind

_GENERAL = {
    ast.Return: ("Return what was asked for.", "Give back the result in the form that is wanted."),
    ast.For: ("Go through the data and collect what is needed.", "Work through all of it and keep what matters."),
    ast.While: ("Repeat the usual step for as long as it takes.", "Go on like this up to the end."),
    ast.If: ("Treat the special cases as they should be.", "Decide between the cases as the problem says."),
    ast.Assign: ("Prepare what is needed for the next part.", "Work out the intermediate value."),
}
_OTHERWISE = ("Bring everything up to date.", "Do the bookkeeping for this part.")


@kind(
    "underspecified_plan",
    breaks="action_support",
    also=("plan_quality",),
    answer="keeps",
    checker="not_told",
    difference="untold",
    needs="a statement without which the program fails a test",
    domains=("code",),
)
def underspecified_plan(reference: ProgramReference, rng: Random) -> Iterator[Draft]:
    """Right idea, too vague to implement."""
    sites = [
        node
        for parent, name, _, node in places(reference.tree)
        if isinstance(node, ast.stmt) and _is_told(parent, name, node)
    ]
    rng.shuffle(sites)
    for node in sites:
        start, end = span(reference.program, node)
        inside = [i for i, s in enumerate(reference.sentences) if start <= s.start and s.end <= end]
        if inside and inside != [*range(len(reference.sentences))]:
            said = rng.choice(_GENERAL.get(type(node), _OTHERWISE))
            step, origin, indent = lines_replaced(reference, inside[0], inside[-1] + 1, said)
            yield Draft(step, origin, indent, (start, end, "pass"))


def _is_told(parent: ast.AST, name: str, node: ast.stmt) -> bool:
    """A statement inside a function, but no import, and no `elif`, whose words begin in the middle of another."""
    plain = isinstance(node, ast.Return | ast.For | ast.While | ast.If | ast.Assign | ast.AugAssign | ast.Expr)
    note = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    chained = isinstance(parent, ast.If) and name == "orelse" and isinstance(node, ast.If)
    return plain and not note and not chained
