"""`solve`: an executor's artifact for one problem, with or without a trace."""

import asyncio
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tracelift_groups.cli import options as o
from tracelift_groups.errors import SourceError

if TYPE_CHECKING:
    from tracelift_groups.models.executor import Draw
    from tracelift_groups.records.seed import Seed

_FILES = (".json", ".jsonl", ".csv", ".parquet", ".txt", ".md")
_NO_ANSWER = "not given"  # stands in a seed whose answer the user did not give; it is never compared with anything


def solve(
    problem: Annotated[str, typer.Argument(metavar="PROBLEM", help="text of a problem; with --seeds: its problem_id")],
    executor: Annotated[
        str,
        typer.Option(metavar="MODEL@URL|exact", help="model that solves, or the embedded executor, exact[:slip=P]"),
    ],
    trace: Annotated[
        Path | None, typer.Option(metavar="FILE", help="reasoning to follow, a text file; -: read stdin")
    ] = None,
    seeds: Annotated[
        str | None,
        typer.Option(metavar="SPEC", help="source that the problem is in: bundled, file:PATH, gsm8k:PATH, …"),
    ] = None,
    answer: Annotated[
        str | None, typer.Option(help="right answer, to compare with; a problem of --seeds has one")
    ] = None,
    domain: Annotated[str, typer.Option(help="math or code, for a problem given as text")] = "math",
    cache: o.Cache = None,
    as_json: Annotated[bool, typer.Option("--json", help="print artifact and verdict as JSON")] = False,
) -> None:
    """Let an executor solve one problem, alone or with a reasoning trace.

    Prints the final answer (math) or the program (code), and on stderr whether it is right. Exit codes: 0 right, or
    nothing to compare with; 1 wrong; 3 no artifact or no verdict; 2 a user error.
    """
    seed = _seed_of(seeds, problem, answer) if seeds else _seed_from(problem, answer, domain)
    known = answer is not None or seeds is not None
    text = _read(trace) if trace else None
    drawn, name = asyncio.run(_drawn(executor, seed, text, cache))
    verdict = _verdict(seed, drawn) if known and drawn.artifact is not None else None
    if as_json:
        row = {"problem_id": seed.problem_id, "executor": name, "artifact": drawn.artifact, "failure": drawn.failure}
        typer.echo(json.dumps({**row, "right": verdict}, ensure_ascii=False))
    elif drawn.artifact:
        typer.echo(drawn.artifact.rstrip("\n"))
        typer.echo(_words(verdict, known=known), err=True)
    else:
        reason = drawn.failure if drawn.artifact is None else "the executor came to none"
        typer.echo(f"There is no answer: {reason}.", err=True)
    raise typer.Exit(_code(drawn, verdict, known=known))


async def _drawn(spec: str, seed: "Seed", trace: str | None, cache: Path | None) -> "tuple[Draw, str]":
    from tracelift_groups.planner.executors import open_executor

    async with open_executor(spec, cache) as executor:
        return await executor.draw(seed, trace, 0), executor.name


def _seed_of(spec: str, problem_id: str, answer: str | None) -> "Seed":
    from dataclasses import replace

    from tracelift_groups.errors import suggestion
    from tracelift_groups.ingest.source import read_seeds
    from tracelift_groups.records.seed import Seed

    met = []
    for seed in read_seeds(spec):
        if isinstance(seed, Seed):
            if seed.problem_id == problem_id:
                return seed if answer is None else replace(seed, answer=answer)
            met.append(seed.problem_id)
    todo = suggestion(problem_id, met) if len(met) < 1000 else "List them with: seeds check"
    raise SourceError(f'{spec} has no problem "{problem_id}".', todo)


def _seed_from(problem: str, answer: str | None, domain: str) -> "Seed":
    from tracelift_groups.records.seed import Seed

    if not problem.strip():
        raise SourceError("The problem is empty.", "Give its text.")
    if problem.endswith(_FILES) and len(problem.split()) == 1:
        raise SourceError(f"{problem} is not the text of a problem.", "Name a file and the id: ID --seeds file:PATH")
    return Seed("given", domain, "given", domain, problem, answer or _NO_ANSWER)


def _read(file: Path) -> str:
    if str(file) == "-":
        return sys.stdin.read()
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as cause:
        reason = cause.strerror if isinstance(cause, OSError) else "not UTF-8 text"
        raise SourceError(f"{file} can't be read: {reason}.") from cause
    if not text.strip():
        raise SourceError(f"{file} is empty.", "Leave out --trace to let the executor solve alone.")
    return text


def _verdict(seed: "Seed", drawn: "Draw") -> bool | None:
    from tracelift_groups.domain import domain_named

    return domain_named(seed.domain).verify_artifact(seed, drawn.artifact or "")


def _words(verdict: bool | None, *, known: bool) -> str:
    if not known:
        return "No answer to compare with."
    return {True: "right", False: "wrong", None: "It can't be told whether it is right."}[verdict]


def _code(drawn: "Draw", verdict: bool | None, *, known: bool) -> int:
    if drawn.artifact is None or (known and verdict is None) or not (known or drawn.artifact):
        return 3
    return 1 if verdict is False else 0
