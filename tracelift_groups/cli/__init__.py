"""The command line: one file per command, no heavy imports.

To add a command, add one import and one `app.command()` line below. `main` prints a user error as two lines on stderr;
a bug keeps its traceback.
"""

import sys

import typer

from tracelift_groups.cli import seeds
from tracelift_groups.cli.build import build
from tracelift_groups.cli.check_answer import check_answer
from tracelift_groups.cli.doctor import doctor
from tracelift_groups.cli.eval_rm import eval_rm
from tracelift_groups.cli.eval_planner import eval_planner
from tracelift_groups.cli.exec import run_program
from tracelift_groups.cli.init import init
from tracelift_groups.cli.kinds import kinds
from tracelift_groups.cli.measure_uplift import measure_uplift
from tracelift_groups.cli.pull import pull
from tracelift_groups.cli.push import push
from tracelift_groups.cli.redo import redo
from tracelift_groups.cli.rubrics import rubrics
from tracelift_groups.cli.score import score
from tracelift_groups.cli.serve_rm import serve_rm
from tracelift_groups.cli.show import show
from tracelift_groups.cli.solve import solve
from tracelift_groups.cli.stages import annotate, generate, perturb
from tracelift_groups.cli.stats import stats
from tracelift_groups.cli.train_planner import train_planner
from tracelift_groups.cli.train_rm import train_rm
from tracelift_groups.cli.validate import validate
from tracelift_groups.errors import TraceliftError

app = typer.Typer(
    name="tracelift-groups",
    help="Certified, rubric-annotated groups of reasoning traces, from problems with checkable answers.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # rich's help takes longer to start than everything else together
)
app.add_typer(seeds.app)

app.command()(init)
app.command()(build)
app.command()(generate)
app.command()(perturb)
app.command()(annotate)
app.command()(validate)
app.command()(show)
app.command()(stats)
app.command()(redo)
app.command()(push)
app.command()(pull)
app.command()(train_rm)
app.command()(eval_rm)
app.command()(score)
app.command()(serve_rm)
app.command()(solve)
app.command()(measure_uplift)
app.command()(train_planner)
app.command()(eval_planner)
app.command()(kinds)
app.command()(rubrics)
app.command("exec")(run_program)
app.command()(doctor)
app.command("check-answer", context_settings={"ignore_unknown_options": True})(check_answer)  # -5 is an answer


def main() -> None:
    """Run the command line. Exit codes: 0 ok, 1 a check failed or there is no usable result, 2 a user error."""
    try:
        app()
    except TraceliftError as error:
        print(f"Error: {error.what}", *filter(None, [error.todo]), sep="\n", file=sys.stderr)
        sys.exit(2)
