"""`check-answer`: compares an answer with the right one."""

import json
import sys
from dataclasses import asdict
from typing import Annotated

import typer

_EXIT = {"equal": 0, "wrong": 1, "unknown": 3}


def check_answer(
    gold: Annotated[str, typer.Argument(metavar="GOLD", help="the right answer")],
    prediction: Annotated[
        str, typer.Argument(metavar="PREDICTION", help="an answer, or a text that states one; -: read stdin")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="print verdict, layer and reason as JSON")] = False,
) -> None:
    """Compare a predicted answer with the right one.

    Exit codes: 0 equal, 1 wrong, 3 unknown (too much time or memory, or a gold that can't be parsed), 2 a wrong command
    line.

    The last \\boxed{} or #### of the prediction is used, else the text after the last "answer is", else all of it.
    Numbers are compared exactly; only a gold with a decimal point allows for its rounding. Units that convert exactly
    are converted: 3 hours is 180 minutes. A gold without a unit accepts any; a prediction without one is read in the
    gold's. 50% is 0.5; gold 50 accepts 50%, but gold 50% does not accept 50. Brackets and order matter, except in sets.
    """
    from tracelift_groups.math.answers.verify import verify_answer

    found = verify_answer(gold, sys.stdin.read() if prediction == "-" else prediction)
    print(json.dumps(asdict(found), ensure_ascii=False) if as_json else f"{found.verdict} ({found.layer}): {found.why}")
    raise typer.Exit(_EXIT[found.verdict])
