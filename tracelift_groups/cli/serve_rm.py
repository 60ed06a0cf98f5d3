"""`serve-rm`: serves a reward model over HTTP."""

import os
from pathlib import Path
from typing import Annotated

import typer


def serve_rm(
    rm: Annotated[Path, typer.Argument(metavar="RM", help="folder of the reward model")],
    host: Annotated[str, typer.Option(help="address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="port to listen on; 0: any free one", min=0, max=65535)] = 8000,
) -> None:
    """Serve a reward model over HTTP.

    POST /score takes {"items": [{"problem", "reasoning", "task_name", "task_type"}]} and answers {"results":
    [{"total_score", "dimensions", "derived"}]}, null for an item that can't be scored. If the environment variable
    TRACELIFT_RM_KEY is set, requests need it as their bearer key.
    """
    from tracelift_groups.reward_model.reward_model import RewardModel
    from tracelift_groups.reward_model.serve import KEY_VARIABLE, serve_model

    key = os.environ.get(KEY_VARIABLE, "")
    serve_model(RewardModel.load(rm), host, port, key, lambda address: typer.echo(f"Serving {rm} on {address}/score"))
