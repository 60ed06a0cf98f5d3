"""The command line: one file per command, and a list of them that imports none.

To add a command, add a line to COMMANDS. `main` prints a user error as two lines on stderr; a bug keeps its traceback.
"""

import sys
import warnings
from collections.abc import Iterator, MutableMapping
from importlib import import_module
from typing import Any, NamedTuple  # Any: a command of typer

import typer
from typer.core import TyperGroup

from tracelift_groups.errors import TraceliftError


class Entry(NamedTuple):
    """The module and function of a command, and the first sentence of its help, so that the list imports no module."""

    module: str
    function: str
    summary: str


# In the order of the road, from problems to a planner; then what looks at things by itself.
COMMANDS = {
    "init": Entry("init", "init", "Write a commented configuration."),
    "seeds": Entry("seeds", "app", "Seed problems: list sources, check and import files."),
    "build": Entry("build", "build", "Make a group from every seed problem."),
    "generate": Entry("stages", "generate", "Generate the reference traces of every seed problem."),
    "perturb": Entry("stages", "perturb", "Generate the flaws of every reference trace of a run."),
    "annotate": Entry("stages", "annotate", "Score the traces of a run or of any file."),
    "validate": Entry("validate", "validate", "Check groups against the numbered rules."),
    "show": Entry("show", "show", "Show one group."),
    "stats": Entry("stats", "stats", "Print the statistics of a run."),
    "redo": Entry("redo", "redo", "Regenerate the named problems."),
    "push": Entry("push", "push", "Publish a finished run as a data set of the Hugging Face Hub, in one commit."),
    "pull": Entry("pull", "pull", "Fetch a published run and check it: hashes, rules and every certificate."),
    "train-rm": Entry("train_rm", "train_rm", "Fit a reward model on the train groups of a run."),
    "eval-rm": Entry("eval_rm", "eval_rm", "Evaluate a reward model on held-out groups."),
    "score": Entry("score", "score", "Score the traces of a file with a reward model."),
    "serve-rm": Entry("serve_rm", "serve_rm", "Serve a reward model over HTTP."),
    "solve": Entry("solve", "solve", "Let an executor solve one problem, alone or with a reasoning trace."),
    "measure-uplift": Entry(
        "measure_uplift",
        "measure_uplift",
        "Measure how much more often an executor is right with each trace of a run than without one.",
    ),
    "train-planner": Entry(
        "train_planner",
        "train_planner",
        "Train a planner with GRPO on the problems of split rl; needs the extra `train`.",
    ),
    "eval-planner": Entry(
        "eval_planner",
        "eval_planner",
        "Compare success alone, with reference traces, with flawed ones and with a planner's; needs the extra `train`.",
    ),
    "kinds": Entry("kinds", "kinds", "List the kinds of flaw."),
    "rubrics": Entry("rubrics", "rubrics", "List the rubrics, or print one."),
    "exec": Entry("exec", "run_program", "Run a program against tests, isolated from this machine."),
    "doctor": Entry("doctor", "doctor", "Check this machine: isolation of programs, disk."),
    "check-answer": Entry("check_answer", "check_answer", "Compare a predicted answer with the right one."),
}
_QUIET: dict[str, Any] = {"add_completion": False, "pretty_exceptions_enable": False}
_SETTINGS = {"check-answer": {"ignore_unknown_options": True}}  # -5 is an answer


class _Commands(MutableMapping[str, Any]):
    """The commands by name, each made when it is asked for."""

    def __init__(self) -> None:
        self._made: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._made:
            self._made[name] = _made(name, COMMANDS[name])
        return self._made[name]

    def __setitem__(self, name: str, command: Any) -> None:
        self._made[name] = command

    def __delitem__(self, name: str) -> None:
        del self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)


def _made(name: str, entry: Entry) -> Any:
    found = getattr(import_module(f"tracelift_groups.cli.{entry.module}"), entry.function)
    if isinstance(found, typer.Typer):
        return typer.main.get_command(found)
    alone = typer.Typer(rich_markup_mode=None, **_QUIET)
    alone.command(name, context_settings=_SETTINGS.get(name))(found)
    return typer.main.get_command(alone)


class _LazyGroup(TyperGroup):
    """The commands of COMMANDS: the list of them is printed without importing any."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = _Commands()

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 - as in the class of typer
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.summary) for name, entry in COMMANDS.items()])


app = typer.Typer(
    name="tracelift-groups",
    cls=_LazyGroup,
    help="Certified, rubric-annotated groups of reasoning traces, from problems with checkable answers.",
    no_args_is_help=True,
    rich_markup_mode=None,  # rich's help takes longer to start than everything else together
    **_QUIET,
)


@app.callback()
def _no_options() -> None:
    """None of the commands shares an option with the others."""


def main() -> None:
    """Run the command line. Exit codes: 0 ok, 1 a check failed or there is no usable result, 2 a user error."""
    # What transformers and TRL deprecate among themselves is nothing that a user can act on.
    warnings.filterwarnings("ignore", category=FutureWarning, module="transformers|trl|peft")
    try:
        app()
    except TraceliftError as error:
        print(f"Error: {error.what}", *filter(None, [error.todo]), sep="\n", file=sys.stderr)
        sys.exit(2)
