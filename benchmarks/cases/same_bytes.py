"""The same bytes from GSM8K train with one worker, with two, and after 20 kills at random moments."""

import os
import random
import signal
import subprocess
import time
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from figure import Figure, Result, Setup
from process import COMMAND, checked

KILLS = 20


def measure(setup: Setup) -> Result:
    """Three builds; a digest of each. Every second kill spares the workers, who must end by themselves."""
    build = [COMMAND, "build", f"gsm8k:{setup.file('gsm8k_train.jsonl')}"]
    one, two, killed = (setup.scratch / name for name in ("one", "two", "killed"))
    checked([*build, "--out", str(one), "--workers", "1"])
    whole = checked([*build, "--out", str(two), "--workers", "2"]).seconds
    kills = _killed([*build, "--out", str(killed), "--workers", "2"], whole)
    checked([*build, "--out", str(killed), "--workers", "2"])
    digests = [digest(folder) for folder in (one, two, killed)]
    figures = (
        Figure("different results", "", (len(set(digests)),), at_most=1),
        Figure("kills before the end of the build", "", (kills,)),
        Figure("kills", "", (KILLS,)),
    )
    command = "tracelift-groups build gsm8k:gsm8k_train.jsonl --out RUN --workers 1 | 2; kill -9"
    return Result(command, figures, {f"sha256 {digests[0]}": {"builds": digests.count(digests[0])}})


def _killed(command: Sequence[str], whole: float) -> int:
    """Start and kill, 20 times; returns how many kills came before the first build had ended."""
    chance = random.Random(0)
    early = 0
    finished = False
    for index in range(KILLS):
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        # A build that has ended only exports again, which is worth killing too.
        time.sleep(chance.uniform(0.2, 2 * whole / KILLS))
        finished = finished or process.poll() is not None
        early += not finished
        if process.poll() is None:
            if index % 2:
                process.kill()
            else:
                os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    return early


def digest(folder: Path) -> str:
    """Over names and bytes of data/, groups/ and rejected.jsonl."""
    total = sha256()
    for path in sorted([*folder.glob("data/**/*"), *folder.glob("groups/*"), folder / "rejected.jsonl"]):
        if path.is_file():
            total.update(f"{path.relative_to(folder).as_posix()}\0{sha256(path.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()
