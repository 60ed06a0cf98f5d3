"""`rubrics`: lists the installed rubrics, or prints one in full."""

import json
from dataclasses import asdict
from typing import Annotated

import typer


def rubrics(
    name: Annotated[str, typer.Argument(metavar="NAME", help="rubric to print in full; empty: list all")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
) -> None:
    """List the rubrics, or print one. Prints its dimensions, weights, anchored descriptors and label thresholds."""
    from tracelift_groups.records.rubric import load_rubric, rubric_names

    found = [load_rubric(each) for each in ([name] if name else rubric_names())]
    if as_json:
        rows = [asdict(rubric) for rubric in found]
        print(json.dumps(rows[0] if name else rows, ensure_ascii=False, indent=1))
        return
    for rubric in found:
        print(f"{rubric.name} {rubric.version} [{rubric.domain}]")
        for dimension in rubric.dimensions:
            print(f"  {dimension.name} ({dimension.weight:g}): {dimension.question}")
            if name:
                for score, words in sorted(dimension.anchors.items()):
                    print(f"      {score:>4g}  {words}")
        if name:
            thresholds = sorted(rubric.thresholds.items(), key=lambda item: -item[1])
            print("  labels: " + ", ".join(f"{label} from {low:g}" for label, low in thresholds))
