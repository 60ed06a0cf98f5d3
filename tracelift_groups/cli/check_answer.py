"""`check-answer`: is this the right answer, and which layer says so?"""

import json
import sys
from dataclasses import asdict
from typing import Annotated

import typer

_EXIT = {"equal": 0, "wrong": 1, "unknown": 3}


def check_answer(
    gold: Annotated[str, typer.Argument(metavar="GOLD", help="the right answer")],
    prediction: Annotated[
        str, typer.Argument(metavar="PREDICTION", help="an answer, or a text that states one; -: standard input")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="print verdict, layer and reason as JSON")] = False,
) -> None:
    """Compare a predicted answer with the right one.

    Exit codes: 0 equal, 1 wrong, 3 unknown (too much time or memory, or a gold that can't be read), 2 a mistake in the
    command.

    The last \\boxed{} or #### of the prediction counts, else what follows the last "answer is", else all of it. Numbers
    are compared exactly; only a gold with a decimal point allows for its rounding. Units that convert exactly are
    converted: 3 hours is 180 minutes. A gold without a unit takes any, a prediction without one is taken in the gold's.
    50% is 0.5, and 50 takes 50%, but 50% does not take 50. Brackets and order count, except in sets.
    """
    from tracelift_groups.math.answers import verify_answer

    found = verify_answer(gold, sys.stdin.read() if prediction == "-" else prediction)
    print(json.dumps(asdict(found), ensure_ascii=False) if as_json else f"{found.verdict} ({found.layer}): {found.why}")
    raise typer.Exit(_EXIT[found.verdict])
