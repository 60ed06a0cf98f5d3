"""`check-answer` on the command line."""

import json

import pytest
from typer.testing import CliRunner

from tracelift_groups.cli import app


@pytest.mark.parametrize(
    ("gold", "prediction", "code"), [("-5", "−5.0", 0), ("5", "-5", 1), ("5", "9^{9^{9^{9}}}", 3), ("5", "", 1)]
)
def test_the_exit_code_is_the_verdict(gold: str, prediction: str, code: int) -> None:
    assert CliRunner().invoke(app, ["check-answer", gold, prediction]).exit_code == code


def test_json_holds_verdict_layer_and_reason() -> None:
    result = CliRunner().invoke(app, ["check-answer", "1/2", "0.5", "--json"])
    assert json.loads(result.output) == {"verdict": "equal", "layer": "number", "why": "The numbers are equal."}


def test_a_long_prediction_is_read_from_standard_input() -> None:
    result = CliRunner().invoke(app, ["check-answer", "5", "-"], input="First 2 + 3.\nThe answer is 5.\n")
    assert result.output == "equal (text): The texts are the same.\n"


def test_a_missing_argument_is_a_mistake_in_the_command() -> None:
    assert CliRunner().invoke(app, ["check-answer", "5"]).exit_code == 2
