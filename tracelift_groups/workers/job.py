"""What a worker process is given, and what it may send back instead of an answer.

Items and answers are pickled; a job's class must be importable by its name.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from tracelift_groups.errors import TraceliftError

ItemIn = TypeVar("ItemIn", contravariant=True)
AnswerOut = TypeVar("AnswerOut", covariant=True)

READY = "ready"  # the first message of a worker


class WorkerJob(Protocol[ItemIn, AnswerOut]):
    """What a worker does to every item. The smallest one is a class with an empty `load` and a `run`."""

    def load(self) -> None:
        """Import what `run` needs. Called once in a worker, before it is said to be ready."""
        ...

    def run(self, items: Sequence[ItemIn]) -> Sequence[AnswerOut]:
        """One answer for each item. A TraceliftError reaches the caller; a MemoryError costs the worker."""
        ...


class BatchJob(WorkerJob[ItemIn, AnswerOut], Protocol[ItemIn, AnswerOut]):
    """A job of `run_all`."""

    def died(self, item: ItemIn, how: str) -> AnswerOut:
        """The answer for an item that killed its worker twice. Called in the parent; may raise instead."""
        ...


@dataclass(frozen=True)
class Death:
    """A worker ended before it had answered. `how`: late, out of memory, `killed by SIGKILL`, `exit code 3`."""

    how: str


@dataclass(frozen=True)
class Refusal:
    """A TraceliftError, or any other error's traceback, on its way to the parent."""

    what: str
    todo: str = ""
    bug: bool = False

    def reraise(self) -> None:
        raise RuntimeError(self.what) if self.bug else TraceliftError(self.what, self.todo)
