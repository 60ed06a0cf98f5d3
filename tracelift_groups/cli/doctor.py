"""`doctor`: checks this machine."""

import json
from typing import Annotated

import typer


def doctor(as_json: Annotated[bool, typer.Option("--json", help="print the findings as JSON")] = False) -> None:
    """Check this machine: isolation of programs, disk.

    Exit codes: 0 nothing is missing, 1 something is missing.
    """
    from tracelift_groups.doctor import checkup

    findings = checkup()
    if as_json:
        print(json.dumps([finding.to_json() for finding in findings], ensure_ascii=False, indent=1))
    else:
        for finding in findings:
            print(f"{finding.subject:9}{finding.state:9}{finding.words}")
            if finding.todo:
                print(f"{'':18}{finding.todo}")
    if any(finding.state == "missing" for finding in findings):
        raise typer.Exit(1)
