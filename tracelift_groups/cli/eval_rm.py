"""`eval-rm`: evaluates a reward model on the test groups of a run and on other people's traces."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tracelift_groups.cli import options as o

if TYPE_CHECKING:
    from tracelift_groups.audit.pair_accuracy import Accuracy
    from tracelift_groups.reward_model.evaluate import GroupsEvaluation
    from tracelift_groups.reward_model.foreign import ForeignEvaluation


def eval_rm(
    run: o.Run,
    rm: Annotated[
        Path | None, typer.Option("--rm", help="folder of the reward model (default: the one in RUN/reward_model)")
    ] = None,
    file: Annotated[
        list[Path] | None,
        typer.Option(help="JSONL of labelled traces (is_correct or first_wrong_step) or of groups; may be repeated"),
    ] = None,
    split: Annotated[str, typer.Option(help="split of the run to evaluate on")] = "test",
    json: o.Json = False,
) -> None:
    """Evaluate a reward model on held-out groups.

    Shows how often it ranks the right trace above a flawed one (pair) and above all of its group (group), in percent,
    beside simple baselines, by kind of flaw, and how well its totals separate right from wrong traces in other files.
    """
    from tracelift_groups.cli.progress import progress_shown
    from tracelift_groups.reward_model.evaluate_run import evaluate_run

    with progress_shown("eval-rm", stopped="Stopped.") as watched:
        found = evaluate_run(run, rm, file or [], split, lambda what, done: watched({what: done}))
    if json:
        import orjson

        typer.echo(orjson.dumps(found.to_json()).decode())
        return
    for evaluation in found.groups:
        _print_groups(evaluation)
    if found.traces:
        _print_traces(found.traces, found.threshold)


def _print_groups(found: "GroupsEvaluation") -> None:
    from tracelift_groups.cli.stats import table

    rows = {"reward model": found.model, **found.baselines, "problem alone (a coin)": found.problem_alone}
    table(
        f"{found.groups:,} {found.split} groups, {found.domain}: % ranked right [95 %]",
        ("pair", "", "group", ""),
        {name: [*_percent(row.pair), *_percent(row.group)] for name, row in rows.items()},
    )
    for note in found.notes:
        typer.echo(f"  {note}\n")
    table(
        "Reward model by kind of flaw: % of pairs ranked right [95 %]",
        ("pair", "", "pairs"),
        {name: [*_percent(row), row.pairs] for name, row in {**found.effects, **found.kinds}.items()},
    )
    if found.model.missing:
        typer.echo(f"{found.model.missing:,} traces have no score; their pairs count as wrong.\n")
    if found.total_error is not None:
        typer.echo(f"Mean absolute error of the total: {found.total_error:.3f}\n")


def _print_traces(found: "Sequence[ForeignEvaluation]", threshold: float | None) -> None:
    from tracelift_groups.cli.stats import table

    title = "Traces of other files"
    if threshold is not None:
        title += f"; right is a total from {threshold:.3f} up, the best on dev"
    columns = ("right", "wrong", "no score", "AUROC", "[95 %]", "shorter", "F1", "right kept", "wrong rejected")
    table(
        title,
        columns,
        {
            row.file: [
                row.right,
                row.wrong,
                row.missing,
                f"{row.auroc:.3f}",
                f"[{row.low:.3f}, {row.high:.3f}]",
                f"{row.shorter:.3f}",
                *(
                    "–" if value is None else f"{value:.3f}"
                    for value in (row.f1, row.right_accepted, row.wrong_rejected)
                ),
            ]
            for row in found
        },
    )


def _percent(found: "Accuracy") -> tuple[str, str]:
    return f"{100 * found.value:.1f}", f"[{100 * found.low:.1f}, {100 * found.high:.1f}]"
