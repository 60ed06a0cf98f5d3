"""`kinds`: lists the installed kinds of flaw."""

import json
from typing import Annotated, Any

import typer


def kinds(as_json: Annotated[bool, typer.Option("--json", help="print one JSON list")] = False) -> None:
    """List the kinds of flaw. Shows what is wrong, what it breaks, whether the answer changes, when it applies."""
    from tracelift_groups.registry import KINDS

    rows: list[dict[str, Any]] = [  # JSON
        {
            "name": kind.name,
            "domains": list(kind.domains),
            "wrong": kind.summary,
            "breaks": kind.breaks,
            "also": list(kind.also),
            "answer": kind.answer,
            "checker": kind.checker,
            "needs": kind.needs,
            "weight": {"value": kind.weight.value, "why": kind.weight.why},
        }
        for kind in KINDS
    ]
    if as_json:
        print(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for row in rows:
        also = f" (also {', '.join(row['also'])})" if row["also"] else ""
        print(f"{row['name']}  [{', '.join(row['domains'])}]\n    {row['wrong']}.")
        print(f"    breaks {row['breaks']}{also}; answer: {row['answer']}; checker: {row['checker']}")
        print(f"    needs {row['needs']}")
