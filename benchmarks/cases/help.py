"""How fast `--help` answers, against importing typer and rich, which it can't do without."""

import sys

from figure import Figure, Result, Setup
from process import COMMAND, checked

_PAIRS = 4  # for each run: single starts take a fraction of a second


def measure(setup: Setup) -> Result:
    """Both alternately; the ratio is taken pair by pair, after one pair that fills the caches."""
    ours = [COMMAND, "--help"]
    base = [sys.executable, "-c", "import typer, rich"]
    pairs = [(checked(ours).seconds, checked(base).seconds) for _ in range(1 + _PAIRS * setup.runs)][1:]
    figures = (
        Figure("--help / import typer, rich", "", tuple(a / b for a, b in pairs), at_most=2),
        Figure("--help", "s", tuple(a for a, _ in pairs)),
        Figure("import typer, rich", "s", tuple(b for _, b in pairs)),
    )
    return Result('tracelift-groups --help; python -c "import typer, rich"', figures)
