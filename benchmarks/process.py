"""Commands measured from outside: wall time, and the peak memory of the whole tree of processes."""

import resource
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_SAMPLE_SECONDS = 0.05

COMMAND = str(Path(sys.executable).parent / "tracelift-groups")


@dataclass(frozen=True)
class Measured:
    """A command that ended. `peak_mb` is 0 where /proc does not tell; `code` is its exit code.

    `cpu_seconds` is the processor time of the command and of the processes that it waited for.
    """

    seconds: float
    cpu_seconds: float
    peak_mb: float
    code: int
    output: str


def run(command: Sequence[str], *, memory: bool = False) -> Measured:
    """Run to the end. With `memory` the tree of processes is sampled, 20 times a second."""
    start, before = time.perf_counter(), _cpu()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    peak = 0
    while memory and process.poll() is None:
        peak = max(peak, sum(_kilobytes(pid) for pid in tree(process.pid)))
        time.sleep(_SAMPLE_SECONDS)
    output, _ = process.communicate()
    return Measured(time.perf_counter() - start, _cpu() - before, peak * 1024 / 1e6, process.returncode, output)


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def checked(command: Sequence[str], *, memory: bool = False) -> Measured:
    """`run`, for a command that must succeed. RuntimeError, with what it printed, when it does not."""
    done = run(command, memory=memory)
    if done.code:
        raise RuntimeError(f"{' '.join(command)} ended with {done.code}:\n{done.output}")
    return done


def tree(root: int) -> list[int]:
    """A process and all its descendants, from /proc."""
    children = defaultdict(list)
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            after_name = (entry / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2]
        except OSError:  # ended meanwhile
            continue
        children[int(after_name.split()[1])].append(int(entry.name))
    found = [root]
    for pid in found:
        found += children[pid]
    return found


def proportional_mb(root: int) -> float:
    """Memory of a process and all its descendants in MB, what they share counted once; 0 where /proc does not tell."""
    return sum(map(_kilobytes, tree(root))) * 1024 / 1e6


def _kilobytes(pid: int) -> int:
    """Proportional set size: memory shared by several processes is counted once over all of them."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    except (OSError, StopIteration):  # ended meanwhile
        return 0
