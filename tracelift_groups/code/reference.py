"""The reference plan of a code problem, the input of kinds and checkers: a program and the sentences that tell it."""

import ast
from dataclasses import dataclass
from functools import cached_property

from tracelift_groups.code.plan.expression import UntoldError
from tracelift_groups.code.plan.narrate import Sentence, narrate, plan_text
from tracelift_groups.code.python_source import tree_of
from tracelift_groups.code.test_run import LINES, first_failure
from tracelift_groups.errors import RecordError
from tracelift_groups.records.seed import Seed
from tracelift_groups.records.trace import Trace


@dataclass(frozen=True)
class ProgramReference:
    """A seed with its program, and the text of a plan. Whether the text tells of the program is `fault`."""

    seed: Seed
    text: str

    @cached_property
    def trace(self) -> Trace:
        return Trace.read(self.text)

    @property
    def program(self) -> str:
        return self.seed.program or ""

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree of the program. RecordError for text that is not Python."""
        tree = tree_of(self.program)
        if tree is None:
            raise RecordError(f"The program of {self.seed.problem_id} is not Python.")
        return tree

    @cached_property
    def sentences(self) -> list[Sentence]:
        """The sentences that tell of the program. RecordError when it can't be told."""
        return narrate(self.program, self.tree)

    @cached_property
    def starts(self) -> list[int]:
        """Where the bullet of each sentence begins in the text."""
        found, at = [], 0
        for sentence in self.sentences:
            found.append(at + len(sentence.text) - len(sentence.text.lstrip()))
            at += len(sentence.text) + 1
        return found

    @cached_property
    def fault(self) -> str:
        """Why the plan can't carry a certificate: it does not tell of the program, or that fails; empty when it can."""
        try:
            if plan_text(self.sentences) != self.text:
                return "The reference does not say what its program does."
            failure = first_failure(self.program, self.seed)
        except RecordError as cause:
            return str(cause)
        if failure and failure.status == "timeout":
            return f"The reference program executes more than {LINES:,} lines on test {failure.index + 1}."
        return f"The reference program fails: {failure.shown}." if failure else ""


def told(program: str) -> tuple[ast.Module, list[Sentence]] | None:
    """The tree and the sentences of a program; None where it is not Python or can't be told."""
    tree = tree_of(program)
    try:
        return None if tree is None else (tree, narrate(program, tree))
    except UntoldError:
        return None
