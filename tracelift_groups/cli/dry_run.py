"""The output of a dry run: each problem with its reference, its flaws and its drops."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any  # JSON

import orjson
import typer

if TYPE_CHECKING:
    from tracelift_groups.pipeline.ledger import LedgerRow


def show_dry_run(items: "Sequence[tuple[LedgerRow, ...]]", *, json: bool) -> None:
    """Print the rows of each item; exit with 1 if none became a group."""
    for rows in items:
        typer.echo(orjson.dumps(_as_json(rows)).decode() if json else _as_text(rows))
    if not any(rows[-1].status == "done" for rows in items):
        raise typer.Exit(1)


def _as_json(rows: "Sequence[LedgerRow]") -> dict[str, Any]:
    return {
        "problem_id": rows[0].item,
        "stages": {row.stage: row.status for row in rows},
        "group": orjson.loads(rows[-1].payload or b"null") if rows[-1].stage == "validate" else None,
        "drops": [drop for row in rows for drop in orjson.loads(row.drops or b"[]")],
    }


def _as_text(rows: "Sequence[LedgerRow]") -> str:
    made = _as_json(rows)
    lines = [f"{made['problem_id']}: " + ", ".join(f"{stage} {status}" for stage, status in made["stages"].items())]
    if made["group"]:
        group = made["group"]
        lines += ["", group["problem"], ""]
        for candidate in group["positive_pool"] + group["negative_bank"]:
            name = candidate.get("negative_kind", "reference")
            lines += [f"  {name} (total {candidate.get('rubric', {}).get('total', 'missing')})"]
            lines += [f"    {line}" for line in candidate["reasoning"].splitlines()]
    lines += [f"  dropped in {drop['stage']}: {drop['rule']}: {drop['reason']}" for drop in made["drops"]]
    return "\n".join(lines) + "\n"
