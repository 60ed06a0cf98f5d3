from pathlib import Path

import pytest
from small_run import built

from tracelift_groups.reward_model.train_linear import train_linear


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with a linear reward model; tests leave it as it is."""
    run = built(tmp_path_factory.mktemp("runs") / "run", limit=40)
    train_linear(run, workers=1)
    return run
