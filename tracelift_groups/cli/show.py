"""`show`: prints one group, each flaw with its edit marked."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.text import Text

    from tracelift_groups.records.group import Candidate, Group

_GONE = {"origin": "red strike", "propagated": "magenta strike"}
_NEW = {"origin": "bold green", "propagated": "cyan"}


def show(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="run folder")],
    problem_id: Annotated[str, typer.Argument(metavar="PROBLEM_ID", help="id of the problem")],
    as_json: Annotated[bool, typer.Option("--json", help="print the group's row")] = False,
) -> None:
    """Show one group. Each flaw is printed with its edit marked, its certificate and its scores."""
    from tracelift_groups.report.lookup import find_group

    group = find_group(run, problem_id)
    if as_json:
        print(json.dumps(group.to_json(), ensure_ascii=False, indent=1))
        return
    _print(group)


def _print(group: "Group") -> None:
    from rich.console import Console
    from rich.text import Text

    from tracelift_groups.report.diff import certificate_sentence

    terminal = sys.stdout.isatty()
    # Text, not markup: a problem may contain square brackets. Only a terminal has a width to wrap at.
    console = Console(highlight=False, soft_wrap=not terminal)
    console.print(Text(group.problem_id, style="bold"))
    console.print(Text(f"{group.problem}\n"))
    console.print(Text(f"Answer: {group.reference_solution}\n"))
    for positive in group.positive_pool:
        console.print(_head("reference", positive))
        console.print(Text(f"{positive.reasoning}\n"))
    for flaw in group.negative_bank:
        console.print(_head(f"{flaw.negative_index} {flaw.negative_kind}", flaw))
        console.print(_flaw(group, flaw, in_colour=terminal))
        notes = [certificate_sentence(flaw.metadata.get("certificate", {})), flaw.rubric_reason]
        console.print(Text("\n".join(note for note in notes if note) + "\n", style="dim"))


def _head(name: str, candidate: "Candidate") -> "Text":
    from rich.text import Text

    scores = ", ".join(f"{name} {score:g}" for name, score in candidate.rubric.items())
    return Text.assemble((name, "bold underline"), f"  {candidate.rubric_label}  ", (scores, "dim"))


def _flaw(group: "Group", flaw: "Candidate", *, in_colour: bool) -> "Text":
    from rich.text import Text

    from tracelift_groups.report.diff import diff

    text = Text()
    for piece in diff(group, flaw):
        if not piece.role:
            text.append(piece.after)
        elif in_colour:
            text.append(piece.before, style=_GONE[piece.role])
            text.append(piece.after, style=_NEW[piece.role])
        else:
            text.append(f"⟦{piece.before} → {piece.after}⟧")
    return text
