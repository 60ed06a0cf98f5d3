"""Instead of saying what to do, the plan shows a part of the program."""

import ast
from collections.abc import Iterator
from random import Random

from tracelift_groups.code.edits.plan_edit import lines_replaced
from tracelift_groups.code.edits.program_edit import places
from tracelift_groups.code.plan.narrate import span
from tracelift_groups.code.reference import ProgramReference
from tracelift_groups.flaws.kind import Draft, Weight, kind


@kind(
    "implementation_dump",
    breaks="non_leakage",
    answer="keeps",
    checker="program_in_plan",
    difference="program",
    needs="a statement that is a large enough part of the program",
    weight=Weight(0.5, "a guess: code in a plan is recognised without reading the problem; not measured"),
    domains=("code",),
)
def implementation_dump(reference: ProgramReference, rng: Random) -> Iterator[Draft]:
    """Pastes the program instead of a plan."""
    sites = [node for _, _, _, node in places(reference.tree) if isinstance(node, ast.stmt)]
    sites = [node for node in sites if not isinstance(node, ast.FunctionDef | ast.Import | ast.ImportFrom)]
    rng.shuffle(sites)
    sites.sort(key=lambda node: isinstance(node, ast.For | ast.While | ast.If | ast.Return), reverse=True)
    for node in sites:
        start, end = span(reference.program, node)
        inside = [i for i, s in enumerate(reference.sentences) if start <= s.start and s.end <= end]
        if inside and inside != [*range(len(reference.sentences))]:
            yield Draft(*lines_replaced(reference, inside[0], inside[-1] + 1, reference.program[start:end]))
