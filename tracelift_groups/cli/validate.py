"""`validate`: checks groups against the numbered rules."""

import json
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from tracelift_groups.validation.files import Report

_SHOWN = 20  # findings of one rule


def validate(
    paths: Annotated[list[Path] | None, typer.Argument(help="run folders and JSONL files of groups")] = None,
    certificates: Annotated[bool, typer.Option("--certificates", help="recompute every certificate")] = False,
    min_negatives: Annotated[
        int | None, typer.Option(help="negatives a group must have; a run folder uses its own configuration")
    ] = None,
    rubric: Annotated[str, typer.Option(help="rubric of the scores; empty: the one named after the domain")] = "",
    workers: Annotated[int | None, typer.Option(help="worker processes; default: one per core")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print one JSON object")] = False,
    rules: Annotated[bool, typer.Option("--rules", help="list the rules and exit")] = False,
) -> None:
    """Check groups against the numbered rules. The exit code is 1 if a group violates one."""
    from tracelift_groups.validation.files import ValidationLimits, validate_paths

    if rules:
        _print_rules(as_json)
        return
    if not paths:
        raise typer.BadParameter("pass a run folder or a JSONL file of groups.")
    limits = ValidationLimits(rubric=rubric, certificates=certificates)
    if min_negatives is not None:
        limits = ValidationLimits(min_negatives, rubric=rubric, certificates=certificates)
    report = validate_paths(paths, limits, workers)
    if as_json:
        print(json.dumps(report.to_json(), ensure_ascii=False, indent=1))
    else:
        _print(report)
    sys.exit(1 if report.count("error") else 0)


def _print_rules(as_json: bool) -> None:
    from tracelift_groups.validation.groups import all_rules

    if as_json:
        print(json.dumps([rule.to_json() for rule in all_rules()], ensure_ascii=False, indent=1))
        return
    for rule in all_rules():
        elsewhere = rule.external_severity
        severity = rule.severity if rule.severity == elsewhere else f"{rule.severity}; {elsewhere} elsewhere"
        print(f"{rule.code} {rule.name} ({severity})\n      {rule.what} {rule.fix}")


def _print(report: "Report") -> None:
    seen: Counter[str] = Counter()
    for finding in report.findings:
        seen[finding.code] += 1
        if seen[finding.code] <= _SHOWN:
            print(finding)
    for code, count in sorted(seen.items()):
        if count > _SHOWN:
            print(f"… and {count - _SHOWN:,} more of {code}; --json lists them all")
    errors, warnings = report.count("error"), report.count("warning")
    print(f"{report.groups:,} groups, {report.negatives:,} negatives: {errors:,} errors, {warnings:,} warnings.")
    if report.recomputed:
        # Rounded down: 100.00% means every one.
        share = report.held * 10_000 // report.recomputed / 100
        print(f"Certificates recomputed: {report.recomputed:,}; {report.held:,} hold ({share:.2f}%).")
    if report.unchecked:
        counts = ", ".join(f"{code} ({count:,})" for code, count in sorted(report.unchecked.items()))
        print(f"Nothing to check, by rule (groups): {counts}.")
