"""Every certificate of the GSM8K train groups recomputed from problem, reference and flaw, in a new process."""

import json

from figure import Figure, Result, Setup
from process import COMMAND, run


def measure(setup: Setup) -> Result:
    """One build or the given run, then `validate --certificates` on it, `runs` times."""
    out = setup.run or setup.scratch / "run"
    if setup.run is None:
        run([COMMAND, "build", f"gsm8k:{setup.file('gsm8k_train.jsonl')}", "--out", str(out)])
    checks = [run([COMMAND, "validate", str(out), "--certificates", "--json"]) for _ in range(setup.runs)]
    found = json.loads(checks[-1].output)
    certificates = found["certificates"]
    figures = (
        Figure("certificates that hold", "%", (100 * certificates["held"] / found["negatives"],), at_least=100),
        Figure("negatives", "", (found["negatives"],)),
        Figure("certificates recomputed", "", (certificates["recomputed"],)),
        Figure("errors by any rule", "", (found["errors"],), at_most=0),
        Figure("wall time", "s", tuple(check.seconds for check in checks)),
        Figure("processor time, all processes", "s", tuple(check.cpu_seconds for check in checks)),
    )
    return Result("tracelift-groups validate RUN --certificates", figures)
