"""Help as a person reads it: every command and option explains itself, nothing is cut, all at once."""

from collections.abc import Iterator

import pytest
import typer
from typer.testing import CliRunner

from tracelift_groups.cli import COMMANDS as LISTED
from tracelift_groups.cli import app
from tracelift_groups.config import Config

ROOT = typer.main.get_command(app)
_DOCUMENTED = "init build generate perturb annotate validate show stats redo kinds rubrics seeds exec doctor".split()


def _commands(command: object, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], object]]:
    yield path, command
    for name, inner in getattr(command, "commands", {}).items():
        yield from _commands(inner, (*path, name))


COMMANDS = dict(_commands(ROOT))


def _help(*path: str) -> str:
    result = CliRunner().invoke(app, [*path, "--help"])
    assert result.exit_code == 0
    return result.output


def test_every_documented_command_is_there() -> None:
    assert set(_DOCUMENTED) <= set(ROOT.commands)  # type: ignore[attr-defined]  # a group of commands
    assert {("seeds", "list"), ("seeds", "check"), ("seeds", "import")} <= COMMANDS.keys()


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_a_command_and_each_of_its_options_explain_themselves(path: tuple[str, ...]) -> None:
    command = COMMANDS[path]
    assert command.help  # type: ignore[attr-defined]  # a click command
    for parameter in command.params:  # type: ignore[attr-defined]  # a click command
        assert parameter.help, f"{' '.join(path)} {parameter.name}"


@pytest.mark.parametrize("path", [p for p, c in COMMANDS.items() if hasattr(c, "commands")], ids=" ".join)
def test_no_summary_in_a_list_of_commands_is_cut(path: tuple[str, ...]) -> None:
    listed = _help(*path).partition("Commands:")[2]
    assert listed.count("\n") >= 3
    assert "..." not in listed


def test_the_list_says_of_each_command_what_its_help_says_first() -> None:
    listed = {name: entry.summary for name, entry in LISTED.items()}
    assert {name: command.get_short_help_str(400) for name, command in ROOT.commands.items()} == listed  # type: ignore[attr-defined]  # a group of commands


def test_build_has_an_option_for_every_key_of_the_configuration() -> None:
    shown = _help("build")
    keys = [name for name in Config().to_json() if name != "seeds"]
    assert len(keys) >= 10
    assert not [key for key in keys if f"--{key.replace('_', '-')} " not in shown]


@pytest.mark.parametrize("arguments", [["biuld"], ["build", "--seeed", "1"]], ids=["command", "option"])
def test_a_typo_is_answered_with_what_was_meant(arguments: list[str]) -> None:
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 2
    assert "build" in result.output if arguments == ["biuld"] else "--seed" in result.output
    assert "Traceback" not in result.output


def test_no_arguments_at_all_show_the_help() -> None:
    assert "Commands:" in CliRunner().invoke(app, []).output
